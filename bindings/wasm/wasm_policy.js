// SPDX-License-Identifier: MIT
/** Policies: built from recorded calls, so that a build can be made again; and decisions. */

import {STATUS} from './wasm_engine.js';
import {RecordWriter, encoder} from './wasm_record.js';
import {member} from './wasm_scenario.js';

/**
 * @typedef {import('./libcors.js').Decision} Decision
 * @typedef {import('./libcors.js').FieldLine} FieldLine
 * @typedef {import('./libcors.js').Position} Position
 * @typedef {import('./libcors.js').Problem} Problem
 * @typedef {import('./libcors.js').ServerRequest} ServerRequest
 * @typedef {import('./wasm_engine.js').Engine} Engine
 * @typedef {import('./wasm_record.js').RecordReader} RecordReader
 * @typedef {ReturnType<typeof import('./wasm_tables.js').readTables>} Names
 */

/** The calls of a builder: enum step of wasm_policy.c. */
const STEP = {
    END: 0, FILE: 1, POLICY: 2, VALUE: 3, ORIGIN_FOR: 4, ENVIRONMENT: 5, ORIGINS: 6, INCOMPLETE: 7,
    REPORT: 8,
};

/** @type {Array<Decision['allowed']>} */
export const VERDICTS = [null, true, false];

/**
 * @param {unknown} value
 * @param {string} what
 * @returns {string}
 */
function text(value, what) {
    if (typeof value !== 'string') {
        throw new TypeError(`${what} must be a string`);
    }
    return value;
}

/** A compiled policy. */
export class WasmPolicy {
    #engine;
    #address;

    /**
     * @param {Engine} engine
     * @param {number} address
     * @param {number} size
     */
    constructor(engine, address, size) {
        this.#engine = engine;
        this.#address = address;
        this.size = size;
        /** @type {Map<number, string>} what judge() has decoded, by address */
        this.texts = new Map();
        /** @type {Array<import('./wasm_judge.js').Known | undefined>} what judge() said last */
        this.judgements = [];
    }

    /**
     * Where the module has the policy.
     * @param {Engine} engine the one that asks
     * @returns {number}
     */
    addressFor(engine) {
        if (this.#address === 0) {
            throw new Error('the policy was released, and is of no use any more');
        }
        if (engine !== this.#engine) {
            throw new TypeError('the policy belongs to another engine');
        }
        return this.#address;
    }

    release() {
        if (this.#address !== 0) {
            this.#engine.exports.policy_release(this.#address);
            this.#address = 0;
            this.texts.clear();
            this.judgements = [];
        }
    }
}

/** A policy under construction. */
export class WasmPolicyBuilder {
    #engine;
    #names;
    #record = new RecordWriter();
    #files = 0;
    #finished = false;

    /**
     * @param {Engine} engine
     * @param {Names} names
     * @param {string} environment
     */
    constructor(engine, names, environment) {
        this.#engine = engine;
        this.#names = names;
        this.#record.text(text(environment, 'the environment'));
    }

