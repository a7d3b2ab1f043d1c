// SPDX-License-Identifier: MIT
/** Options that are refused, and those that only warn: where, why, and what to write instead. */

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import vm from 'node:vm';

import cors, {PolicyError} from '../../bindings/node/libcors.js';
import {exchange} from './plain_exchange.mjs';

const CREDENTIALS = {credentials: true};
const ANY_HOST = 'does not fix a domain: any site can have a name that fits';

/** Options; the option at fault; the rule; words of the message; what is suggested. */
const REFUSED = [
    [{...CREDENTIALS}, 'origin', 'wildcard-with-credentials', 'every site act as the visitor'],
    [{...CREDENTIALS, origin: '*'}, 'origin', 'wildcard-with-credentials', 'list the origins'],
    [{...CREDENTIALS, origin: true}, 'origin', 'wildcard-with-credentials', 'list the origins',
        '[\'https://app.example.com\']'],
    [{...CREDENTIALS, origin: ['https://a.example', true]}, 'origin', 'wildcard-with-credentials',
        'every site act as the visitor', '[\'https://app.example.com\']'],
    [{origin: 'null'}, 'origin', 'null-origin', 'sandboxed frame'],
    [{origin: ['https://a.example', 'null']}, 'origin[1]', 'null-origin', 'sandboxed frame'],
    [{origin: ['*']}, 'origin[0]', 'origin-syntax', 'stands for no origin'],
    [{origin: /example\.com$/}, 'origin', 'origin-syntax', 'does not begin with ^',
        '[\'https://example.com\', \'https://*.example.com\']'],
    [{origin: /^https:\/\/app\.example\.com/}, 'origin', 'origin-syntax', 'does not end with $',
        '\'https://app.example.com\''],
    [{origin: [/^https:\/\/app.example\.com$/]}, 'origin[0]', 'origin-syntax',
        'without a backslash', '\'https://app.example.com\''],
    [{origin: /^https:\/\/.*example\.com$/}, 'origin', 'origin-syntax', 'need not end in a dot',
        '[\'https://*.example.com\', \'https://example.com\']'],
    [{origin: /^https?:\/\/.*$/}, 'origin', 'origin-syntax', ANY_HOST],
    [{origin: /.*/, ...CREDENTIALS}, 'origin', 'origin-syntax', ANY_HOST],
    [{origin: /^https:\/\/(?!evil)[a-z]+\.example\.com$/}, 'origin', 'origin-syntax',
        'cannot be told which origins'],
    [{origin: vm.runInNewContext('/example/')}, 'origin', 'origin-syntax', 'does not begin with ^'],
    [{origin: 'https://*.com'}, 'origin', 'public-suffix-wildcard', 'anyone can register a name'],
    [{origin: /^https:\/\/[a-z-]+\.vercel\.app$/}, 'origin', 'public-suffix-wildcard',
        'anyone can register a name'],
    [{origin: 'http://*.example.com', ...CREDENTIALS}, 'origin',
        'insecure-origin-with-credentials', 'use https'],
    [{origin: /^http:\/\/([a-z]+\.)example\.com$/, ...CREDENTIALS}, 'origin',
        'insecure-origin-with-credentials', 'use https'],
    [{origin: 'example.com'}, 'origin', 'origin-syntax', 'no scheme', 'https://example.com'],
    [{origin: ['https://example.com/']}, 'origin[0]', 'origin-path', 'no browser sends',
        'https://example.com'],
    [{origin: 'https://a.example, https://b.example'}, 'origin', 'origin-syntax',
        'No origin has a comma', '[\'https://a.example\', \'https://b.example\']'],
    [{origin: [{}]}, 'origin[0]', 'wrong-type', 'neither text nor'],
    [{origin: new URL('https://a.example')}, 'origin', 'wrong-type', 'neither text nor',
        'https://a.example'],
    [{origins: ['https://a.example']}, 'origins', 'unknown-key', 'did you mean origin', 'origin'],
    [{allowedOrigins: 'https://a.example'}, 'allowedOrigins', 'unknown-key', 'did you mean origin',
        'origin'],
    [{exposedHeaders: '*', origin: 'https://a.example', ...CREDENTIALS}, 'exposedHeaders',
        'wildcard-expose-with-credentials', 'list the headers'],
    [{methods: ['GET', 'P UT']}, 'methods[1]', 'method-syntax', 'is no HTTP method'],
    [{methods: 5}, 'methods', 'wrong-type', 'is no text'],
    [{allowedHeaders: 'X-A, X B'}, 'allowedHeaders', 'header-syntax', '"X B"'],
    [{maxAge: -2}, 'maxAge', 'max-age-range', '"-2" is no time'],
    [{maxAge: NaN}, 'maxAge', 'max-age-range', '"NaN" is no time'],
    [{optionsSuccessStatus: 302}, 'optionsSuccessStatus', 'wrong-type', 'from 200 to 299', '204'],
    [{credentials: () => true}, 'credentials', 'wrong-type', 'is a function'],
];

