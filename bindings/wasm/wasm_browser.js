// SPDX-License-Identifier: MIT
/** Browsers with their preflight caches. */

import {STATUS} from './wasm_engine.js';
import {WasmFetch, clockTime} from './wasm_fetch.js';
import {readCall} from './wasm_scenario.js';

/**
 * @typedef {import('./libcors.js').Answer} Answer
 * @typedef {import('./libcors.js').Call} Call
 * @typedef {import('./libcors.js').PageContext} PageContext
 * @typedef {import('./libcors.js').SentRequest} SentRequest
 * @typedef {import('./libcors.js').Trace} Trace
 * @typedef {ReturnType<typeof import('./wasm_tables.js').readTables>} Names
 */

/** Enough for redirects to URLs of thousands of bytes. */
const USUAL_MEMORY = 1 << 18;

/** A browser with a preflight cache of its own. */
export class WasmBrowser {
    #engine;
    #names;
    #address;

    /**
     * @param {import('./wasm_engine.js').Engine} engine
     * @param {Names} names
     * @param {string} name
     */
    constructor(engine, names, name) {
        const number = names.numbers.browser.get(name);
        if (number === undefined) {
            throw new TypeError(`a browser must be one of ${names.tables.browsers.join(', ')}`);
        }
        this.name = /** @type {import('./libcors.js').BrowserName} */ (name);
        this.#engine = engine;
        this.#names = names;
        this.#address = engine.exports.browser_create(number) >>> 0;
        if (this.#address === 0) {
            throw new RangeError('the engine has no more memory');
        }
    }

    /**
     * Begins a call after the time that the page waits before it; returns that time too.
     * @param {PageContext} context
     * @param {Call} call
     * @param {number} now
     */
    #start(context, call, now) {
        const {record, wait} = readCall(this.#names.numbers, context, call);
        const began = clockTime(now) + wait;
        const memory = Math.max(USUAL_MEMORY, 4 * record.length);
        return {fetch: this.beginRecord(record, began, memory), began};
    }

    /**
     * @param {PageContext} context
     * @param {Call} call
     * @param {number} [now]
     * @returns {WasmFetch}
     */
    begin(context, call, now = 0) {
        return this.#start(context, call, now).fetch;
    }

    /**
     * Begins a call that was read already.
     * @param {Uint8Array} record
     * @param {number} now
     * @param {number} memory in bytes
     * @returns {WasmFetch}
     */
    beginRecord(record, now, memory) {
        if (this.#address === 0) {
            throw new Error('the browser was released, and is of no use any more');
        }
        const time = clockTime(now);
        const status = this.#engine.runWith(record, (data, size) =>
            this.#engine.exports.fetch_begin(this.#address, data, size, memory, time));
        if (status === STATUS.TOO_LARGE) {
            throw new RangeError('the call is too large');
        }
        return new WasmFetch(this.#engine, this.#names, this.#engine.answer().word());
    }

    /**
     * @param {PageContext} context
     * @param {Call} call
     * @param {(request: SentRequest) => Answer | null} answer
     * @param {number} [now]
     * @returns {Trace}
     */
    play(context, call, answer, now = 0) {
        const {fetch, began} = this.#start(context, call, now);
        const steps = [];
        try {
            while (!fetch.done) {
                const request = fetch.request();
                const answered = answer(request) ?? null;
                if (answered === null) {
                    fetch.fail();
                } else {
                    fetch.answer(answered, began);
                }
                steps.push({...request, answer: answered});
            }
            return {steps, outcome: fetch.outcome()};
        } finally {
            fetch.release();
        }
    }

    release() {
        if (this.#address !== 0) {
            this.#engine.exports.browser_release(this.#address);
            this.#address = 0;
        }
    }
}
