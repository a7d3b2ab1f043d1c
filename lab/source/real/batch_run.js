// SPDX-License-Identifier: MIT
// Runs a batch: some cases at a time, in a frame for each page that they have.
import {drawCase} from './batch_cases.js';
import {openFrame} from './real_frames.js';
import {mapCase, newScriptId, withoutRun} from './real_mapping.js';
import {runCase} from './real_run.js';

/**
 * @typedef {import('./batch_cases.js').Drawn} Drawn
 * @typedef {import('./real_frames.js').Frame} Frame
 * @typedef {{number: number, drawn: Drawn, differences: string[]}} Verdict
 */

const AT_A_TIME = 6;

/** One frame for each page, opened when it is first needed. */
export class Frames {
    constructor() {
        /** @type {Map<string, Promise<Frame>>} */
        this.open = new Map();
    }

    /** @param {string} page @returns {Promise<Frame>} */
    on(page) {
        const open = this.open.get(page) ?? openFrame(page);
        this.open.set(page, open);
        return open;
    }

    close() {
        for (const frame of this.open.values()) {
            frame.then(({close}) => close(), () => {});
        }
        this.open.clear();
    }
}

/**
 * @param {import('../rooms.js').Shell} shell
 * @param {number} port
 * @param {Drawn} drawn
 * @param {Frames} frames
 */
async function differencesOf(shell, port, drawn, frames) {
    const localCase = await mapCase(shell, drawn.labCase, {port, id: newScriptId()});
    const {comparison} = await runCase(shell, localCase, drawn.times, (page) => frames.on(page));
    return comparison.differences.map((difference) => withoutRun(difference, localCase.id));
}

/**
 * @param {import('../rooms.js').Shell} shell
 * @param {{port: number, seed: string, count: number, signal: AbortSignal,
 *   onVerdict: (verdict: Verdict) => void}} options
 */
export async function runBatch(shell, {port, seed, count, signal, onVerdict}) {
    const frames = new Frames();
    let next = 0;
    let failed = false;
    const lane = async () => {
        while (next < count && !signal.aborted && !failed) {
            const number = next;
            next += 1;
            const drawn = drawCase(shell.cors.tables.fields, seed, number, shell.thisBrowser());
            const differences = await differencesOf(shell, port, drawn, frames);
            if (!signal.aborted) {
                onVerdict({number, drawn, differences});
            }
        }
    };
    try {
        await Promise.all(Array.from({length: AT_A_TIME}, () => lane().catch((fault) => {
            failed = true;
            throw fault;
        })));
    } finally {
        frames.close();
    }
}
