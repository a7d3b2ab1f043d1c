// SPDX-License-Identifier: MIT
// One case, predicted and carried out.
import {compare} from './real_comparison.js';
import {predict} from './real_prediction.js';
import {deleteScript, putScript, readLog, withoutRetries} from './real_scripts.js';

/**
 * @typedef {import('./real_comparison.js').Comparison} Comparison
 * @typedef {import('./real_frames.js').Frame} Frame
 * @typedef {import('./real_frames.js').Told} Told
 * @typedef {import('./real_mapping.js').LocalCase} LocalCase
 * @typedef {import('./real_scripts.js').Noted} Noted
 *
 * @typedef {{
 *   prediction: import('../../../bindings/wasm/libcors.js').Simulation,
 *   told: Told[],
 *   noted: Noted[],
 *   comparison: Comparison,
 * }} Ran
 */

const LOOK_MS = 50;
const LOOKS_MAX = 60;
const BEACON_MS = 200; // nothing tells script that a beacon has ended

/** @param {number} ms */
function pause(ms) {
    return new Promise((done) => {
        setTimeout(done, ms);
    });
}

/**
 * The log, once all that is to come has come: a call's own end is later than that of its requests,
 * but for beacons.
 *
 * @param {LocalCase} localCase
 * @param {number} expected
 */
async function settledLog({id, call}, expected) {
    let noted = await readLog(id);
    if (call.initiator !== 'beacon') {
        return noted;
    }
    for (let look = 0; noted.length < expected && look < LOOKS_MAX; look += 1) {
        await pause(LOOK_MS);
        noted = await readLog(id);
    }
    await pause(BEACON_MS);
    return readLog(id);
}

/**
 * Which statuses elements take; with any other they fail, whatever CORS says.
 *
 * @type {Record<string, (status: number) => boolean>}
 */
const takes = {
    script: (status) => status >= 200 && status <= 299,
    module: (status) => status >= 200 && status <= 299,
    stylesheet: (status) => status >= 200 && status <= 299,
    eventsource: (status) => status === 200,
};

/**
 * Whether how an element ended says nothing of CORS, because of the last answer's status.
 *
 * @param {LocalCase} localCase
 * @param {Ran['prediction']} prediction
 */
function saysNothing({call, server}, {sent}) {
    const last = sent[sent.length - 1];
    const status = last && server[String(last.url)]?.response?.status;
    const taken = takes[call.initiator ?? 'fetch'];
    return taken !== undefined && status !== undefined && !taken(status);
}

/**
 * @param {import('../rooms.js').Shell} shell
 * @param {LocalCase} localCase
 * @param {number} times how often the call is made
 * @param {(page: string) => Promise<Frame>} frameOn
 * @returns {Promise<Ran>}
 */
export async function runCase(shell, localCase, times, frameOn) {
    const prediction = predict(shell, localCase, times);
    try {
        await putScript(localCase.id, localCase.server);
        const frame = await frameOn(localCase.page);
        /** @type {Told[]} */
        const told = [];
        /** @type {Noted[]} */
        const noted = [];
        for (let time = 0, before = 0; time < times; time += 1) {
            told.push(await frame.call(localCase.call));
            const all = await settledLog(localCase, prediction.sent.length);
            noted.push(...withoutRetries(all.slice(before)));
            before = all.length;
        }
        const comparison = compare(
            prediction, saysNothing(localCase, prediction) ? [] : told, noted);
        return {prediction, told, noted, comparison};
    } finally {
        await deleteScript(localCase.id);
    }
}
