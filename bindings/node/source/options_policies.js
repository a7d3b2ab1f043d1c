// SPDX-License-Identifier: MIT
/** Policies of options that are decided for each request: the ones used last, compiled. */

import {buildPolicy} from './options_policy.js';

/**
 * @typedef {import('../../wasm/libcors.js').Cors} Cors
 * @typedef {import('../../wasm/libcors.js').Policy} Policy
 * @typedef {import('../../wasm/libcors.js').Problem} Problem
 * @typedef {import('./options_policy.js').Recipe} Recipe
 */

/** Applications have a few; one that makes up new ones for each request pays with time. */
const KEPT_MAX = 64;

/** Warnings that were told already are not told again. */
const TOLD_MAX = 256;

/** What makes two recipes the same policy. @param {Recipe} recipe */
function keyOf({shape, entries, judged, faults}) {
    /** @param {Array<{path: string, value: string}> | null} list */
    const values = (list) => list && list.map(({path, value}) => [path, value]);
    return JSON.stringify([judged, values(entries), values(shape.methods),
        values(shape.allowedHeaders), values(shape.exposedHeaders), shape.credentials,
        shape.maxAge?.value, values(shape.acceptRisks), faults]);
}

export class OptionsPolicies {
    /** @type {Map<string, Policy>} the one used last at the end */
    #kept = new Map();
    /** @type {Policy[]} those that are in use until the end */
    #lasting = [];
    /** @type {Set<string>} */
    #told = new Set();

    /**
     * @param {Cors} cors
     * @param {string} environment
     * @param {(problems: Problem[], message: string) => void} onProblem
     */
    constructor(cors, environment, onProblem) {
        this.cors = cors;
        this.environment = environment;
        this.onProblem = onProblem;
    }

    /**
     * The policy of a recipe, to be used at once: the next call may release it.
     * @param {Recipe} recipe
     * @returns {Policy}
     */
    policyOf(recipe) {
        const key = keyOf(recipe);
        const policy = this.#kept.get(key) ?? this.#build(recipe, true);
        this.#kept.delete(key);
        this.#kept.set(key, policy);
        for (const [oldest, old] of this.#kept) {
            if (this.#kept.size <= KEPT_MAX) {
                break;
            }
            this.#kept.delete(oldest);
            old.release();
        }
        return policy;
    }

    /**
     * A policy that lasts until close().
     * @param {Recipe} recipe
     * @param {boolean} [tells] whether warnings are told, or were
     */
    keep(recipe, tells = true) {
        const policy = this.#build(recipe, tells);
        this.#lasting.push(policy);
        return policy;
    }

    /**
     * @param {Recipe} recipe
     * @param {boolean} tells
     */
    #build(recipe, tells) {
        const {policy, problems, message} = buildPolicy(this.cors, recipe, this.environment);
        if (tells && problems.length > 0) {
            this.#tell(problems, message);
        }
        return policy;
    }

    /**
     * @param {Problem[]} problems
     * @param {string} message
     */
    #tell(problems, message) {
        if (!this.#told.has(message) && this.#told.size < TOLD_MAX) {
            this.#told.add(message);
            this.onProblem(problems, message);
        }
    }

    close() {
        for (const policy of [...this.#lasting, ...this.#kept.values()]) {
            policy.release();
        }
        this.#lasting = [];
        this.#kept.clear();
    }
}
