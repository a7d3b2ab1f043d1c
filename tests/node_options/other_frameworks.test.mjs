// SPDX-License-Identifier: MIT
/** Options of @fastify/cors, @koa/cors and hono/cors beside those packages. */

import assert from 'node:assert/strict';
import http from 'node:http';
import {describe, test} from 'node:test';

import {
    PolicyError, fastifyCors, honoCors, koaCors, withCors,
} from '../../bindings/node/libcors.js';
import {installed} from './plain_exchange.mjs';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';

const REQUESTS = {
    preflight: {method: 'OPTIONS', headers: {origin: APP, 'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-a'}},
    actual: {method: 'GET', headers: {origin: APP}},
    evilPreflight: {method: 'OPTIONS', headers: {origin: EVIL,
        'access-control-request-method': 'PUT'}},
    evilActual: {method: 'GET', headers: {origin: EVIL}},
    bare: {method: 'OPTIONS', headers: {origin: APP}},
};

const ofCors = (headers) => Object.fromEntries([...headers].filter(([name]) =>
    name.startsWith('access-control-')).sort(([a], [b]) => a < b ? -1 : 1));

/** Koa's and Node's answers come over a socket. */
async function overSocket(handler, {method, headers}) {
    const server = http.createServer(handler).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
        const answer = await new Promise((resolve, reject) => http.request(
            {port: server.address().port, method, headers, agent: false}, resolve)
            .on('error', reject).end());
        answer.resume();
        return {status: answer.statusCode, lines: ofCors(Object.entries(answer.headers)),
            vary: answer.headers.vary ?? ''};
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
}

const asked = async (response) => ({status: response.status, lines: ofCors(response.headers),
    vary: response.headers.get('vary') ?? ''});

/** For each framework: an application with a middleware made of options, asked. */
const FRAMEWORKS = {
    fastify: {
        peer: (options) => (app) => app.register(installed('@fastify/cors'), options),
        ours: (options) => (app) => app.register(fastifyCors, options),
        async ask(use, request) {
            const app = installed('fastify')();
            use(app);
            app.get('/', async () => 'hello');
            const {statusCode, headers} = await app.inject({url: '/', ...request});
            await app.close();
            return {status: statusCode, lines: ofCors(Object.entries(headers)),
                vary: String(headers.vary ?? '')};
        },
        names: (options) => options,
    },
    koa: {
        peer: (options) => installed('@koa/cors')(options),
        ours: (options) => koaCors({options}),
        ask(use, request) {
            const app = new (installed('koa'))().use(use).use((context) => {
                context.body = 'hello';
            });
            return overSocket(app.callback(), request);
        },
        names: ({origin, methods, allowedHeaders, exposedHeaders, ...more}) => ({
            origin: typeof origin === 'string' ? origin
                : (context) => origin.find((one) => one === context.get('Origin')),
            allowMethods: methods, allowHeaders: allowedHeaders, exposeHeaders: exposedHeaders,
            ...more}),
    },
    hono: {
        peer: (options) => installed('hono/cors').cors(options),
        ours: (options) => honoCors({options}),
        async ask(use, request) {
            const app = new (installed('hono').Hono)();
            app.use('*', use);
            app.get('/', (context) => context.text('hello'));
            return asked(await app.request('/', request));
        },
        names: ({methods, allowedHeaders, exposedHeaders, ...more}) => ({
            allowMethods: methods, allowHeaders: allowedHeaders, exposeHeaders: exposedHeaders,
            ...more}),
    },
};

const OPTIONS = {
    listed: {origin: [APP, 'https://b.example'], methods: ['PUT', 'DELETE'],
        allowedHeaders: ['X-A', 'X-B'], exposedHeaders: ['X-Total', 'X-Page'], credentials: true,
        maxAge: 600},
    open: {origin: '*', methods: ['PUT'], maxAge: 5},
};

