// SPDX-License-Identifier: MIT
// Idea 4: the six response headers. Take one away, and see what it was for.
import {h} from '../dom.js';
import {APP, head, lessonCase, playAgain} from './learn_case.js';
import {preflightsOf} from './learn_reading.js';
import {prose} from './learn_text.js';

/**
 * The engine's name of the field, the answers that need it, and its meaning.
 * @type {Array<[string, string, string]>}
 */
const meanings = [
    ['ALLOW_ORIGIN', 'every answer', 'Which origin may read: the page\'s own, or `*` for all.'],
    ['ALLOW_CREDENTIALS', 'every answer', '`true`: also where the call carries credentials.'],
    ['ALLOW_METHODS', 'preflight', 'The methods allowed besides GET, HEAD and POST.'],
    ['ALLOW_HEADERS', 'preflight', 'The request headers that script may set.'],
    ['MAX_AGE', 'preflight', 'For how many seconds the browser may remember this permission.'],
    ['EXPOSE_HEADERS', 'the request\'s answer', 'The response headers that script may read, ' +
        'besides seven that it always may.'],
];

/** @param {import('./learn_switches.js').Values} on */
function headersCase(on) {
    const both = [
        on.origin === 'yes' && `Access-Control-Allow-Origin: ${APP}`,
        on.credentials === 'yes' && 'Access-Control-Allow-Credentials: true',
    ];
    return lessonCase({
        method: 'PUT', headers: 'Content-Type: application/json', credentials: 'include',
        body: 'text',
    }, {
        preflight: head(204, ...both,
            on.methods === 'yes' && 'Access-Control-Allow-Methods: PUT, DELETE',
            on.headers === 'yes' && 'Access-Control-Allow-Headers: Content-Type',
            on.age === 'yes' && 'Access-Control-Max-Age: 600'),
        response: head(200, ...both,
            on.expose === 'yes' && 'Access-Control-Expose-Headers: X-Total-Count',
            'Content-Type: application/json', 'X-Total-Count: 42'),
    });
}

/**
 * The same call a minute later.
 *
 * @param {import('../../../bindings/wasm/libcors.js').Trace} trace
 * @returns {import('./learn_reading.js').Verdict}
 */
function again(trace) {
    const words = preflightsOf(trace).length === 0
        ? 'needs no preflight: the browser remembers the permission.'
        : 'needs another preflight: a permission without an age lasts five seconds.';
    return {kind: 'good', mark: '', words: `The same call a minute later ${words}`};
}

/** @type {import('./learn_figure.js').FigureSpec} */
const figure = {
    name: 'headers',
    caption: 'A PUT with cookies and a JSON body. Take one header away at a time.',
    switches: [
        {name: 'origin', words: 'Allow-Origin', checked: true},
        {name: 'credentials', words: 'Allow-Credentials', checked: true},
        {name: 'methods', words: 'Allow-Methods', checked: true},
        {name: 'headers', words: 'Allow-Headers', checked: true},
        {name: 'age', words: 'Max-Age', checked: true},
        {name: 'expose', words: 'Expose-Headers', checked: true},
    ],
    run(cors, on) {
        const labCase = headersCase(on);
        const [first, second] = playAgain(cors, labCase, [60]);
        return {labCase, trace: first, notes: first.outcome.ok ? [again(second)] : undefined};
    },
};

/** @param {import('./learn_state.js').Tools} tools */
function table({shell}) {
    const {fields} = shell.cors.tables;
    const label = 'The six headers';
    return h('div', {class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': label},
        h('table', {class: 'meanings'},
            h('thead', {}, h('tr', {}, ['Header', 'On', 'Says'].map((word) =>
                h('th', {scope: 'col'}, word)))),
            h('tbody', {}, meanings.map(([field, where, meaning]) => h('tr', {},
                h('th', {scope: 'row'}, h('code', {}, fields[field])),
                h('td', {}, where), h('td', {}, prose(meaning)))))));
}

/** @type {import('./ideas.js').Idea} */
export const headers = {
    name: 'headers',
    short: 'The six headers',
    title: 'Six response headers say it all',
    text: [
        'Everything a server has to say about CORS fits into six response headers. The first two ' +
        'belong on every answer, to preflights as well as to the request itself, and on errors ' +
        'too: each answer is judged by its own lines. The next three are read on the answer to a ' +
        'preflight alone, and the last one only on the answer to the request itself.',
        'The values are compared to the letter. An origin is written as the browser writes it, ' +
        'without a slash at its end; there is only one, no list; method names keep their case; ' +
        'the names of headers do not. The wildcard `*` stands for everything, but only in calls ' +
        'without credentials. And a header in the _request_ changes nothing: these six are the ' +
        'server\'s to send.',
    ],
    build: (tools) => [{element: table(tools), refresh() {}}],
    figures: [figure],
};
