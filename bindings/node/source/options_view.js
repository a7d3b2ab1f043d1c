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

/**
 * `verdict`: what the application judged of the origin. `isPublic`: "*" is the answer to everybody.
 * `sole`: the origin as which requests are answered that name none.
 * @typedef {{verdict?: boolean, isPublic?: boolean, sole?: string | null, error?: unknown}} Traits
 */

/** @type {View} */
export const OFF = Object.freeze({policy: null});

/** The origin of a request that has none, for a policy that looks at no origin. */
const NOBODY = 'null';

/** What a request without an origin is, whatever it is answered. @type {Partial<Judgement>} */
const FROM_NOBODY = {
    kind: 'no-origin', allowed: null, reason: 'no-origin', loggedReason: 'no-origin',
    blocks: false, body: '',
};

/** @param {string} method */
function isOptions(method) {
    return method.length === 7 && method.toUpperCase() === 'OPTIONS';
}

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
     * @param {Traits} [traits]
     */
    constructor(policyOf, spelling, face, {verdict, isPublic = false, sole = null, error} = {}) {
        this.#policyOf = policyOf;
        this.#face = face;
        this.spelling = spelling;
        this.isPublic = isPublic;
        this.sole = sole;
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
     * The same for one request.
     * @param {Asked} request
     * @returns {View}
     */
    for(request) {
        if (isOptions(request.method)) {
            return this.#face.answersAll ? this.#forOptions(request) : this;
        }
        return this.sole === null || hasLine(request.lines, this.spelling.folded.origin)
            ? this : this.#forNobody(request, this.sole);
    }

    /**
     * To most packages an OPTIONS that names no method, or comes from nowhere, is a preflight like
     * any other, unless a function refuses it. No browser sends one.
     * @param {Asked} request
     * @returns {View}
     */
    #forOptions(request) {
        const {lines} = request;
        const {folded} = this.spelling;
        const isNobodys = !hasLine(lines, folded.origin);
        const namesMethod = hasLine(lines, folded.requestedMethod);
        if (isNobodys ? this.verdict !== false : !namesMethod) {
            return this.#forBare(request, isNobodys, namesMethod);
        }
        return namesMethod ? this : this.#with({
            respell: (judgement) => this.#respellBare(judgement, request, namesMethod)});
    }

    /**
     * It is judged as a preflight for GET, without further headers unless all are allowed: what is
     * echoed is then what the engine has read.
     * @param {Asked} request
     * @param {boolean} isNobodys
     * @param {boolean} namesMethod
     */
    #forBare(request, isNobodys, namesMethod) {
        const {fields, shape} = this.spelling;
        const unread = shape.allowedHeaders === null ? [] : [fields.REQUEST_HEADERS];
        const kept = linesWithout(request.lines, [fields.REQUEST_METHOD, ...unread]);
        const origin = this.isPublic ? NOBODY : this.sole;
        const lines = [...kept, fields.REQUEST_METHOD, 'GET',
            ...isNobodys && origin !== null ? [fields.ORIGIN, origin] : []];
        return this.#with({
            request: {...request, method: 'OPTIONS', lines},
            respell: (judgement) => {
                const spelled = this.#respellBare(judgement, request, namesMethod);
                const isAnswered = isNobodys && spelled.kind !== 'preflight';
                return isAnswered ? {...spelled, status: shape.status} : spelled;
            },
        });
    }

    /**
     * @param {Judgement} judgement
     * @param {Asked} request
     * @param {boolean} namesMethod
     */
    #respellBare(judgement, request, namesMethod) {
        const spelled = this.respell(judgement, request);
        return namesMethod ? spelled : {...spelled, vary: this.spelling.bareVary(spelled.vary)};
    }

    /**
     * @param {Asked} request that names no origin
     * @param {string} origin as which it is answered
     */
    #forNobody(request, origin) {
        const lines = [...request.lines, this.spelling.fields.ORIGIN, origin];
        return this.#with({
            request: {...request, lines},
            respell: (judgement) => {
                const spelled = this.respell(judgement, request);
                return spelled.kind === 'actual' ? {...spelled, ...FROM_NOBODY} : spelled;
            },
        });
    }

    /**
     * This view, but for something.
     * @param {Partial<View>} changed
     * @returns {View}
     */
    #with(changed) {
        const {policy, verdict, error, preflightContinue} = this;
        return {policy, verdict, error, preflightContinue, ...changed};
    }
}
