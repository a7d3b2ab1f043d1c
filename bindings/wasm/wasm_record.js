// SPDX-License-Identifier: MIT
/**
 * Records: what module and host hand each other. 32-bit words, little-endian, and texts in UTF-8
 * behind their size. What stands in which order is known by the C file that has the export, and by
 * its one caller in JavaScript.
 */

const NO_TEXT = 0xFFFFFFFF;

export const encoder = new TextEncoder();
export const strictDecoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/**
 * The text of bytes; those that are no UTF-8 are shown as the characters that they are in Latin-1.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function textOf(bytes) {
    try {
        return strictDecoder.decode(bytes);
    } catch {
        let text = '';
        for (const byte of bytes) {
            text += String.fromCharCode(byte);
        }
        return text;
    }
}

/** A record under way. */
export class RecordWriter {
    constructor() {
        this.bytes = new Uint8Array(1024);
        this.size = 0;
    }

    /** @param {number} more */
    #reserve(more) {
        if (this.size + more > this.bytes.length) {
            const larger = new Uint8Array(2 * (this.size + more));
            larger.set(this.bytes.subarray(0, this.size));
            this.bytes = larger;
        }
    }

    /** @param {number} word */
    word(word) {
        this.#reserve(4);
        new DataView(this.bytes.buffer).setUint32(this.size, word, true);
        this.size += 4;
        return this;
    }

    /** @param {boolean} flag */
    flag(flag) {
        return this.word(flag ? 1 : 0);
    }

    /**
     * A text in UTF-8, bytes as they are, or nothing.
     * @param {string | Uint8Array | null | undefined} text
     */
    text(text) {
        if (text === null || text === undefined) {
            return this.word(NO_TEXT);
        }
        const bytes = typeof text === 'string' ? encoder.encode(text) : text;
        this.word(bytes.length);
        this.#reserve(bytes.length);
        this.bytes.set(bytes, this.size);
        this.size += bytes.length;
        return this;
    }

    /**
     * A list of field lines.
     * @param {Array<[string, string | Uint8Array]>} fields
     */
    fields(fields) {
        this.word(fields.length);
        for (const [name, value] of fields) {
            this.text(name).text(value);
        }
        return this;
    }

    /** @returns {Uint8Array} */
    record() {
        return this.bytes.subarray(0, this.size);
    }
}

/** Reads an answer; to be done with before the next call of the module. */
export class RecordReader {
    /** @param {Uint8Array} bytes */
    constructor(bytes) {
        this.data = bytes;
        this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        this.at = 0;
    }

    /** @returns {number} */
    word() {
        this.at += 4;
        return this.view.getUint32(this.at - 4, true);
    }

    /** @returns {boolean} */
    flag() {
        return this.word() !== 0;
    }

    /** @returns {Uint8Array | null} */
    optionalBytes() {
        const size = this.word();
        if (size === NO_TEXT) {
            return null;
        }
        this.at += size;
        return this.data.subarray(this.at - size, this.at);
    }

    /** @returns {Uint8Array} */
    bytes() {
        return this.optionalBytes() ?? new Uint8Array();
    }

    /** @returns {string | null} */
    optionalText() {
        const bytes = this.optionalBytes();
        return bytes === null ? null : textOf(bytes);
    }

    /** @returns {string} */
    text() {
        return this.optionalText() ?? '';
    }

    /**
     * A list in which a 1 stands before each item, and a 0 at the end.
     * @template T
     * @param {() => T} read
     * @returns {T[]}
     */
    list(read) {
        const items = [];
        while (this.flag()) {
            items.push(read());
        }
        return items;
    }

    /**
     * A list behind the number of its items.
     * @template T
     * @param {() => T} read
     * @returns {T[]}
     */
    counted(read) {
        return Array.from({length: this.word()}, read);
    }
}