    /**
     * Begins a call of the record that has a position.
     * @param {number} step
     * @param {Position} position
     */
    #callAt(step, position) {
        const {file, line, column} = position ?? {};
        if (![file, line, column].every((number) => Number.isInteger(number) && number >= 0)) {
            throw new TypeError('a position must have a "file", a "line" and a "column", numbers');
        }
        return this.#call(step).word(file).word(line).word(column);
    }

    /**
     * Begins a call of the record.
     * @param {number} step
     */
    #call(step) {
        if (this.#finished) {
            throw new Error('the builder is finished: create another');
        }
        return this.#record.word(step);
    }

    // Each method looks at all that it is given before it writes: no half call stays behind.

    /**
     * @param {string} name
     * @returns {number}
     */
    addFile(name) {
        const checked = text(name, 'a file\'s name');
        this.#call(STEP.FILE).text(checked);
        this.#files += 1;
        return this.#files - 1;
    }

    /** @param {Position} position */
    beginPolicy(position) {
        this.#callAt(STEP.POLICY, position);
    }

    /**
     * @param {string} key
     * @param {string} value
     * @param {Position} position
     */
    add(key, value, position) {
        const number = this.#names.numbers.key.get(key);
        const checked = text(value, 'a value');
        if (number === undefined) {
            const keys = this.#names.tables.choices.key;
            throw new TypeError(`a key must be one of ${keys.join(', ')}`);
        }
        this.#callAt(STEP.VALUE, position).word(number).text(checked);
    }

    /**
     * @param {string} environment
     * @param {string} origin
     * @param {Position} position
     */
    addOriginFor(environment, origin, position) {
        const texts = [text(environment, 'the environment'), text(origin, 'an origin')];
        this.#callAt(STEP.ORIGIN_FOR, position).text(texts[0]).text(texts[1]);
    }

    /** @param {string} environment */
    hasEnvironment(environment) {
        const checked = text(environment, 'the environment');
        this.#call(STEP.ENVIRONMENT).text(checked);
    }

    /** @param {Position} position */
    hasOrigins(position) {
        this.#callAt(STEP.ORIGINS, position);
    }

    markIncomplete() {
        this.#call(STEP.INCOMPLETE);
    }

    /**
     * @param {string} rule
     * @param {Position} position
     * @param {string} message
     * @param {string} [suggestion]
     */
    report(rule, position, message, suggestion = '') {
        const number = this.#names.numbers.rule.get(text(rule, 'a rule'));
        const texts = [text(message, 'the message'), text(suggestion, 'the suggestion')];
        if (number === undefined) {
            throw new TypeError(`there is no rule ${JSON.stringify(rule)}`);
        }
        this.#callAt(STEP.REPORT, position).word(number).text(texts[0]).text(texts[1]);
    }

    /**
     * @param {string} name
     * @returns {{key: number, nearest: string}}
     */
    findKey(name) {
        const bytes = encoder.encode(text(name, 'a key'));
        this.#engine.runWith(bytes, (data, size) => this.#engine.exports.key_find(data, size));
        const reader = this.#engine.answer();
        return {key: reader.word(), nearest: reader.text()};
    }

    /** @returns {{problems: Problem[], policy: WasmPolicy | null}} */
    finish() {
        const record = this.#call(STEP.END).record();
        this.#finished = true;
        const status = this.#engine.runWith(record, (data, size) =>
            this.#engine.exports.policy_build(data, size));
        if (status === STATUS.TOO_LARGE) {
            throw new RangeError('the policy\'s lists are larger than a policy can be');
        }
        const reader = this.#engine.answer();
        const address = reader.word();
        const bytes = reader.word();
        const policy = address === 0 ? null : new WasmPolicy(this.#engine, address, bytes);
        return {problems: reader.list(() => readProblem(reader)), policy};
    }
}

/**
 * @param {RecordReader} reader
 * @returns {Problem}
 */
function readProblem(reader) {
    return {
        rule: reader.text(),
        severity: /** @type {Problem['severity']} */ (reader.text()),
        file: reader.text(),
        line: reader.word(),
        column: reader.word(),
        message: reader.text(),
        suggestion: reader.text() || null,
    };
}

/**
 * A request as the module reads it.
 * @param {ServerRequest} request
 * @returns {Uint8Array}
 */
function requestRecord(request) {
    const method = text(member(request, 'method'), '"method"');
    const path = text(member(request, 'path'), '"path"');
    const ownOrigin = member(request, 'own_origin');
    const headers = member(request, 'headers') ?? [];
    const isPair = (/** @type {unknown} */ pair) => Array.isArray(pair) && pair.length === 2 &&
        typeof pair[0] === 'string' && typeof pair[1] === 'string';
    if (!Array.isArray(headers) || !headers.every(isPair)) {
        throw new TypeError('"headers" must be a list of [name, value] pairs of strings');
    }
    return new RecordWriter().text(method).text(path)
        .text(ownOrigin === undefined ? null : text(ownOrigin, '"own_origin"'))
        .fields(headers).record();
}

/**
 * What a policy answers to a request.
 * @param {Engine} engine
 * @param {Names} names
 * @param {WasmPolicy | null} policy
 * @param {ServerRequest} request
 * @returns {Decision}
 */
export function decide(engine, names, policy, request) {
    if (policy !== null && !(policy instanceof WasmPolicy)) {
        throw new TypeError('the policy must be one of finish(), or null');
    }
    const address = policy === null ? 0 : policy.addressFor(engine);
    const record = requestRecord(request);
    engine.runWith(record, (data, size) => engine.exports.decide(address, data, size));
    const reader = engine.answer();
    const kinds = /** @type {Array<Decision['kind']>} */ (names.tables.choices.kind);
    return {
        kind: kinds[reader.word()],
        allowed: VERDICTS[reader.word()],
        reason: names.tables.reasons[reader.word()].name,
        status: reader.word() || null,
        set: reader.counted(() => /** @type {FieldLine} */ ([reader.text(), reader.text()])),
        vary: reader.counted(() => reader.text()),
    };
}
