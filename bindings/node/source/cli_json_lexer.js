// SPDX-License-Identifier: MIT
/**
 * The words of JSON, read from bytes as the command's reader (jansson) reads them: with its limits,
 * and its complaints at its places.
 */

import {cleanBytes} from './cli_text.js';

/** What a line is no JSON for. `message` ends before the place. */
export class JsonFault extends Error {
    /**
     * @param {string} message
     * @param {number} position in bytes
     */
    constructor(message, position) {
        super(message);
        this.position = position;
    }
}

/** A number that is no integer, be it a whole one: 1.0 is not 1. */
export class Real {
    /** @param {number} value */
    constructor(value) {
        this.value = value;
    }
}

/** The end of the line, in place of a byte. */
const END = -1;

/** Of longer words the complaint shows nothing. */
const SHOWN_MAX = 20;

const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;

const QUOTE = 0x22;
const BACKSLASH = 0x5C;
const MINUS = 0x2D;
const POINT = 0x2E;
const ZERO = 0x30;

/** @param {number} byte */
const isDigit = (byte) => byte >= 0x30 && byte <= 0x39;

/** @param {number} byte */
const isLetter = (byte) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A && byte < 0x80;

/** @param {number} byte */
const isHexDigit = (byte) => isDigit(byte) || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66;

/** @param {number} byte */
const isBlank = (byte) => byte === 0x20 || byte === 0x09 || byte === 0x0A || byte === 0x0D;

/** @param {number} byte */
const isExponent = (byte) => byte === 0x45 || byte === 0x65;

/** @type {Record<string, string>} */
const SHORT_ESCAPES = {b: '\b', f: '\f', n: '\n', r: '\r', t: '\t'};

/**
 * Where the first byte is that begins no UTF-8 character.
 * @param {Buffer} bytes
 */
function findNoText(bytes) {
    let good = 0;
    let bad = bytes.length + 1;
    while (bad - good > 1) {
        const middle = (good + bad) >>> 1;
        try {
            new TextDecoder('utf-8', {fatal: true}).decode(bytes.subarray(0, middle),
                {stream: true});
            good = middle;
        } catch {
            bad = middle;
        }
    }
    // What was good may hold the beginning of the character that is not whole.
    let start = good;
    while (start > 0 && start > good - 4 && (bytes[start - 1] & 0xC0) === 0x80) {
        start--;
    }
    return start > 0 && bytes[start - 1] >= 0xC0 && !isWhole(bytes.subarray(start - 1, good))
        ? start - 1 : good;
}

/** Whether bytes are UTF-8. @param {Uint8Array} bytes */
function isWhole(bytes) {
    try {
        new TextDecoder('utf-8', {fatal: true}).decode(bytes);
        return true;
    } catch {
        return false;
    }
}

/**
 * A word: `kind` is its first byte for brackets and the like.
 * @typedef {'{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'value' | 'end' | 'invalid'} Kind
 */

export class JsonLexer {
    /** @type {Kind} of the word that was read last */
    kind = 'invalid';
    /** @type {unknown} of a string or another value */
    value = null;
    /** A NUL behind a word is read and not counted. */
    #uncounted = 0;
    #at = 0;
    #start = 0; // of the word

    /** @param {Buffer} bytes */
    constructor(bytes) {
        this.bytes = bytes;
        this.textEnd = isWhole(bytes) ? bytes.length : findNoText(bytes);
    }

