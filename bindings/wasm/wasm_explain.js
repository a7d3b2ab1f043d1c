// SPDX-License-Identifier: MIT
/** What pasted console messages mean. */

import {encoder, strictDecoder} from './wasm_record.js';

/**
 * @typedef {import('./libcors.js').Explanation} Explanation
 * @typedef {ReturnType<typeof import('./wasm_tables.js').readTables>} Names
 */

/** Controls, and the marks that turn the direction of text around. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;

/**
 * The size of the UTF-8 character that begins with a byte, if it is whole.
 * @param {number} lead
 */
function characterSize(lead) {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/**
 * The character at the start of the bytes; null where there is none that can be shown.
 * @param {Uint8Array} bytes
 */
function printableCharacter(bytes) {
    try {
        const character = strictDecoder.decode(bytes.subarray(0, characterSize(bytes[0])));
        return UNPRINTABLE.test(character) ? null : character;
    } catch {
        return null;
    }
}

/**
 * What a message names, or null; each byte of what is not to be shown becomes U+FFFD.
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
function shownText(bytes) {
    let shown = '';
    for (let at = 0; at < bytes.length;) {
        const character = printableCharacter(bytes.subarray(at));
        shown += character ?? '\uFFFD';
        at += character === null ? 1 : characterSize(bytes[at]);
    }
    return shown === '' ? null : shown;
}

/**
 * @param {import('./wasm_engine.js').Engine} engine
 * @param {Names} names
 * @param {string} text
 * @returns {Explanation | null}
 */
export function explain(engine, names, text) {
    if (typeof text !== 'string') {
        throw new TypeError('the message must be a string');
    }
    engine.runWith(encoder.encode(text), (data, size) => engine.exports.explain(data, size));
    const reader = engine.answer();
    if (!reader.flag()) {
        return null;
    }
    const {codes, browsers} = names.tables;
    const known = reader.flag();
    const browser = browsers[reader.word()];
    const code = codes[reader.word()];
    const also = reader.counted(() => codes[reader.word()].name);
    const preflight = [false, true, null][reader.word()];
    const explanation = {
        browser: known ? browser : null,
        code: code.name,
        also,
        preflight,
        url: shownText(reader.bytes()),
        origin: shownText(reader.bytes()),
        cause: code.cause,
        fix: code.fix,
        check: shownText(reader.bytes()),
    };
    // What the message names besides is no part of the answer in JSON.
    const named = {method: shownText(reader.bytes()), header: shownText(reader.bytes())};
    return Object.defineProperty(/** @type {Explanation} */ (explanation), 'named',
        {value: named});
}
