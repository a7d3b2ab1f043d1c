// SPDX-License-Identifier: MIT
// What the room "Policy" shows, as its part of the URL holds it.
import {policyExamples} from './policy_examples.js';

/**
 * A name with what stands behind it: a variable, or a file.
 * @typedef {{name: string, value: string}} Named
 *
 * @typedef {{
 *   policy: string,
 *   environment: string,
 *   path: string,
 *   server: string,
 *   headers: string,
 *   origins: string[] | null,
 *   variables: Named[],
 *   files: Named[],
 * }} PolicyState `path` empty: the policy's first; `origins` null: those that the policy suggests;
 *   `headers`: names of headers that script sets; `server`: the origin that serves the path.
 */

export const PLAIN_SERVER = 'https://api.example.com';
export const PLAIN_ENVIRONMENT = 'production';

/** The members that are texts, with their names in the URL and what they are without one. */
const texts = /** @type {const} */ ([
    ['policy', 'policy', policyExamples[0].policy],
    ['environment', 'env', PLAIN_ENVIRONMENT],
    ['path', 'path', ''],
    ['server', 'server', PLAIN_SERVER],
    ['headers', 'headers', ''],
]);

/**
 * @param {URLSearchParams} params
 * @param {string} names
 * @param {string} values
 * @returns {Named[]}
 */
function readNamed(params, names, values) {
    const found = params.getAll(values);
    return params.getAll(names).map((name, at) => ({name, value: found[at] ?? ''}));
}

/**
 * @param {URLSearchParams} params
 * @returns {PolicyState}
 */
export function readPolicyState(params) {
    /** @type {Record<string, unknown>} */
    const state = {};
    for (const [member, name, plain] of texts) {
        const given = params.get(name) ?? plain;
        state[member] = member === 'policy' ? given : given.replace(/[\r\n]+/g, ' ').trim();
    }
    state.origins = params.has('origin') ? params.getAll('origin').filter(Boolean) : null;
    state.variables = readNamed(params, 'var', 'is');
    state.files = readNamed(params, 'file', 'holds');
    return /** @type {PolicyState} */ (state);
}

/** @param {PolicyState} state */
export function writePolicyState(state) {
    const params = new URLSearchParams();
    for (const [member, name, plain] of texts) {
        if (state[member] !== plain) {
            params.set(name, state[member]);
        }
    }
    for (const origin of state.origins ?? []) {
        params.append('origin', origin);
    }
    if (state.origins?.length === 0) {
        params.append('origin', ''); // none is a choice too
    }
    for (const {name, value} of state.variables) {
        params.append('var', name);
        params.append('is', value);
    }
    for (const {name, value} of state.files) {
        params.append('file', name);
        params.append('holds', value);
    }
    return params;
}
