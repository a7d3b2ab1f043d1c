// SPDX-License-Identifier: MIT
// The batch: how many predictions are right, as they are tried.
import {h, labelled, mark} from '../dom.js';
import {runBatch} from './batch_run.js';
import {makeTally} from './batch_tally.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {ReturnType<typeof makeTally>} Tally
 */

export const BATCH_USUAL = 200;
export const BATCH_MAX = 2000;
const SPOKEN_STEPS = 4; // how often progress is announced

/** A seed to begin with. */
export function newSeed() {
    return String(1 + crypto.getRandomValues(new Uint32Array(1))[0] % 99999);
}

/** @param {string | null} text */
export function readCount(text) {
    const count = Number(text);
    return Number.isInteger(count) && count >= 1 && count <= BATCH_MAX ? count : BATCH_USUAL;
}

/** How far it is, with the counts in words. */
function makeProgress() {
    const fill = h('div', {class: 'progress-fill'});
    const bar = h('div', {
        class: 'progress', role: 'progressbar', 'aria-label': 'Exchanges carried out',
        'aria-valuemin': '0',
    }, fill);
    const totals = h('p', {class: 'totals'});
    return {
        elements: [bar, totals],
        /** @param {Tally['counts']} counts @param {HTMLElement} [how] */
        show({agree, differ, done, count}, how) {
            bar.setAttribute('aria-valuemax', String(count));
            bar.setAttribute('aria-valuenow', String(done));
            fill.style.setProperty('--done', String(done / count));
            totals.replaceChildren(
                h('span', {class: 'big'}, `${agree} agree`), ' ',
                h('span', {class: 'big'}, `${differ} differ`), ' ',
                h('span', {class: 'muted'}, `${done} of ${count} carried out`), ' ', how ?? '');
        },
    };
}

/**
 * How it ended.
 *
 * @param {Tally['counts']} counts
 * @param {unknown} fault
 */
function endOf({differ, done, count}, fault) {
    if (fault) {
        return mark('bad', 'Broken off');
    }
    if (differ > 0) {
        return mark('bad', 'Not all predictions were right');
    }
    return done < count ? mark('warn', 'Cancelled') : mark('good', 'All predictions were right');
}

/**
 * @param {Shell} shell
 * @param {number} port
 * @param {(state: {seed: string, count: number}) => void} onRun
 */
export function makeBatchView(shell, port, onRun) {
    const seed = h('input', {class: 'code', maxlength: 40, autocomplete: 'off', required: true});
    const count = h('input', {type: 'number', min: 1, max: BATCH_MAX, step: 1, required: true});
    const run = h('button', {type: 'submit', class: 'primary'});
    const cancel = h('button', {type: 'button', disabled: true}, 'Cancel');
    const progress = makeProgress();
    const fault = h('div', {role: 'alert'});
    const outcome = h('div', {});
    /** @type {AbortController | null} */
    let running = null;

    const label = () => {
        run.textContent = `Run ${readCount(count.value)}`;
    };

    /** @param {Tally} tally */
    const showProgress = (tally) => {
        const {counts} = tally;
        progress.show(counts);
        if (counts.done % Math.ceil(counts.count / SPOKEN_STEPS) === 0 &&
            counts.done < counts.count) {
            shell.announce(`${counts.done} of ${counts.count}: ${counts.differ} differ.`);
        }
    };

    /** @param {Tally} tally @param {unknown} error */
    const end = ({counts}, error) => {
        const how = endOf(counts, error);
        progress.show(counts, how);
        if (error) {
            fault.replaceChildren(h('p', {class: 'note bad'},
                error instanceof Error ? error.message : String(error)));
        }
        shell.announce(`${how.lastChild?.textContent}: ${counts.agree} of ${counts.count} agree, ` +
            `${counts.differ} differ.`);
        cancel.disabled = true;
        form.dataset.state = 'done';
    };

    /** Makes the room for a new run, with nothing in it yet. @param {number} of */
    const clear = (of) => {
        const tally = makeTally(shell, of);
        outcome.replaceChildren(tally.element);
        fault.replaceChildren();
        progress.show(tally.counts);
        return tally;
    };

    const stop = () => {
        const stopped = running;
        running = null;
        stopped?.abort();
    };

    const start = async () => {
        stop();
        const mine = new AbortController();
        running = mine;
        const options = {port, seed: seed.value, count: readCount(count.value)};
        const tally = clear(options.count);
        form.dataset.state = 'running';
        cancel.disabled = false;
        onRun(options);
        let error = null;
        try {
            await runBatch(shell, {
                ...options, signal: mine.signal,
                onVerdict: (verdict) => {
                    tally.add(verdict);
                    showProgress(tally);
                },
            });
        } catch (broken) {
            error = broken;
        }
        if (running === mine) {
            running = null;
            end(tally, error);
        }
    };

    count.addEventListener('input', label);
    cancel.addEventListener('click', () => running?.abort());
    const form = h('form', {
        class: 'panel stack batch',
        onsubmit: (event) => {
            event.preventDefault();
            start();
        },
    },
    h('p', {}, 'Draws exchanges of all kinds (methods, headers at their limits, credentials, ',
        'redirects, wrong answers, caches, elements), predicts each, and has this browser carry ',
        'it out. The same seed draws the same exchanges.'),
    h('div', {class: 'fields'}, labelled('Seed', seed), labelled('How many', count)),
    h('div', {class: 'row'}, run, cancel),
    progress.elements, fault, outcome);

    return {
        element: form,
        /** @param {string} seedText @param {number} number @param {boolean} starts */
        show(seedText, number, starts) {
            stop();
            seed.value = seedText;
            count.value = String(number);
            label();
            clear(number);
            delete form.dataset.state;
            cancel.disabled = true;
            if (starts) {
                start();
            }
        },
        stop,
    };
}
