// SPDX-License-Identifier: MIT
/** The module's memory and calls, seen from JavaScript. */

import {WasmLabels} from './wasm_labels.js';
import {RecordReader} from './wasm_record.js';

/** The numbers that exports return: those of cors_status, and one of this module. */
export const STATUS = {OK: 0, NO_MEMORY: 1, INVALID: 2, TOO_LARGE: 3, LABELS_WANTED: 16};

/** The input keeps so much memory between calls; what is longer is given back. */
const USUAL_CAPACITY = 1 << 16;

/** The module, with what every call of it needs. */
export class Engine {
    /** @param {WebAssembly.Instance} instance */
    constructor(instance) {
        /** @type {any} */
        this.exports = instance.exports;
        this.labels = new WasmLabels(this);
        this.input = 0;
        this.capacity = 0;
    }

    /**
     * Memory of the module's.
     * @param {number} size
     * @returns {number}
     */
    allocate(size) {
        const address = this.exports.allocate(size) >>> 0;
        if (address === 0) {
            throw new RangeError('the engine has no more memory');
        }
        return address;
    }

    /** @param {number} address */
    release(address) {
        this.exports.release(address);
    }

    /**
     * @param {number} address
     * @param {Uint8Array} bytes
     */
    write(address, bytes) {
        new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
    }

    /**
     * Puts bytes where the module can read them, until the next call.
     * @param {Uint8Array} bytes
     * @returns {number}
     */
    place(bytes) {
        if (bytes.length > this.capacity || this.capacity > USUAL_CAPACITY) {
            this.release(this.input);
            this.input = this.capacity = 0;
            const capacity = Math.max(bytes.length, USUAL_CAPACITY);
            this.input = this.allocate(capacity);
            this.capacity = capacity;
        }
        this.write(this.input, bytes);
        return this.input;
    }

    /** @returns {RecordReader} */
    answer() {
        const {memory, answer_data: data, answer_size: size} = this.exports;
        return new RecordReader(new Uint8Array(memory.buffer, data() >>> 0, size() >>> 0));
    }

    /**
     * Makes a call, again as long as it asks for labels.
     * @param {() => number} call
     * @returns {number} STATUS.OK or STATUS.TOO_LARGE
     */
    run(call) {
        this.labels.begin();
        let status = call();
        while (status === STATUS.LABELS_WANTED) {
            this.labels.convert();
            status = call();
        }
        if (status === STATUS.NO_MEMORY) {
            throw new RangeError('the engine has no more memory');
        }
        return status;
    }

    /**
     * Makes a call that hands in a record; the answer is then to be read.
     * @param {Uint8Array} record
     * @param {(data: number, size: number) => number} call
     * @returns {number}
     */
    runWith(record, call) {
        return this.run(() => call(this.place(record), record.length));
    }
}
