// SPDX-License-Identifier: MIT
/**
 * Policy files in YAML, for the engine: `cors lint` where there is no file system.
 *
 *     const {problems, policy} = lintPolicy(cors, text, {file: 'cors.yaml'});
 *
 * Types are in policy_yaml.d.ts.
 */

import {PolicyEvents} from './policy_events.js';
import {PolicyReader} from './policy_reader.js';
import {PolicySources} from './policy_sources.js';

/** @typedef {import('./libcors.js').Cors} Cors */
/** @typedef {import('./policy_yaml.js').LintOptions} LintOptions */

/** A policy is written by hand; long lists of origins have files of their own. */
const POLICY_SIZE_MAX = 64 * 1024 * 1024;

/** Whether a text is larger in UTF-8 than a policy file may be. @param {string} text */
function isTooLarge(text) {
    return text.length * 3 > POLICY_SIZE_MAX &&
        new TextEncoder().encode(text).length > POLICY_SIZE_MAX;
}

/**
 * @param {Cors} cors
 * @param {string} text
 * @param {LintOptions} [options]
 */
export function lintPolicy(cors, text, options = {}) {
    const {file = 'cors.yaml', environment, variables = {}, files = {}} = options;
    const builder = cors.createBuilder({environment: environment || 'production'});
    const number = builder.addFile(file);
    if (isTooLarge(text)) {
        builder.report('unreadable-file', {file: number, line: 1, column: 1},
            `The policy file "${file}" cannot be read: it is larger than such a file may be.`);
        return builder.finish();
    }
    const events = new PolicyEvents(text.replace(/^\uFEFF/, ''), builder, number);
    const sources = new PolicySources(builder, file, variables, files);
    new PolicyReader(events, builder, sources).read();
    return builder.finish();
}