/** As above, of what is done all the same. */
const WARNED = [
    [{origin: 'http://localhost:3000', ...CREDENTIALS}, 'origin', 'loopback-in-production',
        'where NODE_ENV is not "production"'],
    [{origin: ['https://a.example', 'http://b.example'], ...CREDENTIALS}, 'origin[1]',
        'insecure-origin-with-credentials', 'use https'],
    [{origin: /^http:\/\/localhost:\d+$/, ...CREDENTIALS}, 'origin', 'loopback-in-production', ''],
    [{origin: /^https:\/\/a\.example\/$/}, 'origin', 'origin-syntax', 'matches no origin'],
    [{origin: []}, 'origin', 'no-origins-left', 'nobody is allowed'],
    [{allowedHeaders: 'Origin, X-A'}, 'allowedHeaders', 'forbidden-request-header', 'Origin'],
    [{exposedHeaders: ['Set-Cookie']}, 'exposedHeaders[0]', 'forbidden-response-header', 'Set-Coo'],
    [{methods: 'GET,TRACE'}, 'methods', 'forbidden-method', 'TRACE'],
    [{methods: ['put']}, 'methods[0]', 'method-case', 'case-sensitive', 'PUT'],
    [{optionSuccessStatus: 200}, 'optionSuccessStatus', 'unknown-key', 'did you mean',
        'optionsSuccessStatus'],
    [{origin: ['https://a.example', 'https://a.example']}, 'origin[1]', 'redundant-origin',
        'listed already in options.origin[0]'],
];

const FINE = [
    {}, undefined, {origin: true}, {origin: '*'}, {origin: ['https://a.example'], ...CREDENTIALS},
    {origin: 'https://*.example.com', ...CREDENTIALS}, {origin: [/^https:\/\/a\.example$/i]},
    {origin: 'https://{label}.example.com'}, {origin: 'capacitor://localhost'},
    {origin: /^https:\/\/([a-z0-9-]+\.)?example\.com(:\d+)?$/, ...CREDENTIALS},
    {origin: 'null', acceptRisks: ['null-origin']}, {maxAge: '600'}, {maxAge: null},
    {maxAge: -1}, {maxAge: '-1'},
    {origin: 'https://*.github.io', acceptRisks: ['public-suffix-wildcard']},
];

function checkProblem(problem, message, [, option, rule, words, suggestion]) {
    assert.equal(problem.file, `options.${option}`);
    assert.equal(problem.rule, rule);
    assert.match(problem.message, new RegExp(words.replace(/[\^$[\].*()]/g, '\\$&')));
    assert.equal(problem.suggestion, suggestion ?? null);
    assert.ok(message.startsWith(`options.${option}: ${problem.severity}: ${problem.message}`));
    assert.ok(suggestion === undefined || message.includes(`    write: ${suggestion}`));
}

describe('refused', () => {
    for (const row of REFUSED) {
        const name = row[0].origin instanceof URL ? 'a URL' : JSON.stringify(row[0],
            (_, value) => typeof value === 'object' && value?.source ? `${value}` : value);
        test(`${name}: ${row[2]}`, () => {
            assert.throws(() => cors.fromOptions(row[0]), (error) => {
                assert.ok(error instanceof PolicyError);
                assert.equal(error.problems.length, 1);
                checkProblem(error.problems[0], error.message, row);
                return true;
            });
        });
    }

    test('all at once, with carets', () => {
        assert.throws(() => cors.fromOptions({origin: [/^https:\/\/app.example\.com$/, 'null'],
            methods: 'GET, P UT', maxAge: 'long'}), {message: `\
options.origin[0]: error: /^https:\\/\\/app.example\\.com$/: A dot without a backslash stands for \
any character, so other names match. [origin-syntax]
    /^https:\\/\\/app.example\\.com$/
                   ^
    write: 'https://app.example.com'
options.origin[1]: error: "null" is the origin of every sandboxed frame and data: URL, so that any \
site can take it on. [null-origin]
    null
    ^
options.methods: error: "P UT" is no HTTP method: a method is one word of letters, digits and \
!#$%&'*+-.^_\`|~, at most 256 bytes. [method-syntax]
    GET, P UT
         ^
options.maxAge: error: "long" is no time: write seconds from 0 to 2147483647, or a number with s, \
m, h or d, such as 10m. [max-age-range]
    long
    ^`});
    });

    test('what is no options at all', () => {
        for (const options of ['https://a.example', 5, true]) {
            assert.throws(() => cors.fromOptions(options), TypeError);
        }
    });
});

/** What is told of a middleware's making. @param {() => unknown} make */
async function warningsOf(make) {
    const told = [];
    const listen = (warning) => told.push(warning);
    process.on('warning', listen);
    make();
    await new Promise(setImmediate);
    process.off('warning', listen);
    return told;
}

describe('warned of', () => {
    for (const row of WARNED) {
        test(`${row[1]}: ${row[2]}`, async () => {
            const [warning, ...others] = await warningsOf(() => cors.fromOptions(row[0]));
            assert.deepEqual(others, []);
            assert.equal(warning.name, 'PolicyWarning');
            const [, message] = /^options\S+: warning: (.*) \[/.exec(warning.message);
            checkProblem({file: `options.${row[1]}`,
                rule: /\[([a-z-]+)\]$/m.exec(warning.message)[1], severity: 'warning', message,
                suggestion: /write: (.*)$/m.exec(warning.message)?.[1] ?? null},
            warning.message, row);
        });
    }

    test('and it works all the same', async () => {
        const origin = 'http://localhost:3000';
        const {lines} = await exchange(cors.fromOptions({origin, ...CREDENTIALS,
            allowedHeaders: 'Origin, X-A'}), {method: 'OPTIONS', headers: {origin,
            'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a'}});
        assert.equal(lines['access-control-allow-origin'], origin);
        assert.equal(lines['access-control-allow-credentials'], 'true');
        assert.equal(lines['access-control-allow-headers'], 'Origin, X-A');
    });

    test('nothing that is fine', async () => {
        const told = await warningsOf(() => FINE.forEach((options) => cors.fromOptions(options)));
        assert.deepEqual(told, []);
    });
});
