// SPDX-License-Identifier: MIT
// The table of origins against methods.
import {h, newId} from '../dom.js';
import {writeCase} from '../lab_case.js';
import {exchangeCase, judgeCell} from './matrix_verdicts.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../../../bindings/wasm/libcors.js').Policy} Policy
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 * @typedef {import('./asked_origins.js').AskedOrigin} AskedOrigin
 * @typedef {import('./matrix_verdicts.js').Cell} Cell
 * @typedef {import('./matrix_verdicts.js').Verdict} Verdict
 *
 * @typedef {{origins: AskedOrigin[], methods: string[], path: string}} Question
 * @typedef {{asked: AskedOrigin, cells: Cell[]}} MatrixRow
 */

/** @type {Record<Verdict, {sign: string, kind: string, words: string, meaning: string}>} */
const verdicts = {
    credentials: {sign: '✓', kind: 'good', words: 'with credentials',
        meaning: 'The page reads the answer, and cookies may go along.'},
    plain: {sign: '✓', kind: 'good', words: 'no credentials',
        meaning: 'The page reads the answer, but only without cookies.'},
    home: {sign: '✓', kind: 'good', words: 'same origin',
        meaning: 'The page is of the server\'s own origin: CORS has no say.'},
    unread: {sign: '!', kind: 'warn', words: 'sent, not read',
        meaning: 'The request reaches the server and is carried out; the page cannot read the ' +
            'answer. CORS does not stop it.'},
    stopped: {sign: '✕', kind: 'bad', words: 'not sent',
        meaning: 'The preflight is refused: the request itself is never sent.'},
};

/** @type {Verdict[]} */
const order = ['credentials', 'plain', 'home', 'unread', 'stopped'];

/** @param {string} name `origin-not-allowed` */
function inWords(name) {
    return name.replaceAll('-', ' ');
}

/**
 * All cells, a row for each origin.
 *
 * @param {Shell} shell
 * @param {Policy} policy
 * @param {PolicyState} state
 * @param {Question} question
 * @returns {MatrixRow[]}
 */
export function judgeMatrix(shell, policy, state, {origins, methods, path}) {
    return origins.map((asked) => ({
        asked,
        cells: methods.map((method) =>
            judgeCell(shell.cors, policy, state, path, asked.origin, method)),
    }));
}

/**
 * @param {Shell} shell
 * @param {PolicyState} state
 * @param {Cell} cell
 */
function cellLink(shell, state, {verdict, reason, shown}) {
    const {sign, kind, words} = verdicts[verdict];
    const {page, method} = shown.labCase;
    const why = reason ? inWords(reason) : '';
    return h('a', {
        class: `matrix-cell ${kind}`,
        href: shell.hashOf('exchange', writeCase(exchangeCase(state, shown))),
        'aria-label': `${words}${why && `, ${why}`}: ${method} from ${page}`,
        title: 'See the exchange',
    }, h('span', {class: 'cell-verdict'}, h('span', {'aria-hidden': 'true'}, sign), words),
    why && h('span', {class: 'cell-reason'}, why));
}

/**
 * @param {Shell} shell
 * @param {PolicyState} state
 * @param {Question} question
 * @param {MatrixRow[]} rows
 */
function table(shell, state, {methods, path}, rows) {
    return h('table', {class: 'matrix'},
        h('caption', {class: 'unseen'}, `Who may do what at ${path}`),
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Page'),
            methods.map((method) => h('th', {scope: 'col'}, h('code', {}, method))))),
        h('tbody', {}, rows.map(({asked, cells}) => h('tr', {},
            h('th', {scope: 'row'}, h('code', {}, asked.origin),
                asked.note && h('span', {class: 'row-note'}, asked.note)),
            cells.map((cell) => h('td', {}, cellLink(shell, state, cell)))))));
}

/**
 * What the words in the cells mean, as far as they occur.
 *
 * @param {Shell} shell
 * @param {MatrixRow[]} rows
 */
function legend(shell, rows) {
    const cells = rows.flatMap((row) => row.cells);
    const reasons = new Set(cells.map(({reason}) => reason).filter(Boolean));
    const {codes, reasons: known} = shell.cors.tables;
    /** @type {Map<string, string>} */
    const sentences = new Map(codes.map(({name, cause}) => [name, cause]));
    known.forEach(({name, sentence}) => sentences.set(name, sentence));
    const shown = order.filter((verdict) => cells.some((cell) => cell.verdict === verdict));
    return h('dl', {class: 'matrix-legend small'},
        shown.map((verdict) => verdicts[verdict]).flatMap(({kind, sign, words, meaning}) => [
            h('dt', {class: `cell-verdict ${kind}`},
                h('span', {'aria-hidden': 'true'}, sign), words),
            h('dd', {}, meaning),
        ]),
        [...reasons].flatMap((reason) => [
            h('dt', {}, inWords(reason)), h('dd', {}, sentences.get(reason) ?? ''),
        ]));
}

/**
 * The table with its legend.
 *
 * @param {Shell} shell
 * @param {PolicyState} state
 * @param {Question} question
 * @param {MatrixRow[]} rows
 */
export function matrixView(shell, state, question, rows) {
    const title = newId('matrix');
    return h('div', {class: 'stack'},
        h('div', {class: 'table-wrap', role: 'region', tabindex: 0, 'aria-labelledby': title},
            h('span', {id: title, class: 'unseen'}, `Origins against methods at ${question.path}`),
            table(shell, state, question, rows)),
        legend(shell, rows));
}
