// SPDX-License-Identifier: MIT
/**
 * Puts the same random requests to decide() and judge(), and says where the answers differ:
 * `node judge_random.mjs SERVERS.wasm suffixes.bin COUNT`. The sequence is the same each time.
 */

import {readFileSync} from 'node:fs';
import {isDeepStrictEqual} from 'node:util';

import {loadCorsSync} from '../../bindings/wasm/libcors.js';
import {lintPolicy} from '../../bindings/wasm/policy_yaml.js';

const [moduleFile, suffixFile, count] = process.argv.slice(2);
const cors = loadCorsSync(readFileSync(moduleFile));
cors.loadSuffixes(readFileSync(suffixFile));
const {fields} = cors.tables;

const POLICY = {policies: [
    {path: '/open/*', allow_origins: ['*'], allow_methods: ['*'], allow_headers: ['*']},
    {path: '/users/*', allow_origins: ['https://app.example', 'https://*.dev.example'],
        allow_credentials: true, allow_methods: ['*'], allow_headers: ['*'], max_age: 600},
    {path: '/a', allow_origins: ['http://localhost:3000', 'https://app.example'],
        allow_methods: ['PUT'], allow_headers: ['X-One', 'Authorization'], expose_headers: ['X-Two']},
]};

let state = 20240607;
/** A number below a limit. @param {number} limit */
function below(limit) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
}

/** @template Item @param {Item[]} items */
const pick = (items) => items[below(items.length)];

const ORIGINS = ['https://app.example', 'https://x.dev.example', 'https://y.dev.example',
    'https://evil.example', 'null', '', ' https://app.example\t', 'https://APP.example',
    'https://app.example, https://app.example', 'http://localhost:3000', 'https://caf\u00e9.example',
    'https://\u4f8b.example'];
const PATHS = ['/a', '/open/x', '/users/1', '/users/', '/none', '/', `/users/${'y'.repeat(3000)}`];
const NAMES = [fields.ORIGIN, fields.ORIGIN, fields.REQUEST_METHOD, fields.REQUEST_METHOD,
    fields.REQUEST_HEADERS, 'Host', 'Sec-Fetch-Site', 'Sec-Fetch-Mode', 'Sec\rFetch\rSite', 'Origim',
    'Cookie', 'Accept', 'X-Long'];

/** @param {string} name @returns {string} */
function valueOf(name) {
    switch (name) {
    case fields.ORIGIN: return pick(ORIGINS);
    case fields.REQUEST_METHOD: return pick(['PUT', 'GET', 'put', 'PU T', '', 'DELETE']);
    case fields.REQUEST_HEADERS: return pick(['x-one', 'X-ONE,authorization', 'x-one, x-three', ',',
        'b\u00e4d', 'x-y'.repeat(below(8000))]);
    case 'Sec-Fetch-Site': return pick(['same-origin', 'cross-site', 'none', '']);
    case 'Host': return pick(['app.example', 'localhost:3000', '']);
    default: return 'z'.repeat(below(50));
    }
}

/** @param {string} name */
const spell = (name) => pick([name, name, name.toLowerCase(), name.toUpperCase(),
    name.replace(/[a-z]/, (letter) => letter.toUpperCase())]);

function randomRequest() {
    const headers = Array.from({length: below(9)}, () => {
        const name = pick(NAMES);
        return [spell(name), valueOf(name)];
    });
    return {
        method: pick(['GET', 'POST', 'OPTIONS', 'OPTIONS', 'options']), path: pick(PATHS), headers,
        own_origin: pick([undefined, undefined, 'https://app.example', 'http://localhost:3000']),
    };
}

/** @typedef {ReturnType<typeof randomRequest>} Request */

/** @type {Array<(request: Request) => Request>} */
const CHANGES = [
    (request) => request,
    (request) => ({...request, path: pick(PATHS)}),
    (request) => ({...request, method: pick(['GET', 'OPTIONS'])}),
    (request) => ({...request, headers: request.headers.slice(0, -1)}),
    (request) => ({...request, headers: [...request.headers, [fields.ORIGIN, pick(ORIGINS)]]}),
    (request) => ({...request, headers: request.headers.map(([name, value]) =>
        [name, below(3) === 0 ? valueOf(name) : value])}),
];

/** @type {Request[]} */
const recent = [];

/** Often nearly a request that was there: of such, judge() uses again what it has. */
function nextRequest() {
    const request = recent.length > 0 && below(2) > 0 ? pick(CHANGES)(pick(recent))
        : randomRequest();
    recent.unshift(request);
    recent.length = Math.min(recent.length, 4);
    return request;
}

/** What decide() reads is UTF-8, and what judge() reads are bytes. @param {string} text */
const bytesOf = (text) => Buffer.from(text).toString('latin1');

const OTHER = {policies: [
    {path: '/a', allow_origins: ['https://*.dev.example'], expose_headers: ['X-Three']},
    {path: '/users/*', allow_origins: ['https://app.example'], allow_headers: ['X-One']},
]};
const policies = [POLICY, OTHER].map((one) => lintPolicy(cors, JSON.stringify(one)).policy);
const kinds = {preflight: 0, actual: 0, 'no-origin': 0, 'no-policy': 0};
const different = [];
for (let i = 0; i < Number(count); i++) {
    const request = nextRequest();
    const policy = pick(policies);
    const {method, path, headers, own_origin: ownOrigin} = request;
    const decision = cors.decide(policy, request);
    const wide = headers.flat().some((text) => /[^\0-\xff]/.test(text));
    const {kind, allowed, reason, status, set, vary} = cors.judge(policy, {
        method, target: pick([path, `${path}?a=/..%2f`]), ownOrigin,
        lines: wide ? headers.flat() : headers.flat().map(bytesOf),
    });
    kinds[kind] += 1;
    if (!isDeepStrictEqual({kind, allowed, reason, status, set, vary}, decision)) {
        different.push({request, decision, judgement: {kind, allowed, reason, status, set, vary}});
    }
}
console.log(JSON.stringify({kinds, different}));
