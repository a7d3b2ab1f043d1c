// SPDX-License-Identifier: MIT
/**
 * An exchange as a drawing, as `cors check` prints it: three lines for page, browser and server,
 * an arrow for each message, the header lines that mattered below it, a caret under the fault.
 */

import {engine} from './embedded_engine.js';
import {shownUrl, shownValue} from './page_secrets.js';

/**
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('./page_story.js').PageStep} PageStep
 * @typedef {import('./page_story.js').Story} Story
 */

const BROWSER_COLUMN = 10;
const SERVER_COLUMN = 77;
const TEXT_COLUMN = BROWSER_COLUMN + 3;

/** Codes whose fault is the status. */
const STATUS_CODES = ['preflight-status', 'preflight-redirect'];

/** What script of others may have written is shown, never obeyed. @param {string} text */
export function clean(text) {
    return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** @param {string} text @param {number} room */
function fitting(text, room) {
    const characters = [...text];
    return characters.length <= room ? text
        : `${characters.slice(0, Math.max(0, room - 1)).join('')}…`;
}

/** @param {string} text @param {number} column @param {string} [filling] */
function upTo(text, column, filling = ' ') {
    return text + filling.repeat(Math.max(0, column - [...text].length));
}

/** A line between browser and server. @param {string} text */
function between(text) {
    const line = upTo(`${upTo(' │', BROWSER_COLUMN)}│  ${clean(text)}`, SERVER_COLUMN);
    return [...line].length > SERVER_COLUMN ? line : `${line}│`;
}

/** @param {number} column @param {number} count */
function carets(column, count) {
    return between(' '.repeat(column) + '^'.repeat(Math.max(1, count)));
}

/** Names of fields of answers that are worth a line. */
function answerNames() {
    return [...Object.values(engine().tables.fields), 'Set-Cookie', 'WWW-Authenticate']
        .map((name) => name.toLowerCase());
}

/** @param {string} url @param {Story} story */
function shownTarget(url, story) {
    const {origin, pathname, search} = new URL(url);
    const same = origin === new URL(story.steps[0].sent.url).origin;
    return shownUrl(same ? pathname + search : url);
}

/** @param {PageStep} step @param {Story} story */
function requestArrow({sent}, story) {
    const label = ` ${sent.kind} `;
    const end = SERVER_COLUMN - 3 - label.length;
    const what = clean(`${sent.method} ${shownTarget(sent.url, story)}`);
    const start = `${upTo(' │', BROWSER_COLUMN)}├─ ${fitting(what, end - TEXT_COLUMN - 2)} `;
    return `${upTo(upTo(start, end, '─') + label, SERVER_COLUMN - 1, '─')}▶│`;
}

/** @param {PageStep} step */
function requestFields({sent, exchange}) {
    const cookie = exchange.request.headers.filter(([name]) => name === 'Cookie');
    return [...sent.fields, ...cookie].map((field) => shownField(field));
}

/** @param {FieldLine} field */
function shownField([name, value]) {
    return between(fitting(`${name}: ${shownValue(name, value)}`,
        SERVER_COLUMN - 1 - TEXT_COLUMN));
}

/** @param {PageStep} step @param {boolean} atFault */
function answerArrow({exchange, statusText, failure}, atFault) {
    const {response} = exchange;
    const what = response === null ? '✗ no answer'
        : clean(`${response.status} ${statusText}`.trim());
    const start = `${upTo(' │', BROWSER_COLUMN)}│◀─ ${fitting(what, SERVER_COLUMN - 30)} `;
    const arrow = `${upTo(start, SERVER_COLUMN, '─')}┤`;
    const more = response === null && failure !== '' ? [between(failure)] : [];
    return atFault ? [arrow, carets(1, 3)] : [arrow, ...more];
}

/**
 * A line with the fault in it, which is never cut.
 * @param {FieldLine} field
 * @param {string} fault
 */
function faultyField([name, value], fault) {
    const shown = clean(shownValue(name, value));
    const at = fault === '' ? -1 : shown.indexOf(fault);
    const [start, count] = at < 0 ? [0, [...shown].length] : [at, [...fault].length];
    return [between(`${name}: ${shown}`), carets(name.length + 2 + start, count)];
}

/** @param {PageStep} step @param {Story} story @param {boolean} failed */
function answerFields({exchange, refusedCookies}, {outcome}, failed) {
    const faulty = failed && !STATUS_CODES.includes(outcome.code) ? outcome.field : null;
    const names = answerNames();
    const lines = (exchange.response?.headers ?? []).flatMap(([name, value]) => {
        if (name.toLowerCase() === faulty?.toLowerCase()) {
            return faultyField([name, value], outcome.value);
        }
        const refusal = refusedCookies.get(value);
        const shown = names.includes(name.toLowerCase()) ? [shownField([name, value])] : [];
        return refusal === undefined ? shown : [...shown, between(`  ✗ not kept: ${refusal}`)];
    });
    const there = exchange.response?.headers.some(
        ([name]) => name.toLowerCase() === faulty?.toLowerCase());
    return faulty === null || exchange.response === null || there ? lines
        : [...lines, between(`✗ no ${faulty}`), carets(5, faulty.length)];
}

/** @param {PageStep} step @param {Story} story @param {boolean} failed */
function drawStep(step, story, failed) {
    return [
        requestArrow(step, story),
        ...requestFields(step),
        ...answerArrow(step, failed && STATUS_CODES.includes(story.outcome.code)),
        ...answerFields(step, story, failed),
        between(''),
    ];
}

/**
 * @param {Story} story
 * @returns {string}
 */
export function drawExchange(story) {
    const {steps, outcome} = story;
    const method = fitting(clean(story.method), BROWSER_COLUMN - 3);
    const end = ` │◀─ ${outcome.ok ? '✓' : '✗'} ─`;
    return [
        upTo(`${upTo(' page', BROWSER_COLUMN)}browser`, SERVER_COLUMN - 5) + 'server',
        `${upTo(`${upTo(` ├${method}`, BROWSER_COLUMN - 1, '─')}▶│`, SERVER_COLUMN)}│`,
        ...steps.flatMap((step, index) => drawStep(step, story, index === outcome.failed_step)),
        `${upTo(`${upTo(end, BROWSER_COLUMN, '─')}┤  ${outcome.code}`, SERVER_COLUMN)}│`,
    ].join('\n');
}
