// SPDX-License-Identifier: MIT
/** Text from outside, made fit for a terminal, byte by byte as the command does it. */

import {columnsOf} from './terminal_width.js';

/** Bold, and colours, as terminals number them. */
export const STYLE = {bold: '1', red: '1;31', green: '32', yellow: '1;33', blue: '1;34'};

const REPLACEMENT = '\uFFFD';

const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/**
 * A character as it is shown: how many bytes it is, and how many columns it takes.
 * @typedef {{text: string, size: number, columns: number}} Character
 */

/** @param {number} lead */
function sizeByLead(lead) {
    return lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/** Controls, and the marks that turn the direction of text around. @param {number} code */
function isUnprintable(code) {
    return code < 0x20 || code >= 0x7F && code < 0xA0 || code >= 0x202A && code <= 0x202E ||
        code >= 0x2066 && code <= 0x2069;
}

/**
 * The character at a place; of what cannot be shown, one byte.
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Character}
 */
export function characterAt(bytes, at) {
    const lead = bytes[at];
    if (lead >= 0x20 && lead < 0x7F) {
        return {text: String.fromCharCode(lead), size: 1, columns: 1};
    }
    const size = sizeByLead(lead);
    try {
        const text = decoder.decode(bytes.subarray(at, at + size));
        const code = /** @type {number} */ (text.codePointAt(0));
        if (!isUnprintable(code)) {
            return {text, size, columns: columnsOf(code)};
        }
    } catch { /* no UTF-8 */ }
    return {text: REPLACEMENT, size: 1, columns: 1};
}

/**
 * @param {Uint8Array | string} text
 * @returns {string}
 */
export function cleanBytes(text) {
    if (typeof text === 'string' && /^[\x20-\x7E]*$/.test(text)) {
        return text;
    }
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const shown = [];
    for (let at = 0; at < bytes.length;) {
        const character = characterAt(bytes, at);
        shown.push(character.text);
        at += character.size;
    }
    return shown.join('');
}

/**
 * @param {boolean} colour
 * @param {string} style
 * @param {string} text
 */
export function styled(colour, style, text) {
    return colour ? `\u001B[${style}m${text}\u001B[0m` : text;
}

/**
 * The text of bytes; each that is no UTF-8 becomes U+FFFD.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decodeBytes(bytes) {
    try {
        return decoder.decode(bytes);
    } catch { /* below */ }
    const parts = [];
    for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + sizeByLead(bytes[at]));
        const text = tryDecode(part);
        parts.push(text ?? REPLACEMENT);
        at += text === null ? 1 : part.length;
    }
    return parts.join('');
}

/** @param {Uint8Array} bytes */
function tryDecode(bytes) {
    try {
        return decoder.decode(bytes);
    } catch {
        return null;
    }
}
