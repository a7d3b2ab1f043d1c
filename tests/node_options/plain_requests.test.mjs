// SPDX-License-Identifier: MIT
/**
 * Tests of applications hand middleware plain objects: a method, headers, and what sets headers.
 * What they assert of expressjs/cors holds here.
 */

import assert from 'node:assert/strict';
import {describe, test} from 'node:test';

import cors from '../../bindings/node/libcors.js';
import {PlainResponse, exchange} from './plain_exchange.mjs';

const APP = 'https://app.example';

/** @param {Record<string, string>} [more] */
const preflight = (more = {}) => ({method: 'OPTIONS', headers: {'origin': APP,
    'access-control-request-method': 'PUT', ...more}});
const from = (origin, method = 'GET') => ({method, headers: {origin}});

describe('answers', () => {
    test('a preflight is answered with the defaults, and goes no further', async () => {
        const answer = await exchange(cors.fromOptions(), preflight());
        assert.deepEqual(answer.lines, {
            'access-control-allow-origin': '*',
            'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
            'content-length': '0',
        });
        assert.equal(answer.status, 204);
        assert.equal(answer.passed, false);
    });

    test('all options at once', async () => {
        const middleware = cors.fromOptions({origin: APP, methods: ['PUT', 'PROPFIND'],
            headers: ['X-One', 'x-two'], exposedHeaders: ['X-Total', 'X-Page'], credentials: true,
            maxAge: 123, optionsSuccessStatus: 200});
        const answer = await exchange(middleware,
            preflight({'access-control-request-headers': 'x-one'}));
        assert.equal(answer.status, 200);
        assert.deepEqual(answer.lines, {
            'access-control-allow-origin': APP,
            'access-control-allow-credentials': 'true',
            'access-control-allow-methods': 'PUT,PROPFIND',
            'access-control-allow-headers': 'X-One,x-two',
            'access-control-max-age': '123',
            'access-control-expose-headers': 'X-Total,X-Page',
            'content-length': '0',
        });
    });

    test('an actual request goes on, once, with nothing handed to next', async () => {
        const {nexts, error, lines} = await exchange(cors.fromOptions(), from(APP));
        assert.deepEqual({nexts, error, lines},
            {nexts: 1, error: null, lines: {'access-control-allow-origin': '*'}});
    });

    test('maxAge 0 is said', async () => {
        for (const maxAge of [0, -1, '-1']) {
            const {lines} = await exchange(cors.fromOptions({maxAge}), preflight());
            assert.equal(lines['access-control-max-age'], '0');
        }
    });

    test('requested headers are echoed as they were asked for', async () => {
        const {lines} = await exchange(cors.fromOptions({origin: APP, credentials: true}),
            preflight({'access-control-request-headers': 'x-b, authorization,x-a'}));
        assert.equal(lines['access-control-allow-headers'], 'x-b, authorization,x-a');
    });

    test('an OPTIONS without more is answered as a preflight, in any case', async () => {
        for (const method of ['OPTIONS', 'options']) {
            const answer = await exchange(cors.fromOptions({origin: APP}), from(APP, method));
            assert.equal(answer.status, 204);
            assert.equal(answer.lines['access-control-allow-methods'],
                'GET,HEAD,PUT,PATCH,POST,DELETE');
        }
        assert.equal((await exchange(cors.fromOptions(), {method: 'OPTIONS'})).status, 204);
    });

    test('Vary of an OPTIONS that names no method is spelled as the peer has it', () => {
        const vary = (options, headers = {origin: APP}) => {
            const response = new PlainResponse();
            cors.fromOptions(options)({method: 'OPTIONS', headers}, response, () => {});
            return response.getHeader('Vary');
        };
        const [headers, both] = ['Access-Control-Request-Headers',
            'Origin, Access-Control-Request-Headers'];
        assert.equal(vary(), headers);
        assert.equal(vary({}, {}), headers);
        assert.equal(vary({allowedHeaders: ['X-A']}), undefined);
        assert.equal(vary({origin: APP}), both);
        assert.equal(vary({origin: [APP]}, {}), both);
        assert.equal(vary({origin: APP, allowedHeaders: 'X-A'}), 'Origin');
        assert.equal(vary({origin: (_, callback) => callback(null, false)}, {}), both);
        const all = `Access-Control-Request-Method, ${headers}`;
        assert.equal(vary({allowedHeaders: ['X-A']}, preflight().headers), all);
        assert.equal(vary({}, {'access-control-request-method': 'PUT'}), all);
    });

    test('only names of headers are echoed', async () => {
        const requested = 'access-control-request-headers';
        for (const origin of ['*', APP, [APP], true]) {
            for (const request of [from(APP, 'OPTIONS'), preflight(), {method: 'OPTIONS'}]) {
                const asked = (names) => exchange(cors.fromOptions({origin}),
                    {...request, headers: {...request.headers, [requested]: names}});
                const isNamed = request.headers !== undefined || typeof origin === 'string';
                const fine = await asked('x-b, x-a');
                assert.equal(fine.lines['access-control-allow-headers'],
                    isNamed ? 'x-b, x-a' : undefined);
                for (const bad of ['x-a\r\nset-cookie: b', 'x a', 'x-\u00E9', 'x-a;x-b']) {
                    const {status, lines} = await asked(bad);
                    assert.equal(status, isNamed ? 403 : 204);
                    assert.equal(lines['access-control-allow-headers'], undefined);
                }
            }
        }
    });

    test('an OPTIONS that names no method may name headers that are not listed', async () => {
        const answer = await exchange(cors.fromOptions({allowedHeaders: ['X-A']}), {
            method: 'OPTIONS', headers: {'origin': APP, 'access-control-request-headers': 'x-z'}});
        assert.equal(answer.status, 204);
        assert.equal(answer.lines['access-control-allow-headers'], 'X-A');
    });

    test('one origin that is text is named to whoever names none, and to no other', async () => {
        for (const origin of [APP, 'https://APP.example', new String(APP)]) {
            const middleware = cors.fromOptions({origin, credentials: true, exposedHeaders: 'X-A'});
            const nobodys = await exchange(middleware);
            assert.deepEqual(nobodys.lines, {
                'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true',
                'access-control-expose-headers': 'X-A',
            });
            assert.deepEqual(nobodys.vary, ['origin']);
            for (const other of ['https://evil.example', 'null', '']) {
                const {lines, vary} = await exchange(middleware, from(other));
                assert.deepEqual({lines, vary}, {lines: {}, vary: ['origin']});
            }
            const bare = await exchange(middleware, {method: 'OPTIONS'});
            assert.equal(bare.lines['access-control-allow-origin'], APP);
            const evil = await exchange(middleware, from('https://evil.example', 'OPTIONS'));
            assert.deepEqual(Object.keys(evil.lines), ['content-type']);
        }
        for (const origin of [[APP], /^https:\/\/app\.example$/, 'https://*.app.example']) {
            const {lines, vary} = await exchange(cors.fromOptions({origin}));
            assert.deepEqual({lines, vary}, {lines: {}, vary: ['origin']});
        }
    });

    test('preflightContinue leaves the answer to the application', async () => {
        const answer = await exchange(cors.fromOptions({preflightContinue: true}), preflight());
        assert.equal(answer.passed, true);
        assert.equal(answer.ended, false);
        assert.equal(answer.lines['access-control-allow-origin'], '*');
    });

    test('false, and what is missing from the environment, switch it off', async () => {
        for (const origin of [false, '', undefined, null]) {
            const answer = await exchange(cors.fromOptions({origin}), preflight());
            assert.deepEqual(answer.lines, {});
            assert.equal(answer.passed, true);
        }
    });

    test('Vary holds what it held', () => {
        const response = new PlainResponse();
        response.setHeader('Vary', 'Accept-Encoding');
        cors.fromOptions({origin: APP})(from(APP), response, () => {});
        assert.equal(response.getHeader('Vary'), 'Accept-Encoding, Origin');
    });

    test('frozen options', async () => {
        const options = Object.freeze({origin: Object.freeze([APP]), maxAge: 5});
        const {lines} = await exchange(cors.fromOptions(options), from(APP));
        assert.equal(lines['access-control-allow-origin'], APP);
    });

    test('a target that is empty, or no text, is as good as none', async () => {
        const middleware = cors.fromOptions({origin: APP});
        for (const more of [{url: ''}, {url: {}}, {url: null}, {url: 7}, {url: '/x?y'},
            {originalUrl: '', url: '/'}, {originalUrl: {}, url: '/x'}]) {
            const {error, lines, vary} = await exchange(middleware, {...from(APP), ...more});
            assert.equal(error, null);
            assert.equal(lines['access-control-allow-origin'], APP);
            assert.deepEqual(vary, ['origin']);
        }
    });

    test('headers in capitals, in lists, without a URL', async () => {
        const middleware = cors.fromOptions({origin: APP});
        const answer = await exchange(middleware, {method: 'OPTIONS', headers: {
            'Origin': APP, 'Access-Control-Request-Method': ['PUT']}});
        assert.equal(answer.lines['access-control-allow-origin'], APP);
    });
});