    /**
     * Complains of the word that was read last.
     * @param {string} message
     * @param {number} [end] of what is shown of it
     * @returns {never}
     */
    fail(message, end = this.#at) {
        const word = this.bytes.subarray(this.#start, end);
        const isMissing = word.length === 0 || word[0] === 0;
        const near = isMissing ? ' near end of file'
            : word.length > SHOWN_MAX ? '' : ` near '${shownWord(word)}'`;
        throw new JsonFault(message + near, this.#at - this.#uncounted);
    }

    /** The byte at the place, or END. */
    #peek() {
        if (this.#at >= this.bytes.length) {
            return END;
        }
        if (this.#at >= this.textEnd) {
            this.#failToDecode();
        }
        return this.bytes[this.#at];
    }

    /** @returns {never} */
    #failToDecode() {
        const byte = `0x${this.bytes[this.#at].toString(16)}`;
        if (this.#at === this.#start) {
            throw new JsonFault(`unable to decode byte ${byte}`, this.#at - this.#uncounted);
        }
        return this.fail(`unable to decode byte ${byte}`);
    }

    /** Goes on to the next word. */
    next() {
        do {
            this.#start = this.#at;
            this.kind = this.#at >= this.bytes.length ? 'end' : 'invalid';
            this.#peek();
        } while (isBlank(this.bytes[this.#at]) && this.#at++ < this.bytes.length);
        if (this.kind !== 'end') {
            this.#scan(this.bytes[this.#at]);
        }
    }

    /** @param {number} byte the first of the word */
    #scan(byte) {
        const character = String.fromCharCode(byte);
        this.#at++;
        if ('{}[]:,'.includes(character)) {
            this.kind = /** @type {Kind} */ (character);
        } else if (byte === QUOTE) {
            this.#scanString();
        } else if (isDigit(byte) || byte === MINUS) {
            this.#scanNumber(byte);
            this.#passNul();
        } else if (isLetter(byte)) {
            this.#scanName();
            this.#passNul();
        } else {
            while (this.#at < this.textEnd && (this.bytes[this.#at] & 0xC0) === 0x80) {
                this.#at++;
            }
        }
    }

    /** The reader looks at the byte behind such a word, and forgets it if it is NUL. */
    #passNul() {
        if (this.kind === 'value' && this.bytes[this.#at] === 0) {
            this.#at++;
            this.#uncounted++;
        }
    }

    #scanName() {
        while (isLetter(this.#peek())) {
            this.#at++;
        }
        const name = this.bytes.toString('latin1', this.#start, this.#at);
        if (name === 'true' || name === 'false' || name === 'null') {
            this.kind = 'value';
            this.value = name === 'null' ? null : name === 'true';
        }
    }

    #passDigits() {
        while (isDigit(this.#peek())) {
            this.#at++;
        }
    }

    /** @param {number} first */
    #scanNumber(first) {
        let byte = first;
        if (byte === MINUS) {
            byte = this.#peek();
            if (!isDigit(byte)) {
                return;
            }
            this.#at++;
        }
        if (byte === ZERO && isDigit(this.#peek())) {
            return;
        }
        this.#passDigits();
        const behind = this.#peek();
        if (behind !== POINT && !isExponent(behind)) {
            this.#endInteger();
        } else if (this.#passFraction(behind) && this.#passExponent()) {
            this.#endReal();
        }
    }

    /** @param {number} byte */
    #passFraction(byte) {
        if (byte === POINT) {
            this.#at++;
            if (!isDigit(this.#peek())) {
                return false;
            }
            this.#passDigits();
        }
        return true;
    }

    #passExponent() {
        if (!isExponent(this.#peek())) {
            return true;
        }
        this.#at++;
        const sign = this.#peek();
        if (sign === 0x2B || sign === MINUS) {
            this.#at++;
        }
        const isGood = isDigit(this.#peek());
        this.#passDigits();
        return isGood;
    }

    #text() {
        return this.bytes.toString('latin1', this.#start, this.#at);
    }

    #endInteger() {
        const value = BigInt(this.#text());
        if (value > INTEGER_MAX || value < INTEGER_MIN) {
            this.fail(value < 0 ? 'too big negative integer' : 'too big integer');
        }
        const number = Number(value);
        this.kind = 'value';
        this.value = Number.isSafeInteger(number) ? number : value;
    }

    #endReal() {
        const value = Number(this.#text());
        if (!Number.isFinite(value)) {
            this.fail('real number overflow');
        }
        this.kind = 'value';
        this.value = new Real(value);
    }

    #scanString() {
        let isPlain = true;
        for (let byte = this.#peek(); byte !== QUOTE; byte = this.#peek()) {
            if (byte === END) {
                this.fail('premature end of input');
            } else if (byte < 0x20) {
                this.fail(byte === 0x0A ? 'unexpected newline'
                    : `control character 0x${byte.toString(16)}`);
            }
            this.#at++;
            if (byte === BACKSLASH) {
                isPlain = false;
                this.#passEscape();
            }
        }
        this.#at++;
        const text = this.bytes.toString('utf8', this.#start + 1, this.#at - 1);
        this.kind = 'string';
        this.value = isPlain ? text : this.#unescape(text);
    }

    #passEscape() {
        const byte = this.#passByte();
        if (byte === 0x75) {
            for (let i = 0; i < 4; i++) {
                if (!isHexDigit(this.#passByte())) {
                    this.fail('invalid escape');
                }
            }
        } else if (byte === END || !'"\\/bfnrt'.includes(String.fromCharCode(byte))) {
            this.fail('invalid escape');
        }
    }

    #passByte() {
        const byte = this.#peek();
        this.#at += byte === END ? 0 : 1;
        return byte;
    }

    /** @param {string} text */
    #unescape(text) {
        const escapes = /\\(?:u(d[89ab][\da-f]{2})(?:\\u([\da-f]{4}))?|u([\da-f]{4})|.)/gi;
        return text.replace(escapes, (all, high, low, digits) => {
            if (high !== undefined) {
                return this.#pair(high, low);
            }
            return digits === undefined ? SHORT_ESCAPES[all[1]] ?? all[1] : this.#single(digits);
        });
    }

    /**
     * @param {string} high
     * @param {string | undefined} low
     */
    #pair(high, low) {
        if (low === undefined) {
            this.fail(`invalid Unicode '\\u${high.toUpperCase()}'`);
        }
        if (!/^d[c-f]/i.test(low)) {
            this.fail(`invalid Unicode '\\u${high.toUpperCase()}\\u${low.toUpperCase()}'`);
        }
        return String.fromCharCode(parseInt(high, 16), parseInt(low, 16));
    }

    /** @param {string} digits */
    #single(digits) {
        if (/^d[c-f]/i.test(digits)) {
            this.fail(`invalid Unicode '\\u${digits.toUpperCase()}'`);
        }
        return String.fromCharCode(parseInt(digits, 16));
    }
}

/**
 * A word in a complaint: up to a NUL. One that ends within a character is made fit for a terminal.
 * @param {Buffer} word
 */
function shownWord(word) {
    const nul = word.indexOf(0);
    const shown = nul === -1 ? word : word.subarray(0, nul);
    return isWhole(shown) ? shown.toString('utf8') : cleanBytes(shown);
}
