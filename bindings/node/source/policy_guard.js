// SPDX-License-Identifier: MIT
/**
 * What every adapter stands on: a request judged, and the answer's field lines settled. All
 * decisions are the engine's.
 */

import {engine} from './embedded_engine.js';
import {LineOwner} from './line_owner.js';
import {openPolicy} from './policy_opening.js';

/**
 * @typedef {import('../libcors.js').GuardOptions} GuardOptions
 * @typedef {import('../../wasm/libcors.js').Cors} Cors
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('../../wasm/libcors.js').Judgement} Judgement
 * @typedef {import('../../wasm/libcors.js').Policy} Policy
 *
 * A request as it arrived. `lines`: names and values in turns, a character being a byte. `native`:
 * what the framework has for it.
 * @typedef {{method: string, target: string, lines: readonly string[], native?: any}} GuardRequest
 *
 * What counts for one request.
 * @typedef {object} View
 * @property {Policy | null} policy null: no CORS at all
 * @property {boolean | null} [verdict] what the application judged of the origin
 * @property {GuardRequest} [request] what is judged in place of what arrived
 * @property {(judgement: Judgement, request: GuardRequest) => Judgement} [respell]
 *     the same in other words
 * @property {boolean} [preflightContinue] the application answers preflights
 * @property {unknown} [error] why the application could not judge: no request is let in
 *
 * @typedef {object} Source
 * @property {(request: GuardRequest) => View | Promise<View>} view
 * @property {() => void} close
 *
 * What to send at once; its lines are those besides the verdict's own.
 * @typedef {{status: number, lines: FieldLine[], body: string}} Answer
 *
 * `answer` null: the application answers. `error`: it cannot, for this reason.
 * @typedef {{judgement: Judgement, answer: Answer | null, error: unknown}} Verdict
 */

const OPTIONS = [
    'environment', 'enforce', 'ownOrigin', 'reload', 'onProblem', 'onDecision', 'wasm',
];
const MODES = ['off', 'report', 'block'];

const AMBIGUOUS = 'The path of this request can be read in more than one way.\n';

/** @type {FieldLine[]} */
const PLAIN_TEXT = [['Content-Type', 'text/plain']];

/** @type {FieldLine[]} */
const NO_BODY = [['Content-Length', '0']];

/** @type {FieldLine[]} */
const NO_LINES = [];

/** @type {Verdict} */
const NOTHING = {
    judgement: {
        kind: 'no-policy', allowed: null, reason: 'no-policy', loggedReason: 'no-policy',
        status: null, set: [], vary: [], ambiguous: false, blocks: false, body: '',
    },
    answer: null, error: undefined,
};

/** @param {unknown} origin */
function checkOrigin(origin) {
    let serialized = null;
    try {
        serialized = new URL(String(origin)).origin;
    } catch { /* said below */ }
    if (serialized !== origin) {
        throw new TypeError(`ownOrigin is an origin such as "https://api.example.com", and not ` +
            JSON.stringify(origin));
    }
}

/** @param {Record<string, any>} options */
function checkOptions(options) {
    const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
    if (unknown !== undefined) {
        throw new TypeError(`there is no option "${unknown}"; options are ${OPTIONS.join(', ')}`);
    }
    if (!MODES.includes(options.enforce ?? 'off')) {
        throw new TypeError(`enforce is "off", "report" or "block", and not ` +
            JSON.stringify(options.enforce));
    }
    if (options.ownOrigin !== undefined) {
        checkOrigin(options.ownOrigin);
    }
}

/**
 * For whoever may change it: the engine hands the same judgement out again.
 * @param {Judgement} judgement
 * @returns {Judgement}
 */
function copyOf(judgement) {
    return {...judgement, vary: [...judgement.vary],
        set: judgement.set.map(([name, value]) => [name, value])};
}

/** Judges requests under the policy of a source. */
export class Guard {
    #engine;
    #source;
    #owner;
    #ownOrigin;
    #blocks;
    #onDecision;

    /**
     * @param {Source} source
     * @param {GuardOptions & {wasm?: WebAssembly.Module}} options
     */
    constructor(source, options) {
        checkOptions(options);
        this.#engine = engine(options.wasm);
        this.#source = source;
        this.#owner = new LineOwner(this.#engine);
        this.#ownOrigin = options.ownOrigin;
        this.#blocks = options.enforce === 'block';
        this.#onDecision = options.onDecision;
    }

    /**
     * Judges a request; a promise only where the source has to ask somebody.
     * @param {GuardRequest} request
     * @returns {Verdict | Promise<Verdict>}
     */
    judge(request) {
        const view = this.#source.view(request);
        return 'then' in view ? view.then((known) => this.#judge(known, request))
            : this.#judge(view, request);
    }

    /**
     * The application's lines with a verdict applied.
     * @param {Verdict} verdict
     * @param {FieldLine[]} lines
     */
    apply(verdict, lines) {
        return this.#owner.apply(verdict.judgement, lines);
    }

    /** Says whose lines are whose. */
    get owner() {
        return this.#owner;
    }

    close() {
        this.#source.close();
    }

    /**
     * @param {View} view
     * @param {GuardRequest} arrived
     * @returns {Verdict}
     */
    #judge(view, arrived) {
        if (view.policy === null) {
            return NOTHING;
        }
        const {method, target, lines} = view.request ?? arrived;
        const judged = this.#engine.judge(view.policy,
            {method, target, lines, verdict: view.verdict, ownOrigin: this.#ownOrigin});
        const judgement = view.respell === undefined ? judged
            : view.respell(copyOf(judged), arrived);
        const {error} = view;
        const answer = error === undefined ? this.#answer(judgement, view) : null;
        const verdict = {judgement, answer, error};
        if (this.#onDecision !== undefined) {
            this.#tell(this.#onDecision, verdict, arrived);
        }
        return verdict;
    }

    /**
     * @param {Judgement} judgement
     * @param {View} view
     * @returns {Answer | null}
     */
    #answer({ambiguous, status, blocks, body}, view) {
        if (ambiguous) {
            return {status: 400, lines: PLAIN_TEXT, body: AMBIGUOUS};
        }
        if (status === null) {
            return blocks && this.#blocks ? {status: 403, lines: PLAIN_TEXT, body} : null;
        }
        if (view.preflightContinue) {
            return null;
        }
        if (body !== '') {
            return {status, lines: PLAIN_TEXT, body};
        }
        // A 204 has no length; people who come from other middleware have tests that want one.
        return {status, lines: status === 204 && !view.respell ? NO_LINES : NO_BODY, body};
    }

    /**
     * @param {NonNullable<GuardOptions['onDecision']>} onDecision
     * @param {Verdict} verdict
     * @param {GuardRequest} request
     */
    #tell(onDecision, {judgement, answer}, {method, target}) {
        const {kind, allowed, loggedReason, set, vary, blocks} = copyOf(judgement);
        const status = answer === null ? null : answer.status;
        onDecision({kind, allowed, reason: loggedReason, status, set, vary, blocks},
            {method, target});
    }
}

/**
 * @param {unknown} source a PolicySource of libcors.d.ts, or a Source
 * @param {GuardOptions & {wasm?: WebAssembly.Module}} options
 * @param {import('./policy_files.js').PolicyFiles | null} files where policies may be in files
 */
export function createGuard(source, options, files) {
    checkOptions(options);
    return new Guard(openPolicy(source, options, files), options);
}
