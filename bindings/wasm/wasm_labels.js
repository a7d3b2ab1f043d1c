// SPDX-License-Identifier: MIT
/**
 * Unicode host labels, for an engine that cannot call out: what it wants to know it lists, the
 * URL parser of this very host converts, and the engine is asked again.
 */

import {toAscii} from './unicode_host.js';
import {RecordWriter, strictDecoder} from './wasm_record.js';

/** The table is emptied between two calls once it holds more. */
const KEPT_MAX = 256;

/**
 * The ASCII form of a label, or null where it has none.
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
function convertLabel(bytes) {
    try {
        return toAscii(strictDecoder.decode(bytes));
    } catch {
        return null;
    }
}

export class WasmLabels {
    /** @param {import('./wasm_engine.js').Engine} engine */
    constructor(engine) {
        this.engine = engine;
    }

    /** Before a call: what was asked long ago need not be known for ever. */
    begin() {
        if (this.engine.exports.labels_count() > KEPT_MAX) {
            this.engine.exports.labels_forget();
        }
    }

    /** Answers all labels of the list that the call left. */
    convert() {
        const reader = this.engine.answer();
        const labels = reader.list(() => reader.bytes().slice());
        for (const label of labels) {
            this.#add(label);
        }
    }

    /** @param {Uint8Array} label */
    #add(label) {
        const record = new RecordWriter().text(label).text(convertLabel(label)).record();
        const data = this.engine.place(record);
        if (this.engine.exports.label_answer(data, record.length) !== 0) {
            throw new RangeError('the engine has no more memory');
        }
    }
}
