// SPDX-License-Identifier: MIT
// The policy as files and command lines to copy.
import {copyButton, h} from '../dom.js';
import {expectationsOf} from './expectations_text.js';
import {nginxInline, nginxWithFile} from './nginx_directives.js';

/**
 * @typedef {import('./policy_reading.js').PolicyReading} PolicyReading
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 * @typedef {import('./policy_matrix.js').MatrixRow} MatrixRow
 * @typedef {import('./policy_matrix.js').Question} Question
 *
 * @typedef {{title: string, hint: string, text: string | null}} Configuration
 */

/** One word of a shell's line. @param {string} text */
function shellWord(text) {
    return /^[\w.:/=@%+,-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}

/** @param {PolicyState} state */
function serveLine(state) {
    const variables = state.variables.filter(({name}) => /^[A-Za-z_]\w*$/.test(name))
        .map(({name, value}) => `${name}=${shellWord(value)} `).join('');
    const environment = state.environment === 'production'
        ? '' : ` --env ${shellWord(state.environment)}`;
    return `${variables}cors serve --policy cors.yaml --upstream http://127.0.0.1:3000` +
        `${environment} --watch\n`;
}

/**
 * @param {PolicyReading} reading
 * @param {PolicyState} state
 * @param {Question} question
 * @param {MatrixRow[]} rows
 * @returns {Configuration[]}
 */
function configurationsOf(reading, state, question, rows) {
    const inline = nginxInline(reading);
    return [
        {title: 'cors.yaml', hint: 'The policy itself.', text: state.policy},
        {title: 'nginx, with the file', text: nginxWithFile(reading),
            hint: 'Needs load_module modules/ngx_http_cors_module.so; nginx -t checks the policy.'},
        {title: 'nginx, in place', text: inline.text, hint: inline.why ||
            'The same policy without a file, as this environment has it.'},
        {title: 'cors serve', text: serveLine(state), hint: 'A gateway before an API of yours.'},
        {title: 'cors test', text: rows.length > 0 ? expectationsOf(state, question, rows) : null,
            hint: 'The table above as expectations, for your tests: expectations.txt.'},
    ];
}

/** @param {Configuration} configuration */
function view({title, hint, text}) {
    return h('section', {class: 'configuration stack'},
        h('div', {class: 'row'}, h('h3', {}, title),
            text !== null && copyButton(() => text, 'Copy')),
        h('p', {class: 'muted small'}, hint),
        text !== null && h('pre', {class: 'configuration-text', tabindex: 0, role: 'region',
            'aria-label': title}, text));
}

/**
 * @param {PolicyReading} reading
 * @param {PolicyState} state
 * @param {Question} question
 * @param {MatrixRow[]} rows
 */
export function configurationsView(reading, state, question, rows) {
    return h('div', {class: 'configurations'},
        configurationsOf(reading, state, question, rows).map(view));
}
