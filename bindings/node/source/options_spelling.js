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

/** Whether a list holds "*", which the engine spells as credentials want it.
 * @param {string} list
 */
const hasStar = (list) => list.split(/, ?/).includes('*');

export class Spelling {
    /**
     * @param {Fields} fields
     * @param {Shape} shape
     * @param {boolean} varies whether the answer depends on the origin although it is "*"
     */
    constructor(fields, shape, varies) {
        this.fields = fields;
        this.shape = shape;
        this.varies = varies;
    }

    /**
     * @param {Judgement} judgement
     * @param {Asked} request
     * @returns {Judgement}
     */
    respell(judgement, request) {
        const {fields} = this;
        const given = new Map(judgement.set);
        const vary = this.varies && !judgement.vary.includes(fields.ORIGIN)
            ? [...judgement.vary, fields.ORIGIN] : judgement.vary;
        if (!given.has(fields.ALLOW_ORIGIN)) {
            return {...judgement, vary};
        }
        const isPreflight = judgement.kind === 'preflight';
        const lines = isPreflight ? this.#preflightLines(given, request) : given;
        const set = [...lines].filter(([, value]) => value !== '');
        return {...judgement, vary, status: isPreflight ? this.shape.status : judgement.status,
            set: this.#spellExposed(set, given)};
    }

    /**
     * @param {Map<string, string>} given
     * @param {Asked} request
     * @returns {Map<string, string>}
     */
    #preflightLines(given, request) {
        const {fields, shape: {spelled}} = this;
        const lines = new Map(given);
        this.#replace(lines, fields.ALLOW_METHODS, spelled.methods);
        this.#replace(lines, fields.ALLOW_HEADERS,
            spelled.allowedHeaders ?? valuesOf(request.lines, fields.REQUEST_HEADERS).join(', '));
        if (spelled.cacheControl !== '') {
            lines.set('Cache-Control', spelled.cacheControl);
        }
        return lines;
    }

    /**
     * @param {Map<string, string>} lines
     * @param {string} name
     * @param {string} value
     */
    #replace(lines, name, value) {
        const isEchoed = this.shape.credentials && hasStar(value);
        if (!isEchoed) {
            lines.set(name, value);
        }
    }

    /**
     * The peers say in preflights too what is exposed.
     * @param {FieldLine[]} set
     * @param {Map<string, string>} given
     * @returns {FieldLine[]}
     */
    #spellExposed(set, given) {
        const {fields, shape: {spelled, exposedHeaders}} = this;
        const others = set.filter(([name]) => name !== fields.EXPOSE_HEADERS);
        const value = exposedHeaders.length > 0 ? spelled.exposedHeaders
            : given.get(fields.EXPOSE_HEADERS) ?? '';
        return value === '' ? others : [...others, [fields.EXPOSE_HEADERS, value]];
    }
}
