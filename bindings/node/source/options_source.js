// SPDX-License-Identifier: MIT
/**
 * The options of expressjs/cors, and of its relatives, as a source of policies for the guard.
 *
 * What never changes is compiled into a policy once. What the application judges itself goes to the
 * engine as a verdict: it still wants a serialized origin, and lets `null` in for nobody.
 */

import {ask, andThen} from './options_answers.js';
import {DynamicOptions} from './options_dynamic.js';
import {OptionsPolicies} from './options_policies.js';
import {FACES, readShape} from './options_shape.js';
import {StaticOptions} from './options_static.js';
import {engine} from './embedded_engine.js';
import {warnOfProblems} from './policy_error.js';

/**
 * @typedef {import('../libcors.js').CorsOptions} CorsOptions
 * @typedef {import('../../wasm/libcors.js').Problem} Problem
 * @typedef {import('./options_shape.js').Face} Face
 * @typedef {import('./options_spelling.js').Asked} Asked
 * @typedef {import('./options_view.js').View} View
 */

/**
 * @typedef {object} Settings
 * @property {'express' | 'fastify' | 'koa' | 'hono'} [face] whose options they are
 * @property {(problems: Problem[], message: string) => void} [onProblem]
 * @property {string} [environment]
 */

/**
 * A view of one kind of options or of the other.
 * @typedef {{view(request: Asked): View | Promise<View>}} Options
 */

/** @returns {string | undefined} */
function environmentVariable() {
    const {process} = /** @type {{process?: NodeJS.Process}} */ (globalThis);
    return process?.env?.CORS_ENV;
}

class OptionsSource {
    #policies;
    #face;
    /** @type {Options | null} null: a delegate is asked */
    #options = null;
    /** @type {DynamicOptions} for requests whose options failed */
    #failing;

    /**
     * @param {unknown} given
     * @param {Function | null} delegate
     * @param {OptionsPolicies} policies
     * @param {Face} face
     */
    constructor(given, delegate, policies, face) {
        this.#policies = policies;
        this.#face = face;
        this.delegate = delegate;
        const shape = readShape(given, face);
        const dynamic = new DynamicOptions(policies, shape, face);
        this.#failing = dynamic;
        if (delegate === null && typeof shape.origin === 'function') {
            dynamic.prepare();
            this.#options = dynamic;
        } else if (delegate === null) {
            this.#options = new StaticOptions(policies, shape, face);
        }
    }

    /**
     * @param {Asked} request
     * @returns {View | Promise<View>}
     */
    view(request) {
        const fail = (/** @type {unknown} */ error) => this.#failing.failed(request, error);
        try {
            const view = this.#options === null ? this.#delegated(request)
                : this.#options.view(request);
            return view instanceof Promise ? view.catch(fail) : view;
        } catch (error) {
            return fail(error);
        }
    }

    /**
     * @param {Asked} request
     * @returns {View | Promise<View>}
     */
    #delegated(request) {
        const delegate = /** @type {Function} */ (this.delegate);
        const given = ask(delegate, (callback) => delegate(request.native, callback));
        return andThen(given, (options) =>
            new DynamicOptions(this.#policies, readShape(options, this.#face), this.#face)
                .view(request));
    }

    close() {
        this.#policies.close();
    }
}

/** @param {any} given @returns {Function | null} */
function delegateOf(given) {
    if (typeof given === 'function') {
        return given;
    }
    return typeof given?.delegator === 'function' ? given.delegator : null;
}

/**
 * Options that are dangerous are refused with a PolicyError, at once where they are known.
 * @param {unknown} [given] options, or a function that hands them to its callback for each request
 * @param {Settings} [settings]
 */
export function optionsSource(given, settings = {}) {
    const {face = 'express', onProblem = warnOfProblems, environment} = settings;
    const policies = new OptionsPolicies(engine(),
        environment ?? (environmentVariable() || 'production'), onProblem);
    const delegate = delegateOf(given);
    return new OptionsSource(delegate === null ? given : undefined, delegate, policies,
        FACES[face]);
}
