// SPDX-License-Identifier: MIT
/**
 * Puts what nobody means into every part of the interface: `node hostile_input.mjs MODULE.wasm
 * SEED COUNT`. Errors must be errors of this interface, with a sentence; the engine must answer as
 * before afterwards. Writes how often each thing was answered, and refused.
 */

import {readFileSync} from 'node:fs';

import {jsonLine, loadCors} from '../../bindings/wasm/libcors.js';
import {lintPolicy} from '../../bindings/wasm/policy_yaml.js';

const cors = await loadCors(readFileSync(process.argv[2]));
const [seed, count] = process.argv.slice(3).map(Number);

/** Numbers that look random, and are the same for the same seed (mulberry32). */
let state = seed;
function random(below) {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
const pick = (list) => list[random(list.length)];

const fields = Object.values(cors.tables.fields);
const messages = ['Access to fetch at \'', '\' from origin \'',
    ' has been blocked by CORS policy: ', 'Cross-Origin Request Blocked: ', '(Reason: ',
    'Origin ', ' is not allowed by '];
const words = ['', '*', 'null', 'https://', 'http://a.example', 'https://a.example:443/x?y#z', '//',
    'user:pass@', '[::1]', '127.1', '%', '%zz', '%C3%BC', '\u00FC', '\uD800', '\uDC00x', '\u3002',
    '\u0000', '\r\n', '\uFEFF', '\u202E', '\u{1F600}', 'PUT', 'get', 'text/plain', '1e9', '-1',
    '10m', '{label}', 'true', 'x'.repeat(70), 'xn--', 'a.b', ',', ' ', '\t', '"', '\'', '\\', ': ',
    '- ', 'allow_origins', '\nallow_origins:\n  - ', ...messages, ...fields];

function text() {
    const size = pick([0, 1, 1, 2, 3, 5, 20]);
    let made = '';
    for (let i = 0; i < size; i++) {
        made += random(3) ? pick(words) : String.fromCharCode(random(0x10000));
    }
    return random(400) ? made : made.repeat(2000);
}

/** Mostly a text; at times something that is none. */
function anything() {
    return random(40) ? text() : pick([undefined, null, true, 0, -1, NaN, 2 ** 40, [], {}, [[]], 7n,
        () => 1, Symbol('s'), new Date(), Object.create(null)]);
}

const lines = () => Array.from({length: random(4)}, () => [random(2) ? pick(fields) : anything(),
    random(60) ? text() : anything()]);
const list = () => (random(40) ? lines() : anything());
const choice = (name) => (random(30) ? pick(cors.tables.choices[name]) : anything());
const page = () => (random(2) ? 'https://a.example' : anything());

function call() {
    const made = {url: random(2) ? 'https://b.example/' : anything()};
    for (const [name, value] of [
        ['method', anything], ['headers', list], ['initiator', () => choice('initiator')],
        ['mode', () => choice('mode')], ['credentials', () => choice('credentials')],
        ['redirect', () => choice('redirect')], ['cache', () => choice('cache')],
        ['body', () => (random(20) ? {kind: choice('body'), type: text()} : anything())],
        ['upload_listener', () => pick([true, false, 1])],
        ['wait', () => (random(20) ? pick([0, 1, -5, 2 ** 60]) : anything())],
    ]) {
        if (!random(3)) {
            made[name] = value();
        }
    }
    return random(20) ? made : anything();
}

const context = () => (random(20)
    ? {page: page(), top: random(4) ? undefined : anything(), page_address: anything(),
        hsts: random(20) ? ['b.example'] : anything()} : anything());
const answer = () => (random(30)
    ? {status: random(20) ? pick([200, 204, 301, 308, 401]) : pick([99, 1000, anything()]),
        headers: list(),
        address: random(3) ? undefined : anything()} : anything());

function scenario() {
    const server = {'https://b.example/': {preflight: answer(), response: answer()}};
    const fetches = random(9) ? [call(), call()] : anything();
    return random(20) ? {...context(), fetches, server} : anything();
}

const position = () => (random(9)
    ? {file: 0, line: random(9), column: random(20) ? 1 : pick([-1, 2 ** 33, 0.5])} : anything());

function build() {
    const builder = cors.createBuilder(pick([undefined, {}, {environment: anything()}]));
    for (let i = random(9); i > 0; i--) {
        const step = pick(['addFile', 'beginPolicy', 'add', 'add', 'add', 'addOriginFor', 'report',
            'hasEnvironment', 'hasOrigins', 'markIncomplete', 'findKey']);
        const given = {
            addFile: [anything()], beginPolicy: [position()], hasOrigins: [position()],
            add: [choice('key'), anything(), position()], findKey: [anything()],
            addOriginFor: [anything(), anything(), position()], hasEnvironment: [anything()],
            report: [pick([anything(), pick(cors.tables.rules).name]), position(), anything()],
        }[step] ?? [];
        attempt(`builder.${step}`, () => builder[step](...given));
    }
    return builder.finish().policy;
}

const tallies = {};

/** Makes a call; what it throws must be of this interface. */
function attempt(what, make) {
    tallies[what] ??= {answered: 0, refused: 0};
    try {
        const made = make();
        tallies[what].answered += 1;
        return made;
    } catch (error) {
        const sentence = error instanceof Error && error.message.length > 10 &&
            !/ is not a function|Cannot |undefined/.test(error.message);
        if (!sentence || error instanceof WebAssembly.RuntimeError) {
            throw error;
        }
        tallies[what].refused += 1;
        return undefined;
    }
}

function drive() {
    const browser = attempt('createBrowser', () => cors.createBrowser(choice('browser')));
    if (browser === undefined) {
        return;
    }
    const now = random(20) ? 9 : pick([NaN, '1']);
    attempt('play', () => browser.play(context(), call(), () => answer(), now));
    const fetch = attempt('begin', () => browser.begin(context(), call()));
    if (fetch !== undefined) {
        attempt('request', () => fetch.request());
        attempt('answer', () => fetch.answer(answer()));
        attempt('exposes', () => fetch.exposes(anything()));
        attempt('outcome', () => jsonLine(fetch.outcome()));
        fetch.release();
    }
    browser.release();
}

function decide() {
    const policy = attempt('build', build);
    const request = random(20) ? {method: anything(), path: anything(), headers: list(),
        own_origin: random(2) ? undefined : anything()} : anything();
    const given = random(9) ? policy ?? null : anything();
    attempt('decide', () => jsonLine(cors.decide(given, request)));
    policy?.release();
}

const bytes = () => Uint8Array.from({length: random(60)}, () => random(256));
const suffixes = () => pick([bytes(), Uint8Array.of(67, 83, 70, 88, 1, ...bytes()), anything()]);

const policyFile = (origins) => `policies:\n  - path: /*\n    allow_origins: [${origins}]\n`;

/** What the engine answers to something that is meant. */
function known() {
    const {policy, problems} = lintPolicy(cors, policyFile('https://\u00FC.example, "*x"'));
    const decided = lintPolicy(cors, policyFile('https://\u00FC.example'));
    const request = {method: 'GET', path: '/', headers: [['Origin', 'https://xn--tda.example']]};
    const line = jsonLine([policy, problems, cors.decide(decided.policy, request),
        cors.simulate({page: 'null', fetches: [{url: 'https://\u00FC.example'}], server: {}}),
        cors.explain('Origin null is not allowed by Access-Control-Allow-Origin.')]);
    decided.policy.release();
    return line;
}

const before = known();
for (let i = 0; i < count; i++) {
    drive();
    decide();
    attempt('explain', () => jsonLine(cors.explain(random(3) ? text() + text() : anything())));
    attempt('simulate', () => jsonLine(cors.simulate(scenario(), {browser: choice('browser')})));
    attempt('lint', () => jsonLine(lintPolicy(cors, policyFile(text()) + text()).problems));
    attempt('loadSuffixes', () => cors.loadSuffixes(suffixes()));
}
process.stdout.write(`${JSON.stringify({same: known() === before, tallies})}\n`);
