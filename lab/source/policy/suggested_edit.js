// SPDX-License-Identifier: MIT
// What a finding suggests, as a change to the text. Whether it mends anything, the engine says.
import {offsetOf, valueEnd, writtenLike} from './text_places.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 * @typedef {{start: number, end: number, text: string}} Edit
 */

/**
 * In place of the value; or, where what is suggested is a key with its value, before the key that
 * stands there.
 *
 * @param {string} text
 * @param {Problem} problem
 * @returns {Edit[]}
 */
function candidates(text, {line, column, suggestion}) {
    if (!suggestion) {
        return [];
    }
    const start = offsetOf(text, line, column);
    const end = valueEnd(text, start);
    const isKey = /^[a-z_]+: /.test(suggestion);
    return isKey ? [{start, end: start, text: `${suggestion}\n${' '.repeat(column - 1)}`}]
        : [{start, end, text: writtenLike(text.slice(start, end), suggestion)}];
}

/**
 * @param {string} text
 * @param {Edit} edit
 */
export function edited(text, {start, end, text: better}) {
    return text.slice(0, start) + better + text.slice(end);
}

/**
 * The change that a finding suggests; null where there is none that leaves fewer findings.
 *
 * @param {string} text
 * @param {Problem} problem
 * @param {number} count of all findings
 * @param {(text: string) => number} recount of those that the changed text has
 */
export function suggestedEdit(text, problem, count, recount) {
    return candidates(text, problem).find((edit) => recount(edited(text, edit)) < count) ?? null;
}