for (const [name, {peer, ours, ask, names}] of Object.entries(FRAMEWORKS)) {
    describe(name, () => {
        for (const [kind, options] of Object.entries(OPTIONS)) {
            // Koa's own origin is a function of its context, ours is told the origin.
            const theirs = names(options);
            const own = {...theirs, origin: options.origin};
            test(`${kind}: what is allowed is answered alike`, async () => {
                for (const request of [REQUESTS.preflight, REQUESTS.actual]) {
                    const [expected, answer] = [await ask(peer(theirs), request),
                        await ask(ours(own), request)];
                    const exposed = 'access-control-expose-headers';
                    if (request.method === 'OPTIONS' && !(exposed in expected.lines)) {
                        delete answer.lines[exposed]; // not all say it in preflights
                    }
                    assert.deepEqual(answer.lines, expected.lines);
                    assert.equal(answer.status, expected.status);
                    assert.equal(answer.vary.includes('Origin'), kind === 'listed');
                }
            });
        }

        test('what is not allowed is told nothing', async () => {
            const own = {...names(OPTIONS.listed), origin: OPTIONS.listed.origin};
            const preflight = await ask(ours(own), REQUESTS.evilPreflight);
            assert.deepEqual([preflight.status, preflight.lines], [403, {}]);
            const actual = await ask(ours(own), REQUESTS.evilActual);
            assert.deepEqual([actual.status, actual.lines], [200, {}]);
            assert.match(actual.vary, /Origin/);
        });

        test('who names no origin is named the one that is text, where the peer does', async () => {
            const options = {origin: APP};
            const nobodys = {method: 'GET', headers: {}};
            const [expected, answer] = [await ask(peer(options), nobodys),
                await ask(ours(options), nobodys)];
            assert.deepEqual(answer.lines, expected.lines);
            assert.match(answer.vary, /Origin/);
            assert.deepEqual((await ask(ours(options), REQUESTS.evilActual)).lines, {});
        });

        test('an OPTIONS that is no preflight', async () => {
            const own = {...names(OPTIONS.listed), origin: OPTIONS.listed.origin};
            const {status} = await ask(ours(own), REQUESTS.bare);
            // Fastify and Koa hand it on; hono/cors takes it for a preflight.
            assert.equal(status, {fastify: 404, koa: 200, hono: 204}[name]);
        });

        test('any origin with credentials is refused', async () => {
            await assert.rejects(async () => ask(ours({credentials: true}), REQUESTS.actual),
                PolicyError);
            await assert.rejects(async () => ask(ours({origin: /example/}), REQUESTS.actual),
                PolicyError);
        });

        test('a function is asked, with the framework\'s own request last', async () => {
            const seen = [];
            const origin = async (one, callback, native) => {
                seen.push(typeof native);
                return one === APP;
            };
            const {lines} = await ask(ours({origin}), REQUESTS.actual);
            assert.equal(lines['access-control-allow-origin'], APP);
            assert.deepEqual((await ask(ours({origin}), REQUESTS.evilActual)).lines, {});
            assert.deepEqual(seen, ['object', 'object']);
        });
    });
}

test('fetch handlers', async () => {
    const handler = withCors(() => new Response('hello'), {options: OPTIONS.listed});
    const request = ({method, headers}) => new Request('https://api.example/', {method, headers});
    const answer = await asked(await handler(request(REQUESTS.preflight)));
    assert.equal(answer.lines['access-control-allow-origin'], APP);
    assert.equal(answer.lines['access-control-allow-methods'], 'PUT,DELETE');
    assert.deepEqual((await asked(await handler(request(REQUESTS.evilActual)))).lines, {});
});

test('who names no origin is told of as that, whatever is answered', async () => {
    const told = [];
    const handler = withCors(() => new Response('hello'), {options: {origin: APP}},
        {enforce: 'block', onDecision: (decision) => told.push(decision)});
    const {lines} = await asked(await handler(new Request('https://api.example/')));
    assert.deepEqual(lines, {'access-control-allow-origin': APP});
    const [{kind, allowed, reason, blocks, set}] = told;
    assert.deepEqual({kind, allowed, reason, blocks},
        {kind: 'no-origin', allowed: null, reason: 'no-origin', blocks: false});
    assert.equal(set.length, 1);
});
