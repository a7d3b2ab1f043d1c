// SPDX-License-Identifier: MIT
/** Calls in progress. */

import {STATUS} from './wasm_engine.js';
import {readOutcome} from './wasm_outcome.js';
import {encoder} from './wasm_record.js';
import {readAnswer} from './wasm_scenario.js';

/**
 * @typedef {import('./libcors.js').Answer} Answer
 * @typedef {import('./libcors.js').FieldLine} FieldLine
 * @typedef {import('./libcors.js').Outcome} Outcome
 * @typedef {import('./libcors.js').SentRequest} SentRequest
 * @typedef {import('./libcors.js').Why} Why
 * @typedef {import('./wasm_record.js').RecordReader} RecordReader
 * @typedef {ReturnType<typeof import('./wasm_tables.js').readTables>} Names
 */

/** The steps of a fetch: cors_step. */
const STEP = {DONE: 0, PREFLIGHT: 1};

/** No clock gets there. */
const TIME_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Milliseconds, as the module takes them.
 * @param {unknown} now
 * @returns {number}
 */
export function clockTime(now) {
    if (typeof now !== 'number' || Number.isNaN(now)) {
        throw new TypeError('the time must be a number of milliseconds');
    }
    return Math.trunc(Math.min(Math.max(now, -TIME_MAX), TIME_MAX));
}

/** A call in progress. */
export class WasmFetch {
    #engine;
    #names;
    #address;
    #answered = 0;

    /**
     * @param {import('./wasm_engine.js').Engine} engine
     * @param {Names} names
     * @param {number} address
     */
    constructor(engine, names, address) {
        this.#engine = engine;
        this.#names = names;
        this.#address = address;
    }

    #alive() {
        if (this.#address === 0) {
            throw new Error('the call was released, and is of no use any more');
        }
        return this.#address;
    }

    /** @returns {number} */
    #step() {
        return this.#engine.exports.fetch_step(this.#alive());
    }

    get done() {
        return this.#step() === STEP.DONE;
    }

    #running() {
        if (this.done) {
            throw new Error('the call is done: there is nothing more to send or to answer');
        }
        return this.#address;
    }

    /** @returns {SentRequest} */
    request() {
        const address = this.#running();
        const kind = this.#step() === STEP.PREFLIGHT ? 'preflight' : 'request';
        this.#engine.run(() => this.#engine.exports.fetch_request(address));
        const reader = this.#engine.answer();
        const head = {
            kind: /** @type {SentRequest['kind']} */ (kind),
            method: reader.text(),
            url: reader.text(),
        };
        const lines = {
            origin: reader.optionalText(),
            requested_method: reader.optionalText(),
            requested_headers: reader.optionalText(),
            credentials: reader.flag(),
            body: reader.flag(),
        };
        const fields = reader.list(
            () => /** @type {FieldLine} */ ([reader.text(), reader.text()]));
        return {...head, fields, ...lines, whys: reader.list(() => this.#readWhy(reader))};
    }

    /**
     * @param {RecordReader} reader
     * @returns {Why}
     */
    #readWhy(reader) {
        const {name, advice} = this.#names.tables.whys[reader.word()];
        return {why: name, what: reader.text(), advice};
    }

    /**
     * @param {Answer} answer
     * @param {number} [now]
     */
    answer(answer, now = 0) {
        this.answerRecord(readAnswer(answer), now);
    }

    /**
     * Hands in an answer that was read already.
     * @param {Uint8Array} record
     * @param {number} now
     */
    answerRecord(record, now) {
        const address = this.#running();
        const time = clockTime(now);
        const status = this.#engine.runWith(record, (data, size) =>
            this.#engine.exports.fetch_answer(address, data, size, time));
        this.#answered += 1;
        if (status === STATUS.TOO_LARGE) {
            throw new RangeError('a redirect leads to a URL that is too long for this call');
        }
    }

    fail() {
        this.#engine.exports.fetch_fail(this.#running());
        this.#answered += 1;
    }

    /** @returns {Outcome} */
    outcome() {
        if (!this.done) {
            throw new Error('the call is not done: answer what it sends first');
        }
        this.#engine.run(() => this.#engine.exports.fetch_outcome(this.#address));
        const reader = this.#engine.answer();
        const code = this.#names.tables.codes[reader.word()];
        return readOutcome(reader, code, this.#answered > 0 ? this.#answered - 1 : null);
    }

    /**
     * @param {string} name
     * @returns {boolean}
     */
    exposes(name) {
        if (typeof name !== 'string') {
            throw new TypeError('a header\'s name must be a string');
        }
        const bytes = encoder.encode(name);
        const data = this.#engine.place(bytes);
        return this.#engine.exports.fetch_exposes(this.#alive(), data, bytes.length) !== 0;
    }

    release() {
        if (this.#address !== 0) {
            this.#engine.exports.fetch_release(this.#address);
            this.#address = 0;
        }
    }
}
