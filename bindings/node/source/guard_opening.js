// SPDX-License-Identifier: MIT
/** A guard for what an adapter was given: a policy, or the options of other middleware. */

import {optionsSource} from './options_source.js';
import {Guard, createGuard} from './policy_guard.js';

/**
 * @param {any} source a PolicySource of libcors.d.ts, or {options: …} of cors.fromOptions()
 * @param {import('../libcors.js').GuardOptions} options
 * @param {import('./policy_files.js').PolicyFiles | null} files
 * @param {'express' | 'fastify' | 'koa' | 'hono'} face whose options these are
 */
export function guardOf(source, options, files, face) {
    const isPolicy = typeof source !== 'object' || source === null || !('options' in source);
    if (isPolicy) {
        return createGuard(source, options, files);
    }
    const {onProblem, environment} = options;
    return new Guard(optionsSource(source.options, {face, onProblem, environment}), options);
}
