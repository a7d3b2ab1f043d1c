// SPDX-License-Identifier: MIT
/** What counts for one request, as the guard takes it from a source. */

/**
 * @typedef {import('../../wasm/libcors.js').Judgement} Judgement
 * @typedef {import('../../wasm/libcors.js').Policy} Policy
 * @typedef {import('./options_shape.js').Face} Face
 * @typedef {import('./options_spelling.js').Asked} Asked
 * @typedef {import('./options_spelling.js').Spelling} Spelling
 */

/**
 * @typedef {object} View
 * @property {Policy | null} policy null: CORS is off
 * @property {boolean | null} [verdict] what the application judged of the origin
 * @property {Asked} [request] what is judged in place of what arrived
 * @property {boolean} [preflightContinue]
 * @property {unknown} [error] of the application's function: it goes on to the application
 * @property {(judgement: Judgement, request: Asked) => Judgement} [respell]
 */

/** @type {View} */
export const OFF = Object.freeze({policy: null});

/** The origin of a request that has none, for a policy that looks at no origin. */
const NOBODY = 'null';

/**
 * @param {readonly string[]} lines
 * @param {string} folded a name in lower case
 */
function hasLine(lines, folded) {
    for (let i = 0; i < lines.length; i += 2) {
        if (lines[i].length === folded.length && lines[i].toLowerCase() === folded) {
            return true;
        }
    }
    return false;
}

/**
 * The lines without those of some names.
 * @param {readonly string[]} lines
 * @param {string[]} names
 */
function linesWithout(lines, names) {
    const folded = names.map((name) => name.toLowerCase());
    return lines.filter((_, index) => !folded.includes(lines[index - index % 2].toLowerCase()));
}

/** The view of requests that share a policy and a verdict. @implements {View} */
export class OptionsView {
    #policyOf;
    #face;

    /**
     * @param {() => Policy} policyOf asked when a request is judged
     * @param {Spelling} spelling
     * @param {Face} face
     * @param {{verdict?: boolean, isPublic?: boolean, error?: unknown}} [more]
     */
    constructor(policyOf, spelling, face, {verdict, isPublic = false, error} = {}) {
        this.#policyOf = policyOf;
        this.#face = face;
        this.spelling = spelling;
        this.isPublic = isPublic;
        this.verdict = verdict ?? null;
        this.error = error;
        this.preflightContinue = spelling.shape.preflightContinue;
    }

    get policy() {
        return this.#policyOf();
    }

    /** @param {Judgement} judgement @param {Asked} request */
    respell(judgement, request) {
        return this.spelling.respell(judgement, request);
    }

    /**
     * The same for one request: to most packages an OPTIONS that names no method, or comes from
     * nowhere, is a preflight like any other, unless a function refuses it. No browser sends one.
     * @param {Asked} request
     * @returns {View}
     */
    for(request) {
        const {method, lines} = request;
        if (!this.#face.answersAll || method.length !== 7 || method.toUpperCase() !== 'OPTIONS') {
            return this;
        }
        const {folded} = this.spelling;
        const isNobodys = !hasLine(lines, folded.origin);
        const isBare = isNobodys ? this.verdict !== false
            : !hasLine(lines, folded.requestedMethod);
        return isBare ? this.#forBare(request, isNobodys) : this;
    }

    /**
     * It is judged as a preflight for GET without further headers.
     * @param {Asked} request
     * @param {boolean} isNobodys
     * @returns {View}
     */
    #forBare(request, isNobodys) {
        const {spelling, isPublic} = this;
        const {fields, shape} = spelling;
        const kept = linesWithout(request.lines, [fields.REQUEST_METHOD, fields.REQUEST_HEADERS]);
        const lines = [...kept, fields.REQUEST_METHOD, 'GET',
            ...isNobodys && isPublic ? [fields.ORIGIN, NOBODY] : []];
        return {
            policy: this.policy,
            verdict: this.verdict,
            error: this.error,
            preflightContinue: this.preflightContinue,
            request: {...request, method: 'OPTIONS', lines},
            respell: (judgement) => {
                const spelled = spelling.respell(judgement, request);
                return isNobodys ? {...spelled, status: shape.status} : spelled;
            },
        };
    }
}
