// SPDX-License-Identifier: MIT
/** Functions of the application: they call back, return or promise, and may fail. */

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import cors, {PolicyError} from '../../bindings/node/libcors.js';
import {exchange} from './plain_exchange.mjs';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';
const isApp = (origin) => origin === APP;

const from = (origin, method = 'GET') => ({method,
    headers: {...origin === undefined ? {} : {origin},
        ...method === 'OPTIONS' ? {'access-control-request-method': 'PUT'} : {}}});

/** What is allowed of an origin: it, "*" or undefined. Vary holds Origin whatever is. */
async function allowed(options, origin) {
    const middleware = cors.fromOptions(options);
    const answer = await exchange(middleware, from(origin));
    middleware.close();
    assert.ok(answer.vary.includes('origin'));
    assert.equal(answer.nexts, 1);
    assert.equal(answer.error, null);
    return answer.lines['access-control-allow-origin'];
}

const WAYS = {
    'calls back': (origin, callback) => callback(null, isApp(origin)),
    'calls back later': (origin, callback) => setImmediate(callback, null, isApp(origin)),
    'calls back twice': (origin, callback) => {
        callback(null, isApp(origin));
        callback(null, true);
        callback(new Error('too late'));
    },
    'returns': (origin) => isApp(origin),
    'promises': async (origin) => isApp(origin),
    'promises, and has a callback': async (origin, callback) => isApp(origin) || callback && false,
    'calls back in an async function': async (origin, callback) => {
        await null;
        callback(null, isApp(origin));
    },
    'returns nothing where it means no': (origin) => isApp(origin) ? true : undefined,
    'returns what a queue says, and calls back': (origin, callback) => {
        setImmediate(callback, null, isApp(origin));
        return 1;
    },
    'says a list': (origin, callback) => callback(null, [APP, 'https://b.example']),
    'says an origin': (origin, callback) => callback(null, APP),
    'says a pattern': (origin, callback) => callback(null, /^https:\/\/app\.example$/g),
    'says text and patterns': (origin, callback) =>
        callback(null, ['https://b.example', /^https:\/\/([a-m]+\.)?app\.example$/]),
};

describe('origin as a function', () => {
    for (const [way, origin] of Object.entries(WAYS)) {
        test(`that ${way}`, async () => {
            assert.equal(await allowed({origin, credentials: true}, APP), APP);
            assert.equal(await allowed({origin, credentials: true}, EVIL), undefined);
            const named = await allowed({origin, credentials: true}, undefined);
            assert.equal(named, way === 'says an origin' ? APP : undefined, 'to nobody');
        });
    }

    test('is asked with the origin, or undefined', async () => {
        const asked = [];
        const middleware = cors.fromOptions({origin: (origin, callback) => {
            asked.push(origin);
            callback(null, true);
        }});
        for (const origin of [APP, undefined, 'null']) {
            await exchange(middleware, from(origin));
        }
        assert.deepEqual(asked, [APP, undefined, 'null']);
    });

    test('cannot let in what no function may', async () => {
        const origin = (_, callback) => callback(null, true);
        assert.equal(await allowed({origin, credentials: true}, EVIL), EVIL);
        for (const other of ['null', 'nonsense', `${APP}/`, `${APP}, ${EVIL}`, '*', '']) {
            assert.equal(await allowed({origin, credentials: true}, other), undefined, other);
            assert.equal(await allowed({origin: (o, callback) => callback(null, o)}, other),
                other === '*' ? '*' : undefined, other);
        }
    });

    test('cannot have whoever names no origin named what is none', async () => {
        for (const answer of ['null', 'nonsense', `${APP}/`, 'https://*.app.example', APP + ',']) {
            const origin = (_, callback) => callback(null, answer);
            assert.equal(await allowed({origin, credentials: true}, undefined), undefined, answer);
        }
    });

    test('says every origin with "*", if there are no credentials', async () => {
        const origin = (_, callback) => callback(null, '*');
        assert.equal(await allowed({origin}, EVIL), '*');
        const {error, lines, vary} = await exchange(
            cors.fromOptions({origin, credentials: true}), from(EVIL));
        assert.ok(error instanceof PolicyError);
        assert.match(error.message, /would let every site act as the visitor/);
        assert.deepEqual({lines, vary}, {lines: {}, vary: ['origin']});
    });

    test('that says no has its preflights refused', async () => {
        const middleware = cors.fromOptions({origin: (_, callback) => callback(null, false)});
        const {status, passed, lines} = await exchange(middleware, from(EVIL, 'OPTIONS'));
        assert.equal(status, 403);
        assert.equal(passed, false);
        assert.equal(lines['access-control-allow-methods'], undefined);
    });

    const fault = new Error('no database');
    const FAILURES = {
        'calls back with an error': (origin, callback) => callback(fault),
        'calls back with one later': (origin, callback) => setImmediate(callback, fault),
        'throws': () => {
            throw fault;
        },
        'rejects': async () => {
            throw fault;
        },
        'rejects, and has a callback': (origin, callback) => Promise.reject(callback && fault),
    };
    for (const [way, origin] of Object.entries(FAILURES)) {
        test(`that ${way} hands the error on, once, and Vary stays`, async () => {
            for (const method of ['GET', 'OPTIONS']) {
                const {nexts, error, ended, lines, vary} =
                    await exchange(cors.fromOptions({origin}), from(APP, method));
                assert.equal(error, fault);
                assert.deepEqual({nexts, ended, lines}, {nexts: 1, ended: false, lines: {}});
                assert.ok(vary.includes('origin'));
            }
        });
    }

    test('an answer of no kind is an error', async () => {
        for (const answer of [1, {}, new URL(APP), () => true]) {
            const {error, lines} = await exchange(
                cors.fromOptions({origin: (_, callback) => callback(null, answer)}), from(APP));
            assert.ok(error instanceof TypeError);
            assert.deepEqual(lines, {});
        }
    });

    test('a dangerous pattern is an error', async () => {
        const middleware = cors.fromOptions({origin: (_, callback) => callback(null, /app/)});
        const {error, lines} = await exchange(middleware, from(EVIL));
        assert.ok(error instanceof PolicyError);
        assert.deepEqual(lines, {});
    });
});

