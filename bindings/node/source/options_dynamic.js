// SPDX-License-Identifier: MIT
/** Options whose origin is judged for each request, by a function of the application. */

import {ask, andThen} from './options_answers.js';
import {OriginReader, isPattern, isText, matchesSome, soleOrigin} from './options_origins.js';
import {faultsOf} from './options_static.js';
import {Spelling} from './options_spelling.js';
import {OptionsView} from './options_view.js';
import {valuesOf} from './field_lines.js';

/**
 * @typedef {import('./options_policies.js').OptionsPolicies} OptionsPolicies
 * @typedef {import('./options_origins.js').Entry} Entry
 * @typedef {import('./options_origins.js').PlacedFault} PlacedFault
 * @typedef {import('./options_shape.js').Face} Face
 * @typedef {import('./options_shape.js').Shape} Shape
 * @typedef {import('./options_spelling.js').Asked} Asked
 * @typedef {import('./options_view.js').View} View
 */

/** The Origin as Node's headers have it. @param {Asked} request @returns {string | undefined} */
function originOf({lines}) {
    const values = valuesOf(lines, 'origin');
    return values.length === 0 ? undefined : values.join(', ');
}

/**
 * What an answer says of an origin; expressions in it are left to be asked.
 * @param {unknown} answer
 * @param {string | undefined} origin
 * @param {RegExp[]} patterns where they go
 * @returns {boolean}
 */
function isAllowedBy(answer, origin, patterns) {
    if (Array.isArray(answer)) {
        return answer.some((one) => isAllowedBy(one, origin, patterns));
    }
    if (isText(answer)) {
        return String(answer) === origin;
    }
    if (isPattern(answer)) {
        patterns.push(answer);
        return false;
    }
    if (answer && answer !== true) {
        throw new TypeError('the origin must be text, a regular expression, true, false, or a ' +
            `list of these, not ${Object.prototype.toString.call(answer)}`);
    }
    return answer === true;
}

/** Whether an answer means every origin. @param {unknown} answer @param {Face} face */
function isStar(answer, face) {
    return isText(answer) ? String(answer) === '*'
        : face.starInList && Array.isArray(answer) && answer.includes('*');
}

export class DynamicOptions {
    #policies;
    #shape;
    #face;
    #spelling;
    /** @type {{allowed: OptionsView, denied: OptionsView} | null} */
    #lasting = null;

    /**
     * @param {OptionsPolicies} policies
     * @param {Shape} shape
     * @param {Face} face
     */
    constructor(policies, shape, face) {
        this.#policies = policies;
        this.#shape = shape;
        this.#face = face;
        this.#spelling = new Spelling(policies.cors.tables.fields, shape, true);
    }

    /**
     * @param {Asked} request
     * @returns {View | Promise<View>}
     */
    view(request) {
        const {origin} = this.#shape;
        if (typeof origin !== 'function') {
            return this.#viewOf(origin, request);
        }
        const asked = ask(origin, (callback) =>
            origin(originOf(request), callback, request.native));
        return andThen(asked, (answer) => this.#viewOf(answer, request));
    }

    /**
     * The view of requests that the application refuses, or fails to judge.
     * @param {Asked} request
     * @param {unknown} error
     */
    failed(request, error) {
        return this.#make([], {verdict: false, error}).for(request);
    }

    /**
     * Makes the views that every request has, once: for options that stay. Throws a PolicyError
     * unless they are fine without their origins.
     */
    prepare() {
        this.#lasting = {allowed: this.#make([], {verdict: true}, [], true),
            denied: this.#make([], {verdict: false}, [], true)};
    }

    /** @param {boolean} isAllowed */
    #judged(isAllowed) {
        if (this.#lasting === null) {
            return this.#make([], {verdict: isAllowed});
        }
        return isAllowed ? this.#lasting.allowed : this.#lasting.denied;
    }

    /**
     * @param {unknown} answer
     * @param {Asked} request
     */
    #viewOf(answer, request) {
        if (isStar(answer, this.#face)) {
            const every = {path: 'options.origin', value: '*', pattern: null};
            return this.#make([every], {isPublic: true}).for(request);
        }
        /** @type {RegExp[]} */
        const patterns = [];
        const origin = originOf(request);
        const sole = origin === undefined ? soleOrigin(answer, this.#face) : null;
        if (sole !== null) {
            return this.#make([], {verdict: true, sole}).for(request);
        }
        const isAllowed = isAllowedBy(answer, origin, patterns);
        return !isAllowed && patterns.length > 0 && origin !== undefined
            ? this.#viewOfPatterns(patterns, origin).for(request)
            : this.#judged(isAllowed).for(request);
    }

    /**
     * @param {RegExp[]} patterns
     * @param {string} origin
     */
    #viewOfPatterns(patterns, origin) {
        const {entries, wider, patterns: inexact, faults} =
            new OriginReader(this.#policies.cors, this.#face).read(patterns, 'origin');
        if (faults.length > 0) {
            this.#refuse(faults);
        }
        return this.#make(matchesSome(inexact, origin) ? [...entries, ...wider] : entries, {});
    }

    /** Throws them, if one is an error. @param {PlacedFault[]} faults */
    #refuse(faults) {
        this.#make([], {}, faults);
    }

    /**
     * @param {Entry[]} entries
     * @param {import('./options_view.js').Traits} more
     * @param {PlacedFault[]} [faults]
     * @param {boolean} [lasts]
     */
    #make(entries, more, faults = [], lasts = false) {
        const recipe = {shape: this.#shape, entries, judged: true,
            faults: [...faultsOf(this.#shape), ...faults]};
        const policy = lasts ? this.#policies.keep(recipe, more.verdict) : null;
        const policyOf = () => policy ?? this.#policies.policyOf(recipe);
        policyOf(); // what is refused is refused here
        return new OptionsView(policyOf, this.#spelling, this.#face, more);
    }
}
