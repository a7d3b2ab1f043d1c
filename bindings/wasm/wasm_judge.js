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

/**
 * The last judgement of its kind, and the words it came in. Most requests are answered as the one
 * before: then it is handed out again, and nobody may change it.
 * @typedef {{words: Int32Array, judgement: Judgement}} Known
 */

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
        record.write(request);
        if (this.#judge(address, record.address, record.size, verdictOf(request.verdict)) !== 0) {
            throw new RangeError('the engine has no more memory');
        }
        if (this.#words.length === 0) { // not looked at yet, or memory has grown
            const {memory, judgement} = this.#engine.exports;
            this.#words = new Int32Array(memory.buffer, judgement(), AT.END);
        }
        return this.#known(policy, this.#words);
    }

    /**
     * @param {WasmPolicy} policy
     * @param {Int32Array} words
     * @returns {Judgement}
     */
    #known(policy, words) {
        const place = words[AT.KIND] * VERDICTS.length + words[AT.VERDICT];
        const known = policy.judgements[place];
        if (known !== undefined && this.#isSame(words, known)) {
            return known.judgement;
        }
        const judgement = this.#read(words, policy.texts);
        policy.judgements[place] = {words: Int32Array.from(words), judgement};
        return judgement;
    }

    /**
     * Whether a judgement says what a known one said, text for text.
     * @param {Int32Array} words
     * @param {Known} known
     */
    #isSame(words, {words: before, judgement: {body, set, vary}}) {
        for (let at = 0; at < AT.BODY; at++) {
            if (words[at] !== before[at]) {
                return false;
            }
        }
        let same = this.#isText(words, before, AT.BODY, body);
        for (let i = 0; same && i < set.length; i++) {
            const at = AT.FIELDS + i * LINE_WORDS;
            same = this.#isText(words, before, at, set[i][0]) &&
                this.#isText(words, before, at + TEXT_WORDS, set[i][1]);
        }
        for (let i = 0; same && i < vary.length; i++) {
            same = this.#isText(words, before, AT.VARY + i * TEXT_WORDS, vary[i]);
        }
        return same;
    }

    /**
     * Whether a text is what it was: what is of the policy stays at its address.
     * @param {Int32Array} words
     * @param {Int32Array} before
     * @param {number} at
     * @param {string} text what it was
     */
    #isText(words, before, at, text) {
        const size = words[at + 1];
        return size === before[at + 1] && (size < 0 ? this.#passingText(words, at) === text
            : words[at] === before[at]);
    }

    /**
     * A text of the request.
     * @param {Int32Array} words
     * @param {number} at
     */
    #passingText(words, at) {
        return this.#record.textAt(words[at], words[at + 1] + PASSING);
    }

    /**
     * @param {Int32Array} words
     * @param {Map<number, string>} known the policy's texts by address
     * @returns {Judgement}
     */
    #read(words, known) {
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
            return this.#passingText(words, at);
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
