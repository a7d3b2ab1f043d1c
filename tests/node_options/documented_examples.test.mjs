// SPDX-License-Identifier: MIT
/** What the documentation of expressjs/cors shows, in real Express: one import is another. */

import assert from 'node:assert/strict';
import http from 'node:http';
import {describe, test} from 'node:test';

import libcors from '../../bindings/node/libcors.js';
import {installed} from './plain_exchange.mjs';

const cors = libcors.fromOptions;
const ORIGIN = 'http://example.com';

process.removeAllListeners('warning').on('warning', () => {}); // http origins are warned of

/** @param {number} port @param {{method?: string, path?: string, headers?: object}} request */
function send(port, {method = 'GET', path = '/', headers = {}}) {
    return new Promise((resolve, reject) => {
        const request = http.request({port, host: '127.0.0.1', method, path, headers, agent: false},
            (answer) => {
                let body = '';
                answer.setEncoding('utf8').on('data', (text) => {
                    body += text;
                }).on('end', () => resolve(
                    {status: answer.statusCode, headers: answer.headers, body}));
            });
        request.on('error', reject).end();
    });
}

/** Serves an application for as long as `use` takes. */
async function serving(app, use) {
    const server = http.createServer(app).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    try {
        await use((request) => send(server.address().port, request));
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
}

const preflight = (path, method = 'DELETE', origin = ORIGIN) => ({path, method: 'OPTIONS',
    headers: {origin, 'access-control-request-method': method}});

for (const version of ['express', 'express5']) {
    const express = installed(version);
    const application = (...handlers) => {
        const app = express();
        app.set('env', 'test'); // no stack traces
        handlers.forEach((handler) => app.use(handler));
        return app;
    };

    describe(version, () => {
        test('all requests', () => serving(
            application(cors())
                .get('/products/:id', (_, response) => response.json({msg: 'Hello'})),
            async (ask) => {
                const {status, headers, body} = await ask({path: '/products/1', headers: {
                    origin: ORIGIN}});
                assert.deepEqual([status, body, headers['access-control-allow-origin']],
                    [200, '{"msg":"Hello"}', '*']);
                assert.equal((await ask({path: '/x'})).headers['access-control-allow-origin'], '*');
                assert.equal((await ask(preflight('/products/1'))).status, 204);
            }));

        test('one route, with its preflights', () => serving(
            application().options('/products/:id', cors())
                .delete('/products/:id', cors(), (_, response) => response.json({msg: 'Hello'}))
                .get('/other', (_, response) => response.send('other')),
            async (ask) => {
                const {headers, status} = await ask(preflight('/products/1'));
                assert.equal(status, 204);
                assert.equal(headers['access-control-allow-methods'],
                    'GET,HEAD,PUT,PATCH,POST,DELETE');
                assert.equal((await ask({method: 'OPTIONS', path: '/products/1'})).status, 204);
                assert.equal((await ask({method: 'DELETE', path: '/products/1'})).status, 200);
                const other = await ask({path: '/other', headers: {origin: ORIGIN}});
                assert.equal(other.headers['access-control-allow-origin'], undefined);
            }));

        test('an origin, and a status', () => serving(
            application(cors({origin: ORIGIN, optionsSuccessStatus: 200})), async (ask) => {
                const {status, headers, body} = await ask(preflight('/'));
                assert.deepEqual([status, body, headers['access-control-allow-origin'],
                    headers['content-length']], [200, '', ORIGIN, '0']);
            }));

        test('origins from a database', () => {
            const db = {loadOrigins: (callback) => setImmediate(callback, null, [ORIGIN])};
            const origin = (_, callback) => db.loadOrigins((error, origins) =>
                callback(error, origins));
            return serving(application(cors({origin}), (_, response) => response.send('x')),
                async (ask) => {
                    const {headers} = await ask({headers: {origin: ORIGIN}});
                    assert.equal(headers['access-control-allow-origin'], ORIGIN);
                    assert.equal(headers.vary, 'Origin');
                    const evil = await ask({headers: {origin: 'https://evil.example'}});
                    assert.equal(evil.headers['access-control-allow-origin'], undefined);
                    assert.equal(evil.headers.vary, 'Origin');
                });
        });

        test('options for each request', () => {
            const options = (request, callback) => callback(null,
                request.path.startsWith('/auth/connect/')
                    ? {origin: 'http://mydomain.com', credentials: true} : {origin: '*'});
            return serving(application(cors(options), (_, response) => response.send('x')),
                async (ask) => {
                    const own = await ask({path: '/auth/connect/twitter',
                        headers: {origin: 'http://mydomain.com'}});
                    assert.equal(own.headers['access-control-allow-origin'], 'http://mydomain.com');
                    assert.equal(own.headers['access-control-allow-credentials'], 'true');
                    const open = await ask({path: '/public', headers: {origin: ORIGIN}});
                    assert.equal(open.headers['access-control-allow-origin'], '*');
                });
        });

        test('errors, 404s and what the application sets itself', () => serving(
            application(cors({origin: ORIGIN}), (request, response, next) => {
                response.setHeader('Access-Control-Allow-Origin', '*');
                response.vary('Accept');
                next(request.path === '/broken' ? new Error('broken') : undefined);
            }), async (ask) => {
                for (const [path, wanted] of [['/broken', 500], ['/nowhere', 404]]) {
                    const {status, headers} = await ask({path, headers: {origin: ORIGIN}});
                    assert.equal(status, wanted);
                    assert.equal(headers['access-control-allow-origin'], ORIGIN);
                    assert.match(headers.vary, /Origin/);
                    const evil = await ask({path, headers: {origin: 'https://evil.example'}});
                    assert.equal(evil.headers['access-control-allow-origin'], undefined);
                }
            }));

        test('preflights come before authentication', () => serving(
            application(cors({origin: ORIGIN}), (_, response) => response.status(401).send('who?')),
            async (ask) => {
                assert.equal((await ask(preflight('/'))).status, 204);
                const denied = await ask(preflight('/', 'PROPFIND'));
                assert.equal(denied.status, 403);
                assert.match(denied.body, /^CORS: method-not-allowed\n/);
                const actual = await ask({headers: {origin: ORIGIN}});
                assert.equal(actual.status, 401);
                assert.equal(actual.headers['access-control-allow-origin'], ORIGIN);
            }));

        test('an error of a callback is Express\' to answer', () => serving(
            application(cors({origin: (_, callback) => callback(new Error('Not allowed'))})),
            async (ask) => {
                const {status, headers} = await ask({headers: {origin: ORIGIN}});
                assert.equal(status, 500);
                assert.equal(headers['access-control-allow-origin'], undefined);
                assert.match(headers.vary, /Origin/);
            }));
    });
}
