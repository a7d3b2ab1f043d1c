// SPDX-License-Identifier: MIT
/** A decision applied to the field lines of an application's answer. */

import {encoder} from './wasm_record.js';

/**
 * @typedef {import('./libcors.js').Decision} Decision
 * @typedef {import('./libcors.js').FieldLine} FieldLine
 * @typedef {import('./wasm_engine.js').Engine} Engine
 */

/**
 * @param {Engine} engine
 * @param {string} name
 */
function isOwned(engine, name) {
    const bytes = encoder.encode(name);
    return engine.exports.header_is_owned(engine.place(bytes), bytes.length) !== 0;
}

/**
 * @param {Engine} engine
 * @param {string} value of a Vary line
 * @param {string} name
 */
function covers(engine, value, name) {
    const size = encoder.encode(name).length;
    const bytes = encoder.encode(value + name);
    return engine.exports.vary_covers(engine.place(bytes), bytes.length - size, size) !== 0;
}

/** @param {FieldLine} line */
const isVary = ([name]) => name.toLowerCase() === 'vary';

/**
 * Has Vary hold what it must: in its last line, or in one of its own.
 * @param {Engine} engine
 * @param {FieldLine[]} lines
 * @param {string[]} names
 * @param {string} field
 * @returns {FieldLine[]}
 */
function mergeVary(engine, lines, names, field) {
    const values = lines.filter(isVary).map(([, value]) => value);
    const missing = names.filter((name) => !values.some((value) => covers(engine, value, name)));
    const last = lines.findLast(isVary);
    if (missing.length === 0) {
        return lines;
    }
    if (last === undefined) {
        return [...lines, [field, missing.join(', ')]];
    }
    const merged = [last[1], ...missing].filter((part) => part !== '').join(', ');
    return lines.map((line) => line === last ? [last[0], merged] : line);
}

/**
 * @param {Engine} engine
 * @param {Record<string, string>} fields names in canonical case
 * @param {Decision} decision
 * @param {FieldLine[]} headers
 * @returns {FieldLine[]}
 */
export function applyDecision(engine, fields, decision, headers) {
    if (decision.kind === 'no-policy') {
        return headers.map(([name, value]) => [name, value]);
    }
    const kept = headers.filter(([name]) => !isOwned(engine, name));
    return mergeVary(engine, [...kept, ...decision.set], decision.vary, fields.VARY);
}
