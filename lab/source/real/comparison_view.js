// SPDX-License-Identifier: MIT
// Prediction and reality, side by side.
import {h, mark} from '../dom.js';
import {SENT_MEMBERS} from './real_comparison.js';
import {withoutRun} from './real_mapping.js';

/**
 * @typedef {import('./real_comparison.js').Comparison} Comparison
 * @typedef {import('./real_comparison.js').Row} Row
 * @typedef {import('./real_comparison.js').Sent} Sent
 * @typedef {import('./real_scripts.js').Noted} Noted
 */

/** @param {boolean | null} agrees */
function sign(agrees) {
    if (agrees === null) {
        return h('span', {class: 'muted'}, 'not told');
    }
    return agrees ? mark('good', 'same') : mark('bad', 'differs');
}

const [PREDICTED, REAL] = ['Predicted', 'This browser'];

/**
 * Its roles are written out: on narrow screens its rows are no table's to the style sheet.
 *
 * @param {string} caption
 * @param {HTMLTableRowElement[]} rows
 */
function table(caption, rows) {
    const heads = ['What', PREDICTED, REAL, 'Compared'].map((word) =>
        h('th', {scope: 'col', role: 'columnheader'}, word));
    return h('table', {class: 'sides', role: 'table'}, h('caption', {}, caption),
        h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, heads)),
        h('tbody', {role: 'rowgroup'}, rows));
}

/**
 * @param {string} name
 * @param {import('../dom.js').Child} predicted
 * @param {import('../dom.js').Child} real
 * @param {boolean | null} agrees
 */
function line(name, predicted, real, agrees) {
    return h('tr', {class: agrees === false ? 'differs' : null, role: 'row'},
        h('th', {scope: 'row', role: 'rowheader'}, name),
        h('td', {role: 'cell', 'data-column': PREDICTED}, predicted),
        h('td', {role: 'cell', 'data-column': REAL}, real),
        h('td', {role: 'cell'}, sign(agrees)));
}

/**
 * @param {Row[]} rows
 * @param {string} caption
 * @param {string} id
 */
function callTable(rows, caption, id) {
    return table(caption, rows.map(({name, predicted, real, agrees}) => line(name,
        h('code', {}, withoutRun(predicted, id)), h('code', {}, withoutRun(real, id)), agrees)));
}

/** @param {Noted | null} request @param {string} id */
function requestLines(request, id) {
    if (request === null) {
        return h('span', {class: 'muted'}, 'none');
    }
    const [method, url, ...fields] = SENT_MEMBERS.map((name) => [name, request[name]]);
    return h('pre', {}, [
        `${method[1]} ${withoutRun(String(url[1]), id)}`,
        ...fields.filter(([, value]) => value !== undefined)
            .map(([name, value]) => `${name}: ${value}`),
    ].join('\n'));
}

/** @param {Noted | null} request @param {number} at */
function nameOf(request, at) {
    const isPreflight = request?.[SENT_MEMBERS[3]] !== undefined;
    return `${at + 1} ${isPreflight ? 'preflight' : 'request'}`;
}

/** @param {Sent[]} sent @param {string} id */
function requestTable(sent, id) {
    if (sent.length === 0) {
        return h('p', {class: 'muted'}, 'No request was predicted, and none came.');
    }
    return table('Requests that reached the server', sent.map(({predicted, real, differs}, at) =>
        line(nameOf(predicted ?? real, at), requestLines(predicted, id), requestLines(real, id),
            differs.length === 0)));
}

/** @param {Comparison} comparison @param {string} id */
function verdictOf({agrees, differences}, id) {
    if (agrees) {
        return h('div', {class: 'note good'}, h('p', {}, mark('good', 'They agree'),
            ' This browser did what the engine said.'));
    }
    return h('div', {class: 'note bad'}, h('p', {}, mark('bad', 'They differ')),
        h('ul', {}, differences.map((difference) => h('li', {}, withoutRun(difference, id)))));
}

/**
 * @param {Comparison} comparison
 * @param {string} id of the script, which URLs are shown without
 */
export function comparisonView(comparison, id) {
    const {calls, sent} = comparison;
    return h('div', {class: 'stack'}, verdictOf(comparison, id),
        calls.map((rows, at) => callTable(rows,
            calls.length > 1 ? `What script got, call ${at + 1}` : 'What script got', id)),
        requestTable(sent, id));
}
