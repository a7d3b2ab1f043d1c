// SPDX-License-Identifier: MIT
/**
 * Decisions for servers, fast: only the field lines that the engine reads go in, as bytes; what
 * comes out are numbers and addresses, and what stands in the policy is decoded once.
 */

import {ArrivedRecord, latin1} from './wasm_arrived.js';
import {VERDICTS, WasmPolicy} from './wasm_policy.js';

/**
 * @typedef {import('./libcors.js').ArrivedRequest} ArrivedRequest
 * @typedef {import('./libcors.js').Decision} Decision
 * @typedef {import('./libcors.js').FieldLine} FieldLine
 * @typedef {import('./libcors.js').Judgement} Judgement
 * @typedef {import('./wasm_engine.js').Engine} Engine
 * @typedef {ReturnType<typeof import('./wasm_tables.js').readTables>} Names
 */

/** The words of a judgement, in the order of servers/wasm_judge.c: a text is an address and a size. */
const AT = {
    KIND: 0, VERDICT: 1, REASON: 2, LOGGED_REASON: 3, STATUS: 4, FLAGS: 5, FIELD_COUNT: 6,
    VARY_COUNT: 7, BODY: 8, FIELDS: 10, VARY: 30, END: 36,
};
const TEXT_WORDS = 2;
const LINE_WORDS = 4;
const AMBIGUOUS = 1;
const BLOCKS = 2;

/** In a text's size: it is of this request, and will not be there again. */
const PASSING = 0x80000000;

/** What the application judged, as the module has it. @param {boolean | null | undefined} given */
function verdictOf(given) {
    return given === undefined ? 0 : VERDICTS.indexOf(given);
}

/** Judges requests. */
export class WasmJudge {
    #engine;
    #judge;
    #kinds;
    #reasons;
    #record;
    #words = new Int32Array(0);

    /**
     * @param {Engine} engine
     * @param {Names} names
     */
    constructor(engine, names) {
        this.#engine = engine;
        this.#judge = engine.exports.judge;
        this.#kinds = /** @type {Array<Decision['kind']>} */ (names.tables.choices.kind);
        this.#reasons = names.tables.reasons.map(({name}) => name);
        this.#record = new ArrivedRecord(engine);
    }

    /**
     * @param {WasmPolicy} policy
     * @param {ArrivedRequest} request
     * @returns {Judgement}
     */
    judge(policy, request) {
        if (!(policy instanceof WasmPolicy)) {
            throw new TypeError('the policy must be one of finish()');
        }
        const address = policy.addressFor(this.#engine);
        const record = this.#record;
        record.begin();
        record.target(request.target);
        record.text(request.method);
        if (request.ownOrigin === undefined) {
            record.noText();
        } else {
            record.text(request.ownOrigin);
        }
        record.lines(request.lines);
        if (this.#judge(address, record.address, record.size, verdictOf(request.verdict)) !== 0) {
            throw new RangeError('the engine has no more memory');
        }
        return this.#read(policy.texts);
    }

    /**
     * @param {Map<number, string>} known the policy's texts by address
     * @returns {Judgement}
     */
    #read(known) {
        if (this.#words.length === 0) { // not looked at yet, or memory has grown
            const {memory, judgement} = this.#engine.exports;
            this.#words = new Int32Array(memory.buffer, judgement(), AT.END);
        }
        const words = this.#words;
        const flags = words[AT.FLAGS];
        return {
            kind: this.#kinds[words[AT.KIND]],
            allowed: VERDICTS[words[AT.VERDICT]],
            reason: this.#reasons[words[AT.REASON]],
            status: words[AT.STATUS] || null,
            set: this.#readLines(words, known),
            vary: this.#readVary(words, known),
            ambiguous: (flags & AMBIGUOUS) !== 0,
            blocks: (flags & BLOCKS) !== 0,
            loggedReason: this.#reasons[words[AT.LOGGED_REASON]],
            body: this.#readText(words, known, AT.BODY),
        };
    }

    /**
     * @param {Int32Array} words
     * @param {Map<number, string>} known
     */
    #readLines(words, known) {
        const end = AT.FIELDS + words[AT.FIELD_COUNT] * LINE_WORDS;
        /** @type {FieldLine[]} */
        const lines = [];
        for (let at = AT.FIELDS; at < end; at += LINE_WORDS) {
            lines.push([this.#readText(words, known, at),
                this.#readText(words, known, at + TEXT_WORDS)]);
        }
        return lines;
    }

    /**
     * @param {Int32Array} words
     * @param {Map<number, string>} known
     */
    #readVary(words, known) {
        const end = AT.VARY + words[AT.VARY_COUNT] * TEXT_WORDS;
        const names = [];
        for (let at = AT.VARY; at < end; at += TEXT_WORDS) {
            names.push(this.#readText(words, known, at));
        }
        return names;
    }

    /**
     * @param {Int32Array} words
     * @param {Map<number, string>} known
     * @param {number} at
     * @returns {string}
     */
    #readText(words, known, at) {
        const address = words[at];
        const size = words[at + 1];
        if (size === 0) {
            return '';
        }
        if (size < 0) {
            return this.#record.textAt(address, size + PASSING);
        }
        const before = known.get(address);
        if (before !== undefined && before.length === size) {
            return before;
        }
        const text = latin1(new Uint8Array(this.#engine.exports.memory.buffer, address, size));
        known.set(address, text);
        return text;
    }
}
