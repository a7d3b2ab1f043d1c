// SPDX-License-Identifier: MIT
// A cache between browsers and a server, with and without Vary: Origin. What the server answers is
// decided by a policy in the engine, and so is what the browser makes of it.
import {formatHead} from '../lab_case.js';
import {API, APP, lessonCase, playOnce} from './learn_case.js';
import {valueOf, verdictOf} from './learn_reading.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Answer} Answer
 * @typedef {import('../../../bindings/wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('./learn_reading.js').Verdict} Verdict
 * @typedef {(fields: FieldLine[]) => Answer} Source what answers a GET with these field lines
 */

const ADMIN = 'https://admin.example.com';

/**
 * A server whose policy allows two origins.
 *
 * @param {Cors} cors
 * @param {boolean} varies whether it sends what the policy says about Vary
 */
function makeServer(cors, varies) {
    const builder = cors.createBuilder();
    const position = {file: builder.addFile('lesson'), line: 1, column: 1};
    builder.beginPolicy(position);
    builder.add('path', '/*', position);
    builder.hasOrigins(position);
    builder.add('allow_origins', APP, position);
    builder.add('allow_origins', ADMIN, position);
    const {policy} = builder.finish();
    if (policy === null) {
        throw new Error('The policy of this lesson does not compile.');
    }

    /** @type {Source} */
    const server = (fields) => {
        const decision = cors.decide(policy,
            {method: 'GET', path: new URL(API).pathname, headers: fields});
        const headers = cors.applyDecision(decision, [['Content-Type', 'application/json'],
            ['Cache-Control', 'public, max-age=60']]);
        return {status: 200, headers: headers.filter(([name]) => varies || name !== 'Vary')};
    };
    return {server, release: () => policy.release()};
}

/**
 * An HTTP cache: an answer is used again where all request lines that its Vary names are the same.
 * RFC 9111, section 4.1.
 *
 * @param {Source} server
 */
export function makeCache(server) {
    /** @type {Array<{names: string[], request: FieldLine[], answer: Answer}>} */
    const stored = [];
    /** @type {(fields: FieldLine[]) => {answer: Answer, isStored: boolean}} */
    return (fields) => {
        const found = stored.find(({names, request}) =>
            names.every((name) => valueOf(request, name) === valueOf(fields, name)));
        if (found) {
            return {answer: found.answer, isStored: true};
        }
        const answer = server(fields);
        const names = (valueOf(answer.headers, 'Vary') ?? '').split(',')
            .map((name) => name.trim()).filter((name) => name !== '');
        stored.push({names, request: fields, answer});
        return {answer, isStored: false};
    };
}

/**
 * @param {Cors} cors
 * @param {boolean} isStored
 * @param {Answer} answer
 */
function fromWhere(cors, isStored, answer) {
    const name = cors.tables.fields.ALLOW_ORIGIN;
    const value = valueOf(answer.headers, name);
    return (isStored ? 'the cache answers from its store, '
        : 'the server answers, and the cache keeps it, ') +
        (value === null ? `without \`${name}\`` : `with \`${name}: ${value}\``);
}

/**
 * A page asks through the cache.
 *
 * @param {Cors} cors
 * @param {ReturnType<typeof makeCache>} cache
 * @param {string} page
 */
function visit(cors, cache, page) {
    const {answer, isStored} = cache([['Origin', page]]);
    const labCase = lessonCase({page}, {response: formatHead(answer)});
    const trace = playOnce(cors, labCase);
    const {kind, mark} = verdictOf(trace);
    /** @type {Verdict} */
    const note = {kind, mark,
        words: `${new URL(page).host} asks: ${fromWhere(cors, isStored, answer)}.`};
    return {labCase, trace, note, server: isStored ? 'The cache' : 'The server'};
}

/** @type {import('./learn_figure.js').FigureSpec} */
export const sharedCache = {
    name: 'vary',
    caption: 'A server that allows two pages, behind a cache. Drawn is the visit of ' +
        'admin.example.com, the second.',
    switches: [
        {name: 'sent', words: 'The server sends Vary: Origin', checked: false},
        {name: 'first', words: 'Who asks first', options: [
            {value: 'app', words: 'app.example.com'},
            {value: 'link', words: 'a visitor who opens the URL'},
        ]},
    ],
    run(cors, {sent, first}) {
        const {server, release} = makeServer(cors, sent === 'yes');
        try {
            const cache = makeCache(server);
            const before = first === 'app' ? visit(cors, cache, APP).note : openUrl(cors, cache);
            const {note, ...second} = visit(cors, cache, ADMIN);
            return {...second, notes: [before, note]};
        } finally {
            release();
        }
    },
};

/**
 * An address typed in or a link followed: no page asks, so there is no Origin.
 *
 * @param {Cors} cors
 * @param {ReturnType<typeof makeCache>} cache
 * @returns {Verdict}
 */
function openUrl(cors, cache) {
    const {answer, isStored} = cache([]);
    return {kind: 'good', mark: 'The visitor sees it',
        words: `A visitor opens the URL: ${fromWhere(cors, isStored, answer)}.`};
}