describe('regular expressions', () => {
    test('g and y do not make every other request fail', async () => {
        for (const origin of [/^https:\/\/app\.example$/g, /^https:\/\/(\w+\.)?app\.example$/gi,
            /https:\/\/app\.example$/y, /^https:\/\/([a-m]+\.)?app\.example$/y]) {
            const middleware = cors.fromOptions({origin});
            for (let i = 0; i < 4; i++) {
                const {lines} = await exchange(middleware, from(APP));
                assert.equal(lines['access-control-allow-origin'], APP, `${origin}`);
            }
        }
    });

    test('one that a policy cannot say exactly allows no more than it says', async () => {
        const middleware = cors.fromOptions({origin: ['https://b.example',
            /^https:\/\/([a-m]+\.)?app\.example$/]});
        const allowed = async (origin) =>
            (await exchange(middleware, from(origin))).lines['access-control-allow-origin'];
        assert.equal(await allowed(APP), APP);
        assert.equal(await allowed('https://b.example'), 'https://b.example');
        assert.equal(await allowed('https://admin.app.example'), undefined);
        assert.equal(await allowed('https://abc.app.example'), 'https://abc.app.example');
        assert.equal(await allowed('https://abc.app.example\n'), undefined);
        assert.equal(await allowed(`https://${'a'.repeat(600)}.app.example`), undefined);
    });
});
