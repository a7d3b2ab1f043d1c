// SPDX-License-Identifier: MIT
// The same case in each of the browsers.
import {playCase} from '../case_play.js';
import {browserNames} from '../lab_case.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../engine.js').BrowserName} BrowserName
 * @typedef {Partial<Record<BrowserName, Trace>>} Traces
 */

export const browserTitles = /** @type {const} */ ({
    chromium: 'Chromium', firefox: 'Firefox', safari: 'Safari', standard: 'the standard',
});

/** The browsers that have a console. */
export const consoleBrowsers = /** @type {const} */ (['chromium', 'firefox', 'safari']);

/**
 * What each browser makes of a case.
 *
 * @param {import('../../../bindings/wasm/libcors.js').Cors} cors
 * @param {import('../lab_case.js').LabCase} labCase
 * @param {import('../case_play.js').Server} server
 * @returns {Traces}
 */
export function playEverywhere(cors, labCase, server) {
    return Object.fromEntries(browserNames.map((name) =>
        [name, playCase(cors, labCase, server, name)]));
}
