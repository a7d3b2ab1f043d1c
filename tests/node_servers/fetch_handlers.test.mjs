// SPDX-License-Identifier: MIT
/** Handlers of fetch's Request and Response, wrapped; and Hono without a server. */

import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const {honoCors, withCors} = await import(pathToFileURL(process.env.CORS_NODE_LIBRARY).href);
const {Hono} = createRequire(process.env.CORS_NODE_MODULES)('hono');

const POLICY = {allow_origins: ['https://a.example'], allow_methods: ['PUT']};

function get(target = '/', headers = {}) {
    return new Request(new URL(target, 'https://api.example'),
        {headers: {origin: 'https://a.example', ...headers}});
}

function corsOf(response) {
    return [response.headers.get('access-control-allow-origin'), response.headers.get('vary')];
}

const GRANTED = ['https://a.example', 'Origin'];

test('arguments go on, and answers come back', async () => {
    const handler = withCors((request, more) => new Response(`${request.method} ${more.id}`), POLICY);
    const response = await handler(get(), {id: 7});
    assert.equal(await response.text(), 'GET 7');
    assert.deepEqual(corsOf(response), GRANTED);
});

test('a preflight is answered', async () => {
    const handler = withCors(() => assert.fail('reached'), POLICY);
    const ask = (method) => handler(new Request('https://api.example/', {method: 'OPTIONS',
        headers: {'origin': 'https://a.example', 'access-control-request-method': method}}));
    const allowed = await ask('PUT');
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get('access-control-allow-methods'), 'PUT');
    const denied = await ask('DELETE');
    assert.equal(denied.status, 403);
    assert.match(await denied.text(), /method-not-allowed/);
});

test('answers that cannot be changed are copied', async () => {
    const redirect = await withCors((request) => Response.redirect(request.url, 303), POLICY)(get());
    assert.equal(redirect.status, 303);
    assert.equal(redirect.headers.get('location'), 'https://api.example/');
    assert.deepEqual(corsOf(redirect), GRANTED);
    const fetched = await withCors(() => fetch('data:text/plain,hello'), POLICY)(get());
    assert.equal(await fetched.text(), 'hello');
    assert.deepEqual(corsOf(fetched), GRANTED);
});

test('an answer that several requests get keeps no lines of one of them', async () => {
    const shared = new Response(null, {status: 304, headers: {vary: 'Accept'}});
    const handler = withCors(() => shared, POLICY);
    assert.deepEqual(corsOf(await handler(get())), ['https://a.example', 'Accept, Origin']);
    assert.deepEqual(corsOf(shared), [null, 'Accept']);
});

test('several cookies stay several', async () => {
    const headers = [['set-cookie', 'a=1'], ['set-cookie', 'b=2']];
    const handler = withCors(() => new Response(null, {headers}), POLICY);
    const response = await handler(get());
    assert.deepEqual([...response.headers].filter(([name]) => name === 'set-cookie'), headers);
});

test('no answer, and one that switches protocols, stay as they are', async () => {
    assert.equal(await withCors(() => undefined, POLICY)(get()), undefined);
    const switched = {status: 101, headers: new Headers()};
    assert.equal(await withCors(() => switched, POLICY)(get()), switched);
    assert.equal(switched.headers.get('vary'), null);
    const failed = Response.error();
    assert.equal(await withCors(() => failed, POLICY)(get()), failed);
});

test('what a handler throws is answered, with the lines, and told', async (context) => {
    const told = context.mock.method(console, 'error', () => {});
    const error = new Error('out of order');
    const response = await withCors(async () => {
        throw error;
    }, POLICY)(get());
    assert.equal(response.status, 500);
    assert.deepEqual(corsOf(response), GRANTED);
    assert.deepEqual(told.mock.calls.map((call) => call.arguments), [[error]]);
});

test('onError answers instead, or throws on', async () => {
    const failing = () => {
        throw new Error('out of order');
    };
    const onError = (error, request) => new Response(`${error.message}: ${request.url}`, {status: 503});
    const response = await withCors(failing, POLICY, {onError})(get());
    assert.equal(response.status, 503);
    assert.equal(await response.text(), 'out of order: https://api.example/');
    assert.deepEqual(corsOf(response), GRANTED);
    const rethrows = withCors(failing, POLICY, {onError(error) {
        throw error;
    }});
    await assert.rejects(rethrows(get()), /out of order/);
});

test('a thrown Response is an answer, and a signal of the framework goes on', async () => {
    const response = await withCors(() => {
        throw new Response('gone', {status: 410});
    }, POLICY)(get());
    assert.deepEqual([response.status, corsOf(response)], [410, GRANTED]);
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), {digest: 'NEXT_REDIRECT;/login'});
    await assert.rejects(withCors(() => Promise.reject(redirect), POLICY)(get()),
        (thrown) => thrown === redirect);
});

test('a fragment and a query do not change the path', async () => {
    const handler = withCors(() => new Response(null),
        {policies: [{path: '/api', ...POLICY}]});
    for (const target of ['/api', '/api?x=/', '/api#/other']) {
        assert.deepEqual(corsOf(await handler(get(target))), GRANTED, target);
    }
    assert.deepEqual(corsOf(await handler(get('/other'))), [null, null]);
});

test('the host comes from the URL where no line says it', async () => {
    const handler = withCors(() => new Response(null), POLICY, {enforce: 'block'});
    const ask = (origin) => handler(get('/', {origin}));
    assert.equal((await ask('https://api.example')).status, 200);
    assert.equal((await ask('https://b.example')).status, 403);
});

test('options of other middleware', async () => {
    const options = {origin: async (origin) => origin === 'https://a.example', credentials: true};
    const handler = withCors(() => new Response(null), {options});
    assert.equal((await handler(get())).headers.get('access-control-allow-credentials'), 'true');
    assert.deepEqual(corsOf(await handler(get('/', {origin: 'https://b.example'}))),
        [null, 'Origin']);
});

function hono(...middleware) {
    const app = new Hono();
    app.use(...middleware);
    app.get('/', (context) => context.text('body'));
    app.get('/vary', (context) => context.body(null, 200, {Vary: 'Accept'}));
    app.get('/failing', () => {
        throw new Error('out of order');
    });
    app.onError((error, context) => context.text(error.message, 500));
    return app;
}

test('Hono without a server', async () => {
    const app = hono(honoCors(POLICY));
    const headers = {origin: 'https://a.example'};
    assert.deepEqual(corsOf(await app.request('/', {headers})), GRANTED);
    assert.deepEqual(corsOf(await app.request('/vary', {headers})),
        ['https://a.example', 'Accept, Origin']);
    for (const [path, status] of [['/failing', 500], ['/nowhere', 404]]) {
        const response = await app.request(path, {headers});
        assert.deepEqual([response.status, corsOf(response)], [status, GRANTED]);
    }
});

test('Hono below a path, and two middlewares of which the inner counts last', async () => {
    const app = hono('/vary', honoCors(POLICY));
    const headers = {origin: 'https://a.example'};
    assert.deepEqual(corsOf(await app.request('/', {headers})), [null, null]);
    assert.deepEqual(corsOf(await app.request('/vary', {headers})),
        ['https://a.example', 'Accept, Origin']);
});

test('Hono and a function that fails', async () => {
    const app = hono(honoCors({options: {origin() {
        throw new Error('no database');
    }}}));
    const response = await app.request('/', {headers: {origin: 'https://a.example'}});
    assert.deepEqual([response.status, await response.text()], [500, 'no database']);
});
