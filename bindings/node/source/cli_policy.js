// SPDX-License-Identifier: MIT
/** Policy files for the subcommands: read, checked and compiled. */

import {lintPolicy} from '../../wasm/policy_yaml.js';
import {engine} from './embedded_engine.js';
import {nodeFiles} from './node_files.js';

/**
 * @typedef {import('../libcors.js').Problem} Problem
 * @typedef {import('../../wasm/libcors.js').Policy} Policy
 */

/** Of a path, messages repeat so many bytes. */
const PATH_SHOWN_MAX = 200;

/** The lists of a policy are larger than a policy can be. */
export class TooLarge extends Error {}

/**
 * @param {string} path
 * @param {string} fault
 * @param {string} environment
 */
function reportUnreadable(path, fault, environment) {
    const builder = engine().createBuilder({environment});
    const shown = Buffer.from(path).subarray(0, PATH_SHOWN_MAX).toString();
    builder.report('unreadable-file', {file: builder.addFile(path), line: 1, column: 1},
        `The policy file "${shown}" cannot be read: ${fault}.`);
    return builder.finish();
}

/**
 * @param {string} path
 * @param {string | undefined} environment
 * @param {Record<string, string | undefined>} variables
 * @returns {{problems: Problem[], policy: Policy | null}}
 */
export function readPolicyFile(path, environment, variables) {
    const selected = environment || variables.CORS_ENV || 'production';
    const read = nodeFiles.readPolicy(path);
    if ('fault' in read) {
        return reportUnreadable(path, read.fault, selected);
    }
    try {
        return lintPolicy(engine(), read.text, {file: path, environment: selected, variables,
            files: (list) => nodeFiles.readList(list)});
    } catch (error) {
        throw error instanceof RangeError ? new TooLarge() : error;
    }
}
