// SPDX-License-Identifier: MIT
/**
 * Decisions in the words of the package that an application comes from: lists joined as it joins
 * them, in its order. What is allowed is the engine's word; tests of applications see what they
 * saw before.
 */

import {valuesOf} from './field_lines.js';

/**
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('../../wasm/libcors.js').Judgement} Judgement
 * @typedef {import('./options_shape.js').Shape} Shape
 */

/** A request as adapters have it. @typedef {{method: string, target: string,
 *     lines: readonly string[], native?: any}} Asked */

/** @typedef {Record<string, string>} Fields names in canonical case, by the engine's names */

/**
 * Whether a list holds "*", which the engine spells as credentials want it.
 * @param {string} list
 */
const hasStar = (list) => list.split(/, ?/).includes('*');

export class Spelling {
    #echoesMethods;
    #echoesHeaders;

    /**
     * @param {Fields} fields
     * @param {Shape} shape
     * @param {boolean} varies whether the answer depends on the origin although it is "*"
     */
    constructor(fields, shape, varies) {
        this.fields = fields;
        this.shape = shape;
        this.varies = varies;
        this.folded = {origin: fields.ORIGIN.toLowerCase(),
            requestedMethod: fields.REQUEST_METHOD.toLowerCase()};
        const {methods, allowedHeaders} = shape.spelled;
        this.#echoesMethods = shape.credentials && hasStar(methods);
        this.#echoesHeaders = shape.credentials && hasStar(allowedHeaders ?? '');
    }

    /**
     * The judgement is the caller's own, and changed in place: this is done for every request.
     * @param {Judgement} judgement
     * @param {Asked} request
     * @returns {Judgement}
     */
    respell(judgement, request) {
        const {fields, varies} = this;
        if (varies && !judgement.vary.includes(fields.ORIGIN)) {
            judgement.vary.push(fields.ORIGIN);
        }
        if (judgement.set.length > 0) {
            if (judgement.kind === 'preflight') {
                judgement.status = this.shape.status;
                judgement.set = this.#preflightLines(judgement.set, request);
            } else {
                this.#spellExposed(judgement.set);
            }
        }
        return judgement;
    }

    /**
     * Vary of the answer to an OPTIONS that names no method, in the peer's order.
     * @param {string[]} vary
     */
    bareVary(vary) {
        const {fields, shape} = this;
        const names = shape.allowedHeaders === null
            ? [fields.ORIGIN, fields.REQUEST_HEADERS] : [fields.ORIGIN];
        return names.filter((name) => vary.includes(name));
    }

    /** @param {FieldLine[]} set of an answer to an actual request */
    #spellExposed(set) {
        const {exposedHeaders} = this.shape.spelled;
        const last = set.length - 1;
        if (exposedHeaders !== '' && set[last][0] === this.fields.EXPOSE_HEADERS) {
            set[last] = [this.fields.EXPOSE_HEADERS, exposedHeaders];
        }
    }

    /**
     * In the order of the peer, which says in preflights too what is exposed.
     * @param {FieldLine[]} set
     * @param {Asked} request
     */
    #preflightLines(set, request) {
        const {fields, shape: {spelled}} = this;
        /** @type {FieldLine[]} */
        const lines = [];
        const add = (/** @type {string} */ name, /** @type {string} */ value) => {
            if (value !== '') {
                lines.push([name, value]);
            }
        };
        for (const name of [fields.ALLOW_ORIGIN, fields.ALLOW_CREDENTIALS]) {
            add(name, valueOf(set, name));
        }
        add(fields.ALLOW_METHODS, this.#echoesMethods
            ? valueOf(set, fields.ALLOW_METHODS) : spelled.methods);
        add(fields.ALLOW_HEADERS, this.#echoesHeaders ? valueOf(set, fields.ALLOW_HEADERS)
            : spelled.allowedHeaders ?? requestedHeaders(request, fields.REQUEST_HEADERS));
        add(fields.MAX_AGE, valueOf(set, fields.MAX_AGE));
        add('Cache-Control', spelled.cacheControl);
        add(fields.EXPOSE_HEADERS, spelled.exposedHeaders);
        return lines;
    }
}

/**
 * @param {FieldLine[]} set
 * @param {string} name
 */
function valueOf(set, name) {
    for (const line of set) {
        if (line[0] === name) {
            return line[1];
        }
    }
    return '';
}

/**
 * As Node joins several lines.
 * @param {Asked} request
 * @param {string} name
 */
function requestedHeaders(request, name) {
    const values = valuesOf(request.lines, name);
    return values.length === 1 ? values[0] : values.join(', ');
}
