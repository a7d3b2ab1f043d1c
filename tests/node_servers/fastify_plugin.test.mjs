// SPDX-License-Identifier: MIT
/** The plugin in Fastify 4 and 5: whom it covers, and what else register() may hand it. */

import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const {PolicyError, fastifyCors} = await import(pathToFileURL(process.env.CORS_NODE_LIBRARY).href);
const makers = {
    'Fastify 4': createRequire(process.env.CORS_NODE_MODULES)('fastify'),
    'Fastify 5': createRequire(import.meta.url)('fastify5'),
};

const policy = {allow_origins: ['https://a.example'], allow_methods: ['PUT']};
const headers = {origin: 'https://a.example'};
const preflight = {
    method: 'OPTIONS', headers: {...headers, 'access-control-request-method': 'PUT'},
};

/** Who may read an answer, and what it varies by. */
async function ask(app, url, init = {headers}) {
    const {headers: lines, statusCode} = await app.inject({url, ...init});
    return [statusCode, lines['access-control-allow-origin'], lines.vary];
}

const GRANTED = ['https://a.example', 'Origin'];

for (const [name, fastify] of Object.entries(makers)) {
    test(`${name}: registered above, it covers all plugins, 404 and validation`, async () => {
        const app = fastify();
        app.register(fastifyCors, {policy});
        app.register(async (scope) => {
            scope.get('/in', async () => 'in');
            scope.setNotFoundHandler((request, reply) => reply.code(404).send('mine'));
        }, {prefix: '/scope'});
        app.post('/checked', {schema: {body: {type: 'object', required: ['a']}}}, async () => 'x');
        assert.deepEqual(await ask(app, '/scope/in'), [200, ...GRANTED]);
        assert.deepEqual(await ask(app, '/scope/none'), [404, ...GRANTED]);
        assert.deepEqual(await ask(app, '/none'), [404, ...GRANTED]);
        assert.deepEqual(await ask(app, '/checked', {headers, method: 'POST', payload: {}}),
            [400, ...GRANTED]);
        assert.equal((await ask(app, '/none', preflight))[0], 204);
        await app.close();
    });

    test(`${name}: registered in a plugin, it covers that plugin`, async () => {
        const app = fastify();
        app.register(async (scope) => {
            scope.register(fastifyCors, {policy});
            scope.route({method: ['GET', 'OPTIONS'], url: '/in', handler: async () => 'in'});
        });
        app.get('/out', async () => 'out');
        assert.deepEqual(await ask(app, '/in'), [200, ...GRANTED]);
        assert.equal((await ask(app, '/in', preflight))[0], 204);
        assert.deepEqual(await ask(app, '/out'), [200, undefined, undefined]);
        await app.close();
    });

    test(`${name}: the options of @fastify/cors, and functions that give them`, async () => {
        const options = {origin: 'https://a.example', methods: ['PUT']};
        const registered = {
            'an object': [options, {prefix: '/ignored'}],
            'a function': [() => (request, callback) => callback(null, options)],
            'a delegator': [{delegator: (request, callback) => callback(null, options)}],
        };
        for (const [what, given] of Object.entries(registered)) {
            const app = fastify();
            app.register(fastifyCors, typeof given[0] === 'function' ? given[0]
                : Object.assign({}, ...given));
            app.get('/', async () => 'x');
            assert.deepEqual(await ask(app, '/'), [200, ...GRANTED], what);
            assert.equal((await ask(app, '/', preflight))[0], 204, what);
            await app.close();
        }
    });

    test(`${name}: a bad policy keeps the server from starting`, async () => {
        const app = fastify();
        app.register(fastifyCors, {policy: {allow_origins: ['https://a.example/']}});
        await assert.rejects(async () => app.ready(), (error) => {
            assert.ok(error instanceof PolicyError);
            assert.match(error.message, /write: https:\/\/a\.example$/);
            return true;
        });
    });

    test(`${name}: an answer of the plugin's goes through the hooks of others`, async () => {
        const app = fastify();
        const seen = [];
        app.register(fastifyCors, {policy});
        app.addHook('onResponse', async (request, reply) => seen.push(reply.statusCode));
        assert.equal((await ask(app, '/', preflight))[0], 204);
        await app.close();
        assert.deepEqual(seen, [204]);
    });
}
