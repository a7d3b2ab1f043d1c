// SPDX-License-Identifier: MIT
/** Options that say once and for all who is allowed. */

import {OriginReader, matchesSome, soleOrigin} from './options_origins.js';
import {Spelling} from './options_spelling.js';
import {OFF, OptionsView} from './options_view.js';
import {valuesOf} from './field_lines.js';

/**
 * @typedef {import('./options_origins.js').Origins} Origins
 * @typedef {import('./options_origins.js').PlacedFault} PlacedFault
 * @typedef {import('./options_policies.js').OptionsPolicies} OptionsPolicies
 * @typedef {import('./options_shape.js').Face} Face
 * @typedef {import('./options_shape.js').Shape} Shape
 * @typedef {import('./options_spelling.js').Asked} Asked
 * @typedef {import('./options_view.js').View} View
 */

/** @returns {PlacedFault} */
function everyOriginWithCredentials() {
    return {path: 'options.origin', rule: 'wildcard-with-credentials', isError: true, column: 1,
        text: 'true', message: 'Any origin with credentials lets every site act as the visitor: ' +
            'list the origins that may.', suggestion: '[\'https://app.example.com\']'};
}

/** @param {Shape} shape @returns {PlacedFault[]} */
export function faultsOf(shape) {
    return shape.faults.map((fault) => ({...fault, column: 1, text: ''}));
}

/**
 * @param {Shape} shape
 * @param {Origins} origins
 */
function allFaults(shape, {every, faults}) {
    const reflecting = every && shape.credentials ? [everyOriginWithCredentials()] : [];
    return [...faultsOf(shape), ...faults, ...reflecting];
}

export class StaticOptions {
    /** @type {OptionsView | null} */
    #view = null;
    /** @type {OptionsView | null} what counts where a pattern matches */
    #wider = null;
    /** @type {RegExp[]} */
    #patterns = [];

    /**
     * @param {OptionsPolicies} policies
     * @param {Shape} shape
     * @param {Face} face
     */
    constructor(policies, shape, face) {
        if (shape.origin) {
            const reader = new OriginReader(policies.cors, face);
            this.#compile(policies, shape, face, reader.read(shape.origin, 'options.origin'));
        }
    }

    /**
     * @param {OptionsPolicies} policies
     * @param {Shape} shape
     * @param {Face} face
     * @param {Origins} origins
     */
    #compile(policies, shape, face, origins) {
        const {every, entries, wider, patterns} = origins;
        const isPublic = entries.some(({value}) => value === '*');
        const spelling = new Spelling(policies.cors.tables.fields, shape, false);
        const recipe = {shape, faults: allFaults(shape, origins),
            judged: every || wider.length > 0};
        const all = policies.keep({...recipe, entries: [...entries, ...wider]});
        const base = wider.length === 0 ? all : policies.keep({...recipe, entries}, false);
        const verdict = every && !isPublic ? true : undefined;
        this.#view = new OptionsView(() => base, spelling, face, {verdict, isPublic,
            sole: soleOrigin(shape.origin, face)});
        this.#wider = new OptionsView(() => all, spelling, face);
        this.#patterns = every ? [] : patterns;
    }

    /**
     * @param {Asked} request
     * @returns {View}
     */
    view(request) {
        if (this.#view === null || this.#wider === null) {
            return OFF;
        }
        const isWider = this.#patterns.length > 0 && matchesSome(this.#patterns,
            valuesOf(request.lines, 'origin').join(', '));
        return (isWider ? this.#wider : this.#view).for(request);
    }
}
