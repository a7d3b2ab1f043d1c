// SPDX-License-Identifier: MIT
/** How a policy is refused, and how people are warned of one that is not. */

/** @typedef {import('../libcors.js').Problem} Problem */

/** A policy was refused. Its message is what `cors lint` prints. */
export class PolicyError extends Error {
    /**
     * @param {string} message
     * @param {Problem[]} problems
     */
    constructor(message, problems) {
        super(message);
        this.name = 'PolicyError';
        /** @type {'ERR_CORS_POLICY'} */
        this.code = 'ERR_CORS_POLICY';
        this.problems = problems;
    }
}

/**
 * Tells who watches the process: what onProblem does where nobody gave one.
 * @param {Problem[]} _problems
 * @param {string} message
 */
export function warnOfProblems(_problems, message) {
    const {process} = /** @type {{process?: NodeJS.Process}} */ (globalThis);
    if (typeof process?.emitWarning === 'function') {
        process.emitWarning(message, {type: 'PolicyWarning', code: 'CORS_POLICY'});
    } else {
        console.warn(message);
    }
}
