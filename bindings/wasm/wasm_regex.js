// SPDX-License-Identifier: MIT
/** Regular expressions over origins as entries of a policy. */

import {encoder} from './wasm_record.js';

/** @typedef {import('./libcors.js').RegexReading} RegexReading */

/** The bits of servers/wasm_regex.c. */
const FLAG = {ANCHORED_START: 1, ANCHORED_END: 2, IGNORES_CASE: 4};

/** @param {import('./libcors.js').RegexFlags} flags */
function bitsOf({anchoredStart, anchoredEnd, ignoresCase}) {
    return (anchoredStart ? FLAG.ANCHORED_START : 0) | (anchoredEnd ? FLAG.ANCHORED_END : 0) |
        (ignoresCase ? FLAG.IGNORES_CASE : 0);
}

/**
 * Where an offset in bytes is in code units.
 * @param {Uint8Array} bytes
 * @param {number} offset
 */
function unitsBefore(bytes, offset) {
    return new TextDecoder().decode(bytes.subarray(0, offset)).length;
}

/**
 * @param {import('./wasm_engine.js').Engine} engine
 * @param {string} source
 * @param {import('./libcors.js').RegexFlags} flags
 * @returns {RegexReading}
 */
export function readRegex(engine, source, flags) {
    if (typeof source !== 'string') {
        throw new TypeError('the expression must be a string: a RegExp has it in "source"');
    }
    const bytes = encoder.encode(source);
    engine.runWith(bytes, (data, size) => engine.exports.regex_read(data, size, bitsOf(flags)));
    const reader = engine.answer();
    return {
        fault: reader.text(),
        meaning: reader.text(),
        offset: unitsBefore(bytes, reader.word()),
        exact: reader.word() !== 0,
        entries: reader.counted(() => reader.text()),
    };
}
