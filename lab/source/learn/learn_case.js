// SPDX-License-Identifier: MIT
// Cases as lessons write them down, and how they are played.
import {plainCase, callOf} from '../lab_case.js';
import {handServer} from '../case_play.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../../../bindings/wasm/libcors.js').Outcome} Outcome
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../engine.js').BrowserName} BrowserName
 * @typedef {string | false} Line a line that a lesson may leave out
 */

export const APP = 'https://app.example.com';
export const API = 'https://api.example.com/todos';

/**
 * An answer's head: the status, then its lines.
 *
 * @param {number} status
 * @param {Line[]} lines
 */
export function head(status, ...lines) {
    return [String(status), ...lines.filter((line) => line !== false)].join('\n');
}

/**
 * A case with one URL, answered by hand.
 *
 * @param {Partial<LabCase>} changes
 * @param {{preflight?: string, response: string}} answers
 * @returns {LabCase}
 */
export function lessonCase(changes, {preflight = '', response}) {
    const labCase = {...plainCase, ...changes};
    return {...labCase, answers: [{url: labCase.url, preflight, response}]};
}

/**
 * One browser makes the call, and then again after each pause: its preflight cache lasts.
 *
 * @param {Cors} cors
 * @param {LabCase} labCase
 * @param {number[]} pauses in seconds
 * @returns {Trace[]}
 */
export function playAgain(cors, labCase, pauses) {
    const {context, call} = callOf(labCase);
    const browser = cors.createBrowser(labCase.browser);
    let now = 0;
    try {
        return [0, ...pauses].map((pause) => {
            now += pause * 1000;
            return browser.play(context, call, handServer(labCase), now);
        });
    } finally {
        browser.release();
    }
}

/**
 * @param {Cors} cors
 * @param {LabCase} labCase
 * @returns {Trace}
 */
export function playOnce(cors, labCase) {
    return playAgain(cors, labCase, [])[0];
}
