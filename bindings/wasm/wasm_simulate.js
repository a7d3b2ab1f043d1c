// SPDX-License-Identifier: MIT
/** What `cors simulate` says of a line: calls of a page one after the other, in one browser. */

import {WasmBrowser} from './wasm_browser.js';
import {member, readAnswer, readCall} from './wasm_scenario.js';

/**
 * @typedef {import('./libcors.js').Answer} Answer
 * @typedef {import('./libcors.js').SentRequest} SentRequest
 * @typedef {import('./libcors.js').Simulation} Simulation
 * @typedef {import('./wasm_fetch.js').WasmFetch} WasmFetch
 * @typedef {ReturnType<typeof import('./wasm_tables.js').readTables>} Names
 */

/** Calls get more memory when they need it, up to this. */
const MEMORY_USUAL = 1 << 16;
const MEMORY_MAX = 1 << 29;

/**
 * A request that was sent, as the command prints it.
 * @param {Names} names
 * @param {SentRequest} request
 * @returns {Simulation['sent'][number]}
 */
function sentMembers(names, request) {
    const {fields} = names.tables;
    /** @type {Simulation['sent'][number]} */
    const sent = {method: request.method, url: request.url};
    for (const [field, value] of /** @type {const} */ ([
        [fields.ORIGIN, request.origin],
        [fields.REQUEST_METHOD, request.requested_method],
        [fields.REQUEST_HEADERS, request.requested_headers],
    ])) {
        if (value !== null) {
            sent[field.toLowerCase()] = value;
        }
    }
    sent.credentials = request.credentials;
    return sent;
}

/**
 * How a call ended, as the command prints it.
 * @param {WasmFetch} fetch
 * @param {Set<string>} whys
 * @returns {Simulation['fetches'][number]}
 */
function fetchMembers(fetch, whys) {
    const outcome = fetch.outcome();
    const {type, status, redirected, url, headers, code, preflight, messages} = outcome;
    return {
        result: outcome.ok ? 'ok' : 'error', type, status, redirected, url, headers, code,
        preflight, why_preflight: [...whys], messages,
    };
}

/** One line under way. */
class Line {
    /**
     * @param {Names} names
     * @param {WasmBrowser} browser
     * @param {unknown} scenario
     * @param {number} memory
     */
    constructor(names, browser, scenario, memory) {
        this.names = names;
        this.browser = browser;
        this.scenario = scenario;
        this.memory = memory;
        this.now = 0; // milliseconds since the page was opened
        /** @type {Simulation} */
        this.simulation = {fetches: [], sent: []};
    }

    /**
     * Hands the scenario's answer to the call.
     * @param {WasmFetch} fetch
     * @param {SentRequest} request
     */
    #answer(fetch, request) {
        const part = request.kind === 'preflight' ? 'preflight' : 'response';
        const answer = member(member(member(this.scenario, 'server'), request.url), part);
        if (answer === undefined) {
            fetch.fail();
        } else {
            fetch.answerRecord(readAnswer(answer), this.now);
        }
    }

    /** @param {unknown} call */
    run(call) {
        const {record, wait} = readCall(this.names.numbers, this.scenario, call);
        this.now += wait;
        const fetch = this.browser.beginRecord(record, this.now, this.memory);
        /** @type {Set<string>} */
        const whys = new Set();
        try {
            while (!fetch.done) {
                const request = fetch.request();
                this.simulation.sent.push(sentMembers(this.names, request));
                for (const {why, what} of request.whys) {
                    whys.add(what === '' ? why : `${why} ${what}`);
                }
                this.#answer(fetch, request);
            }
            this.simulation.fetches.push(fetchMembers(fetch, whys));
        } finally {
            fetch.release();
        }
    }
}

/**
 * The whole line, with so much memory for each call.
 * @param {import('./wasm_engine.js').Engine} engine
 * @param {Names} names
 * @param {unknown} scenario
 * @param {string} browserName
 * @param {number} memory
 * @returns {Simulation}
 */
function simulateWith(engine, names, scenario, browserName, memory) {
    const browser = new WasmBrowser(engine, names, browserName);
    try {
        const fetches = member(scenario, 'fetches');
        if (!Array.isArray(fetches)) {
            throw new TypeError('"fetches" must be a list of calls');
        }
        const line = new Line(names, browser, scenario, memory);
        fetches.forEach((call) => line.run(call));
        return line.simulation;
    } finally {
        browser.release();
    }
}

/**
 * What `cors simulate` answers to a line; again with more memory where that was too small.
 * @param {import('./wasm_engine.js').Engine} engine
 * @param {Names} names
 * @param {unknown} scenario
 * @param {string} browserName
 * @returns {Simulation}
 */
export function simulate(engine, names, scenario, browserName) {
    for (let memory = MEMORY_USUAL; memory <= MEMORY_MAX; memory *= 2) {
        try {
            return simulateWith(engine, names, scenario, browserName, memory);
        } catch (error) {
            if (!(error instanceof RangeError)) {
                throw error;
            }
        }
    }
    throw new RangeError('the calls need more memory than there is');
}