describe('options as a function', () => {
    const delegate = (request, callback) => callback(null, request.path === '/shop'
        ? {origin: APP, credentials: true, methods: 'PUT'} : {origin: '*'});

    test('they are asked for each request', async () => {
        const middleware = cors.fromOptions(delegate);
        const shop = await exchange(middleware, {...from(APP), path: '/shop'});
        assert.equal(shop.lines['access-control-allow-origin'], APP);
        assert.equal(shop.lines['access-control-allow-credentials'], 'true');
        const other = await exchange(middleware, {...from(EVIL), path: '/'});
        assert.deepEqual(other.lines, {'access-control-allow-origin': '*'});
        assert.deepEqual(other.vary, ['origin'], 'a function may have looked at the origin');
        const evil = await exchange(middleware, {...from(EVIL), path: '/shop'});
        assert.deepEqual(evil.lines, {});
    });

    test('what it says of an origin is its own judgement', async () => {
        const options = ({headers}, callback) =>
            callback(null, {origin: headers.origin === APP, credentials: true});
        assert.equal(await allowed(options, APP), APP);
        assert.equal(await allowed(options, EVIL), undefined);
        assert.equal(await allowed(({headers}, callback) =>
            callback(null, {origin: headers.origin, credentials: true}), 'null'), undefined);
        const named = (request, callback) => callback(null, {origin: APP, credentials: true});
        assert.equal(await allowed(named, APP), APP);
        assert.equal(await allowed(named, undefined), APP);
    });

    test('* with credentials is an error, whoever asks', async () => {
        for (const from of [APP, EVIL, undefined]) {
            const middleware = cors.fromOptions((request, callback) =>
                callback(null, {origin: '*', credentials: true}));
            const {error, nexts, lines, vary} =
                await exchange(middleware, {headers: from === undefined ? {} : {origin: from}});
            assert.ok(error instanceof PolicyError);
            assert.equal(error.problems[0].rule, 'wildcard-with-credentials');
            assert.deepEqual({nexts, lines, vary}, {nexts: 1, lines: {}, vary: ['origin']});
        }
    });

    test('it may be asynchronous, or return a promise', async () => {
        const later = (request, callback) => setImmediate(callback, null, {origin: APP});
        assert.equal(await allowed(later, APP), APP);
        assert.equal(await allowed(async () => ({origin: APP}), APP), APP);
        assert.equal(await allowed((request, callback) => callback(null, {
            origin: async (origin) => isApp(origin)}), APP), APP);
    });

    test('its errors, and refused options, are handed on', async () => {
        const fault = new Error('no');
        const failing = cors.fromOptions((request, callback) => callback(fault));
        assert.equal((await exchange(failing, from(APP))).error, fault);
        const refused = cors.fromOptions((request, callback) =>
            callback(null, {origin: /app/, allowedHeaders: 'a b', credentials: true}));
        const {error, lines} = await exchange(refused, from(APP));
        assert.ok(error instanceof PolicyError);
        assert.deepEqual(lines, {});
    });

    test('options without end hold no memory', async () => {
        let number = 0;
        const middleware = cors.fromOptions((request, callback) => {
            number++;
            callback(null, {origin: APP, allowedHeaders: Array.from({length: 30},
                (_, index) => `X-${'long-'.repeat(40)}-${number}-${index}`)}); // some 6 KB
        });
        const ask = async (times) => {
            for (let i = 0; i < times; i++) {
                const {lines} = await exchange(middleware, from(APP));
                assert.equal(lines['access-control-allow-origin'], APP);
            }
            return process.memoryUsage().external;
        };
        const before = await ask(300);
        assert.ok(await ask(3000) - before < 6e6);
        middleware.close();
    });

    test('hundreds at once, each with its own', async () => {
        const middleware = cors.fromOptions(async ({headers}) => {
            await null;
            return {origin: APP, exposedHeaders: headers['x-name']};
        });
        const answers = await Promise.all(Array.from({length: 300}, (_, index) => exchange(
            middleware, {headers: {origin: APP, 'x-name': `X-${index}`}})));
        answers.forEach(({lines, error}, index) => {
            assert.equal(error, null);
            assert.equal(lines['access-control-expose-headers'], `X-${index}`);
        });
    });
});
