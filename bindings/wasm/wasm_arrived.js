// SPDX-License-Identifier: MIT
/** A request as it arrived, on its way into the module: a record that has a place of its own there. */

import {encoder} from './wasm_record.js';

/** @typedef {import('./wasm_engine.js').Engine} Engine */

/** The record keeps so much memory between calls; what is longer is given back. */
const USUAL_CAPACITY = 1 << 14;

/** In place of a text's size. */
const NO_TEXT = 0xFFFFFFFF;
const WORD_SIZE = 4;

/** A place that nothing is at. */
const NOWHERE = -1;

/** A name of a field that the engine reads. */
class ReadField {
    /**
     * @param {string} name
     * @param {number} number
     */
    constructor(name, number) {
        this.number = number;
        this.name = name;
        this.lower = name.toLowerCase();
        this.upper = name.toUpperCase();
    }

    /**
     * Whether a name of the same length is this one: in a usual spelling, or in any case.
     * @param {string} name
     */
    isNamed(name) {
        return name === this.name || name === this.lower || this.#isFolded(name);
    }

    /** Names that begin alike (Sec-Fetch-) end differently. @param {string} name */
    #isFolded(name) {
        for (let i = name.length - 1; i >= 0; i--) {
            const code = name.charCodeAt(i);
            if (code !== this.lower.charCodeAt(i) && code !== this.upper.charCodeAt(i)) {
                return false;
            }
        }
        return true;
    }
}

/** The text whose characters are bytes. @param {Uint8Array} bytes */
export function latin1(bytes) {
    let text = '';
    for (const byte of bytes) {
        text += String.fromCharCode(byte);
    }
    return text;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} word
 */
function putWord(bytes, at, word) {
    bytes[at] = word;
    bytes[at + 1] = word >>> 8;
    bytes[at + 2] = word >>> 16;
    bytes[at + 3] = word >>> 24;
}

export class ArrivedRecord {
    #engine;
    #bytes = new Uint8Array(0);
    /** @type {Array<ReadField | undefined>} by the length of the name */
    #fields = [];
    /** @type {string[]} the values of this request's lines, by the number of the name */
    #values = [];
    /** @type {number[]} where they are in the record */
    #places = [];

    /** @param {Engine} engine */
    constructor(engine) {
        this.#engine = engine;
        this.address = 0;
        this.size = 0;
        engine.run(() => engine.exports.judged_fields());
        const reader = engine.answer();
        reader.counted(() => reader.text()).forEach((name, number) => {
            this.#fields[name.length] = new ReadField(name, number);
            this.#values[number] = '';
            this.#places[number] = NOWHERE;
        });
    }

    begin() {
        this.size = 0;
        this.#places.fill(NOWHERE); // what was there belonged to another request
        if (this.#bytes.length !== USUAL_CAPACITY) { // none yet, a large one, or memory has grown
            this.#move(USUAL_CAPACITY);
        }
    }

    /**
     * Takes another place, with what is written already.
     * @param {number} capacity
     */
    #move(capacity) {
        const address = this.#engine.allocate(capacity);
        const {buffer} = this.#engine.exports.memory;
        const bytes = new Uint8Array(buffer, address, capacity);
        bytes.set(new Uint8Array(buffer, this.address, this.size));
        this.#engine.release(this.address);
        this.address = address;
        this.#bytes = bytes;
    }

    /** @param {number} more */
    #reserve(more) {
        if (this.size + more > this.#bytes.length) {
            this.#move(2 * (this.size + more));
        }
    }

    /**
     * The request target. Of one in origin form the query is left out: the engine looks at none.
     * @param {string} target
     */
    target(target) {
        const end = target.startsWith('/') ? target.indexOf('?') : -1;
        this.text(target, end === -1 ? target.length : end);
    }

    /**
     * A text whose characters are bytes; one with others goes in as UTF-8.
     * @param {string} text
     * @param {number} [length] how much of it
     */
    text(text, length = text.length) {
        this.#reserve(WORD_SIZE + length);
        const bytes = this.#bytes;
        const at = this.size + WORD_SIZE;
        putWord(bytes, this.size, length);
        let seen = 0;
        for (let i = 0; i < length; i++) {
            const code = text.charCodeAt(i);
            seen |= code;
            bytes[at + i] = code;
        }
        this.size = at + length;
        if (seen > 0xFF) {
            this.size = at - WORD_SIZE;
            this.#wideText(encoder.encode(text.slice(0, length)));
        }
    }

    /** @param {Uint8Array} bytes */
    #wideText(bytes) {
        this.#reserve(WORD_SIZE + bytes.length);
        putWord(this.#bytes, this.size, bytes.length);
        this.#bytes.set(bytes, this.size + WORD_SIZE);
        this.size += WORD_SIZE + bytes.length;
    }

    noText() {
        this.#reserve(WORD_SIZE);
        putWord(this.#bytes, this.size, NO_TEXT);
        this.size += WORD_SIZE;
    }

    /**
     * Those field lines that the engine reads.
     * @param {readonly string[]} lines names and values in turns
     */
    lines(lines) {
        const fields = this.#fields;
        for (let i = 1; i < lines.length; i += 2) {
            const name = lines[i - 1];
            const field = fields[name.length];
            if (field !== undefined && field.isNamed(name)) {
                this.#line(field.number, lines[i]);
            }
        }
    }

    /**
     * @param {number} number the name's
     * @param {string} value
     */
    #line(number, value) {
        this.#reserve(WORD_SIZE);
        putWord(this.#bytes, this.size, number);
        this.size += WORD_SIZE;
        const place = this.size + WORD_SIZE;
        this.text(value);
        const isWhole = this.size === place + value.length; // and not in UTF-8
        this.#values[number] = value;
        this.#places[number] = isWhole ? place : NOWHERE;
    }

    /**
     * A text of this request that the module found there: most often a whole value.
     * @param {number} address
     * @param {number} size
     */
    textAt(address, size) {
        const number = this.#places.indexOf(address - this.address);
        if (number !== -1 && this.#values[number].length === size) {
            return this.#values[number];
        }
        return latin1(new Uint8Array(this.#engine.exports.memory.buffer, address, size));
    }
}
