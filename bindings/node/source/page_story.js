// SPDX-License-Identifier: MIT
/** What happened in a call, as text for whoever reads why a test failed. */

import {clean, drawExchange} from './page_drawing.js';

/**
 * @typedef {import('../../wasm/libcors.js').BrowserName} BrowserName
 * @typedef {import('../../wasm/libcors.js').Outcome} Outcome
 * @typedef {import('../../wasm/libcors.js').SentRequest} SentRequest
 * @typedef {import('../libcors.js').Exchange} Exchange
 *
 * @typedef {{
 *   sent: SentRequest,
 *   exchange: Exchange,
 *   statusText: string,
 *   failure: string,
 *   refusedCookies: Map<string, string>,
 * }} PageStep `failure`: why there was no answer; `refusedCookies`: Set-Cookie lines that the
 *   browser did not take, and why
 *
 * @typedef {{
 *   browser: BrowserName,
 *   page: string,
 *   method: string,
 *   url: string,
 *   steps: PageStep[],
 *   outcome: Outcome,
 * }} Story
 */

const COLUMNS = 80;

/** @type {Record<BrowserName, string>} */
const NAMES = {
    standard: 'a browser that keeps to the Fetch Standard',
    chromium: 'Chromium', firefox: 'Firefox', safari: 'Safari',
};

/**
 * The words of a text in lines of at most 80 columns.
 * @param {string} text
 * @param {string} margin
 */
function wrap(text, margin) {
    const lines = [''];
    for (const word of text.split(' ')) {
        const last = lines[lines.length - 1];
        if (last !== '' && margin.length + last.length + 1 + word.length > COLUMNS) {
            lines.push(word);
        } else {
            lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
        }
    }
    return lines.map((line) => margin + line).join('\n');
}

/** What this browser's console prints; null: nothing. @param {Story} story */
export function consoleLine({browser, outcome}) {
    return outcome.messages[browser === 'standard' ? 'chromium' : browser];
}

/** @param {Story} story */
function headLine({browser, page, method, url}) {
    return clean(`${method} ${url} from a page of ${page}, in ${NAMES[browser]}`);
}

/** @param {Story} story */
function repairLines({outcome, steps}) {
    const {repair} = outcome;
    if (repair === null) {
        return [];
    }
    const url = steps[outcome.failed_step ?? 0]?.sent.url;
    const what = repair.preflight ? `OPTIONS ${url}` : url;
    return [
        `  The answer to ${clean(String(what))} needs:`,
        ...(repair.status === null ? [] : [`    status ${repair.status}`]),
        ...(repair.name === null ? [] : [clean(`    ${repair.name}: ${repair.value}`)]),
    ];
}

/** @param {Story} story */
function unsent({steps, outcome}) {
    return outcome.code === 'network-failure' && steps.length === 0 ? [wrap('Nothing was sent: ' +
        'browsers do not connect to this port, or not from an https page to http.', '  ')] : [];
}

/** @param {Story} story */
function verdict(story) {
    const {outcome} = story;
    if (outcome.ok) {
        return ['✓ allowed'];
    }
    const line = consoleLine(story);
    return [
        `✗ blocked: ${outcome.code}${outcome.preflight ? ', at the preflight' : ''}`,
        wrap(outcome.cause, '  '),
        ...unsent(story),
        ...(line === null ? [] : ['', 'The console says:', `  ${clean(line)}`]),
        ...(outcome.fix === '' ? [] : ['', 'What to do:', wrap(outcome.fix, '  ')]),
        ...repairLines(story),
    ];
}

/** @param {Story} story @returns {string} */
export function tellStory(story) {
    return [headLine(story), '', drawExchange(story), '', ...verdict(story)].join('\n');
}
