// SPDX-License-Identifier: MIT
/** A request as it arrived, on its way into the module: a record that has a place of its own there. */

import {encoder} from './wasm_record.js';

/** @typedef {import('./wasm_engine.js').Engine} Engine */

/** The record keeps so much memory between calls; what is longer is given back. */
const USUAL_CAPACITY = 1 << 14;

/** What a text is that is no field's: numbers of servers/wasm_judge.c, as those of the names. */
const PART = {METHOD: 64, OWN_ORIGIN: 65, TARGET: 66};

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

/**
 * Texts one behind the other, each with a number in front that says what it is. What differs most
 * from request to request, the target, comes last: as far as the texts are those of the request
 * before, they stand there already.
 */
export class ArrivedRecord {
    #engine;
    #bytes = new Uint8Array(0);
    /** @type {Array<ReadField | undefined>} by the length of the name */
    #fields = [];

    /** How many texts there are, and were before; and whether all so far were there before. */
    #count = 0;
    #before = 0;
    #isKept = false;
    /** @type {number[]} what each text is */
    #numbers = [];
    /** @type {string[]} */
    #texts = [];
    /** @type {number[]} where each begins in the record, in bytes; NOWHERE where it is in UTF-8 */
    #starts = [];

    /** @param {Engine} engine */
    constructor(engine) {
        this.#engine = engine;
        this.address = 0;
        this.size = 0;
        engine.run(() => engine.exports.judged_fields());
        const reader = engine.answer();
        reader.counted(() => reader.text()).forEach((name, number) => {
            this.#fields[name.length] = new ReadField(name, number);
        });
    }

    /**
     * Writes a request.
     * @param {import('./libcors.js').ArrivedRequest} request
     */
    write({method, ownOrigin, lines, target}) {
        this.size = 0;
        this.#before = this.#count;
        this.#count = 0;
        this.#isKept = true;
        if (this.#bytes.length !== USUAL_CAPACITY) { // none yet, a large one, or memory has grown
            this.#move(USUAL_CAPACITY);
        }
        this.#put(PART.METHOD, method);
        if (ownOrigin !== undefined) {
            this.#put(PART.OWN_ORIGIN, ownOrigin);
        }
        const fields = this.#fields;
        for (let i = 1; i < lines.length; i += 2) {
            const name = lines[i - 1];
            const field = fields[name.length];
            if (field !== undefined && field.isNamed(name)) {
                this.#put(field.number, lines[i]);
            }
        }
        // Of a target in origin form the query is left out: the engine looks at none.
        const end = target.startsWith('/') ? target.indexOf('?') : -1;
        this.#put(PART.TARGET, end === -1 ? target : target.slice(0, end));
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
        this.#isKept = false;
    }

    /** @param {number} more */
    #reserve(more) {
        if (this.size + more > this.#bytes.length) {
            this.#move(2 * (this.size + more));
        }
    }

    /**
     * @param {number} number
     * @param {string} text
     */
    #put(number, text) {
        const place = this.#count;
        this.#isKept = this.#isKept && place < this.#before && this.#texts[place] === text &&
            this.#numbers[place] === number && this.#starts[place] !== NOWHERE;
        if (this.#isKept) {
            this.size += 2 * WORD_SIZE + text.length;
        } else {
            this.#write(place, number, text);
        }
        this.#count = place + 1;
    }

    /**
     * @param {number} place among the texts
     * @param {number} number
     * @param {string} text
     */
    #write(place, number, text) {
        this.#reserve(2 * WORD_SIZE + text.length);
        this.#numbers[place] = number;
        this.#texts[place] = text;
        this.#starts[place] = this.size + 2 * WORD_SIZE;
        putWord(this.#bytes, this.size, number);
        this.size += WORD_SIZE;
        if (!this.#putBytes(text)) {
            this.#starts[place] = NOWHERE;
            this.#putWide(encoder.encode(text));
        }
    }

    /**
     * A text whose characters are bytes; false where it has others.
     * @param {string} text
     */
    #putBytes(text) {
        const bytes = this.#bytes;
        const at = this.size + WORD_SIZE;
        const {length} = text;
        let seen = 0;
        for (let i = 0; i < length; i++) {
            const code = text.charCodeAt(i);
            seen |= code;
            bytes[at + i] = code;
        }
        if (seen > 0xFF) {
            return false;
        }
        putWord(bytes, this.size, length);
        this.size = at + length;
        return true;
    }

    /** A text with others goes in as UTF-8. @param {Uint8Array} bytes */
    #putWide(bytes) {
        this.#reserve(WORD_SIZE + bytes.length);
        putWord(this.#bytes, this.size, bytes.length);
        this.#bytes.set(bytes, this.size + WORD_SIZE);
        this.size += WORD_SIZE + bytes.length;
    }

    /**
     * A text of this request that the module found there: most often a whole one.
     * @param {number} address
     * @param {number} size
     */
    textAt(address, size) {
        const start = address - this.address;
        for (let i = 0; i < this.#count; i++) {
            if (this.#starts[i] === start && this.#texts[i].length === size) {
                return this.#texts[i];
            }
        }
        return latin1(new Uint8Array(this.#engine.exports.memory.buffer, address, size));
    }
}
