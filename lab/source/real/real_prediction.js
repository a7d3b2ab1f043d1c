// SPDX-License-Identifier: MIT
// What the engine says this browser will do with a case on this machine.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Answer} Answer
 * @typedef {import('../../../bindings/wasm/libcors.js').Simulation} Simulation
 * @typedef {import('./real_mapping.js').LocalCase} LocalCase
 */

/** The line that the lab's server adds to each answer that has a body. @param {Answer} answer */
function withLength(answer) {
    /** @type {import('../../../bindings/wasm/libcors.js').FieldLine} */
    const length = ['Content-Length', '3'];
    return [204, 304].includes(answer.status) ? answer
        : {...answer, headers: [...answer.headers ?? [], length]};
}

/** @param {LocalCase['server']} server */
function withLengths(server) {
    return Object.fromEntries(Object.entries(server).map(([url, {preflight, response}]) => [url, {
        ...preflight && {preflight: withLength(preflight)},
        ...response && {response: withLength(response)},
    }]));
}

/**
 * @param {import('../rooms.js').Shell} shell
 * @param {LocalCase} localCase
 * @param {number} times how often the call is made, one after the other
 * @returns {Simulation}
 */
export function predict(shell, localCase, times) {
    return shell.cors.simulate({
        page: localCase.page, top: location.origin, server: withLengths(localCase.server),
        fetches: Array.from({length: times}, () => localCase.call),
    }, {browser: shell.thisBrowser()});
}
