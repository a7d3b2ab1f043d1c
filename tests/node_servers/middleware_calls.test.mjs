// SPDX-License-Identifier: MIT
/** The middleware called: protocols, objects that are less than a request, several of it at once. */

import assert from 'node:assert/strict';
import {once} from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const {cors} = await import(pathToFileURL(process.env.CORS_NODE_LIBRARY).href);

const POLICY = {
    allow_origins: ['https://a.example'], allow_methods: ['PUT'], expose_headers: ['x-e'],
    allow_credentials: true,
};
const FRIEND = {origin: 'https://a.example'};
const PREFLIGHT = {...FRIEND, 'access-control-request-method': 'PUT'};

/** The lines of an answer that are CORS's. @param {Record<string, unknown>} headers */
function corsOf(headers) {
    return Object.fromEntries(Object.entries(headers)
        .filter(([name]) => /^(access-control-.*|vary)$/i.test(name))
        .map(([name, value]) => [name.toLowerCase(), value]));
}

const GRANTED = {
    'access-control-allow-origin': 'https://a.example',
    'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'x-e',
};

async function listening(server) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
}

/** A server's answer to one request. */
async function exchange(listener, {method = 'GET', path = '/', headers = {}}) {
    const server = http.createServer(listener);
    const port = await listening(server);
    const request = http.request({port, host: '127.0.0.1', method, path, headers, agent: false});
    const [response] = await once(request.end(), 'response');
    response.setEncoding('utf8');
    let body = '';
    for await (const piece of response) {
        body += piece;
    }
    server.close();
    return {status: response.statusCode, headers: response.headers, body};
}

test('HTTP/2: the head is settled, the authority is the host', async () => {
    const middleware = cors(POLICY, {enforce: 'block'});
    const server = http2.createServer((request, response) => {
        middleware(request, response, () => {
            response.setHeader('Vary', 'Accept');
            if (request.url === '/head') {
                response.writeHead(201, {'access-control-allow-origin': '*', 'x-one': '1'});
            }
            response.end(request.url === '/empty' ? undefined : 'body');
        });
    });
    const session = http2.connect(`http://127.0.0.1:${await listening(server)}`);
    const ask = async (headers) => {
        const stream = session.request(headers, {endStream: true});
        const [answer] = await once(stream, 'response');
        stream.resume();
        await once(stream, 'end');
        return answer;
    };
    for (const path of ['/', '/empty', '/head']) {
        const answer = await ask({':path': path, ...FRIEND});
        assert.deepEqual(corsOf(answer), {...GRANTED, vary: 'Accept, Origin'}, path);
        assert.equal(answer[':status'], path === '/head' ? 201 : 200);
    }
    const preflight = await ask({':method': 'OPTIONS', ...PREFLIGHT});
    assert.equal(preflight[':status'], 204);
    assert.equal(preflight['access-control-allow-methods'], 'PUT');
    const own = {':authority': 'api.example', 'origin': 'https://api.example'};
    assert.equal((await ask(own))[':status'], 200);
    assert.equal((await ask({...own, ':authority': 'b.example'}))[':status'], 403);
    session.close();
    server.close();
});

test('HTTP/1.0', async () => {
    const middleware = cors(POLICY);
    const server = http.createServer((request, response) =>
        middleware(request, response, () => response.end('body')));
    const socket = net.connect(await listening(server), '127.0.0.1');
    socket.end('GET / HTTP/1.0\r\nOrigin: https://a.example\r\n\r\n');
    let answer = '';
    for await (const piece of socket.setEncoding('latin1')) {
        answer += piece;
    }
    assert.match(answer, /\r\nAccess-Control-Allow-Origin: https:\/\/a\.example\r\n/);
    assert.match(answer, /\r\nVary: Origin\r\n/);
    server.close();
});

test('a handshake for a WebSocket is not touched', async () => {
    const middleware = cors(POLICY, {enforce: 'block'});
    const server = http.createServer((request, response) =>
        middleware(request, response, () => response.end()));
    server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching\r\n\r\nhello'));
    const socket = net.connect(await listening(server), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://b.example\r\n' +
        'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    let answer = '';
    for await (const piece of socket.setEncoding('latin1')) {
        answer += piece;
    }
    assert.equal(answer, 'HTTP/1.1 101 Switching\r\n\r\nhello');
    server.close();
});

test('what was set before the middleware is replaced too', async () => {
    const middleware = cors(POLICY);
    const answer = await exchange((request, response) => {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('Access-Control-Max-Age', '7');
        response.setHeader('Vary', 'Accept');
        middleware(request, response, () => response.end());
    }, {headers: FRIEND});
    assert.deepEqual(corsOf(answer.headers), {...GRANTED, vary: 'Accept, Origin'});
});

test('preflights keep what was set before, but for the lines of the policy', async () => {
    const middleware = cors(POLICY);
    const answer = await exchange((request, response) => {
        response.setHeader('Access-Control-Expose-Headers', 'x-other');
        response.setHeader('Vary', 'Accept');
        middleware(request, response, () => assert.fail('reached'));
    }, {method: 'OPTIONS', headers: PREFLIGHT});
    assert.equal(answer.headers.vary,
        'Accept, Access-Control-Request-Method, Access-Control-Request-Headers, Origin');
    assert.equal(answer.headers['access-control-expose-headers'], undefined);
    assert.equal(answer.headers['content-length'], undefined);
});

test('a preflight answered with 200 has no body', async () => {
    const middleware = cors({...POLICY, preflight_status: 200});
    const answer = await exchange((request, response) =>
        middleware(request, response, () => assert.fail('reached')),
    {method: 'OPTIONS', headers: PREFLIGHT});
    assert.deepEqual([answer.status, answer.headers['content-length'], answer.body],
        [200, '0', '']);
});

test('of two middlewares for one answer the later counts', async () => {
    const outer = cors(POLICY);
    const inner = cors({allow_origins: ['https://a.example'], expose_headers: ['x-inner']});
    const answer = await exchange((request, response) => outer(request, response, () =>
        inner(request, response, () => response.end())), {headers: FRIEND});
    assert.deepEqual(corsOf(answer.headers), {
        'access-control-allow-origin': 'https://a.example',
        'access-control-expose-headers': 'x-inner', 'vary': 'Origin',
    });
});

test('where no policy is, the application\'s lines stay', async () => {
    const middleware = cors({policies: [{path: '/api/*', ...POLICY}]});
    const listener = (request, response) => middleware(request, response, () => {
        response.setHeader('Access-Control-Allow-Origin', '*');
        response.end();
    });
    const outside = await exchange(listener, {path: '/other', headers: FRIEND});
    assert.deepEqual(corsOf(outside.headers), {'access-control-allow-origin': '*'});
    const inside = await exchange(listener, {path: '/api/x', headers: FRIEND});
    assert.deepEqual(corsOf(inside.headers), {...GRANTED, vary: 'Origin'});
});

test('the path is the one that the client asked for', async () => {
    const middleware = cors({policies: [{path: '/api/*', ...POLICY}]});
    const answer = await exchange((request, response) => {
        Object.assign(request, {originalUrl: request.url, url: '/x'});
        middleware(request, response, () => response.end());
    }, {path: '/api/x', headers: FRIEND});
    assert.deepEqual(corsOf(answer.headers), {...GRANTED, vary: 'Origin'});
});

/** As little of a response as tests of applications make up. */
class Answer {
    lines = new Map();
    statusCode = 200;
    body = null;

    setHeader(name, value) {
        this.lines.set(name.toLowerCase(), value);
    }

    getHeader(name) {
        return this.lines.get(name.toLowerCase());
    }

    end(body = '') {
        this.body = body;
    }
}

test('objects that have a method, headers, setHeader, getHeader and end', () => {
    const middleware = cors(POLICY);
    const actual = new Answer();
    actual.setHeader('Vary', 'Accept');
    let calls = 0;
    middleware({method: 'GET', headers: {Origin: 'https://a.example'}}, actual, () => calls++);
    assert.equal(calls, 1, 'next() is called at once');
    assert.deepEqual(Object.fromEntries(actual.lines), {...GRANTED, vary: 'Accept, Origin'});

    const preflight = new Answer();
    const headers = {'ORIGIN': ['https://a.example'], 'Access-Control-Request-Method': 'PUT'};
    middleware({method: 'OPTIONS', headers}, preflight, () => assert.fail('reached'));
    assert.deepEqual([preflight.statusCode, preflight.body], [204, '']);
    assert.equal(preflight.getHeader('access-control-allow-methods'), 'PUT');

    const bare = new Answer();
    middleware({method: 'GET'}, bare, () => calls++);
    assert.deepEqual(Object.fromEntries(bare.lines), {vary: 'Origin'});
    assert.equal(calls, 2);
});

test('what an application does with a decision that it is told changes no other answer', () => {
    const told = [];
    const middleware = cors(POLICY, {onDecision(decision) {
        told.push(structuredClone(decision));
        decision.vary.push('Cookie');
        decision.set[0][1] = '*';
        decision.set.push(['X-Own', '1']);
    }});
    const lines = [];
    for (let i = 0; i < 3; i++) {
        const answer = new Answer();
        middleware({method: 'GET', headers: FRIEND}, answer, () => {});
        lines.push(Object.fromEntries(answer.lines));
    }
    assert.deepEqual(told, [told[0], told[0], told[0]]);
    assert.deepEqual(lines, Array(3).fill({...GRANTED, vary: 'Origin'}));
});

test('an error of onDecision, and a middleware that was closed, go to next()', () => {
    const failing = cors(POLICY, {onDecision() {
        throw new Error('the log is full');
    }});
    const errors = [];
    failing({method: 'GET', headers: {}}, new Answer(), (error) => errors.push(error.message));
    const closed = cors(POLICY);
    closed.close();
    closed({method: 'GET', headers: {}}, new Answer(), (error) => errors.push(error.message));
    assert.equal(errors.length, 2);
    assert.equal(errors[0], 'the log is full');
    assert.match(errors[1], /released|closed/);
});

test('an error that the application throws is not caught', () => {
    const middleware = cors(POLICY);
    assert.throws(() => middleware({method: 'GET', headers: {}}, new Answer(), () => {
        throw new Error('of the application');
    }), /of the application/);
});

test('a head that Node refuses is refused as before', async () => {
    const middleware = cors(POLICY);
    const seen = [];
    const attempt = (run) => {
        try {
            run();
        } catch (error) {
            seen.push(error.code);
        }
    };
    await exchange((request, response) => middleware(request, response, () => {
        attempt(() => response.writeHead(200, ['x-odd']));
        attempt(() => response.writeHead(99));
        response.writeHead(200);
        attempt(() => response.writeHead(200));
        response.end();
    }), {headers: FRIEND});
    assert.deepEqual(seen,
        ['ERR_INVALID_ARG_VALUE', 'ERR_HTTP_INVALID_STATUS_CODE', 'ERR_HTTP_HEADERS_SENT']);
});

test('a preflight that an outer middleware let through is the inner one\'s to answer', async () => {
    const outer = cors({policies: [{path: '/other', ...POLICY}]});
    const passing = cors.fromOptions({origin: 'https://b.example', preflightContinue: true});
    const inner = cors(POLICY);
    const answer = await exchange((request, response) => outer(request, response, () =>
        passing(request, response, () => inner(request, response, () => assert.fail('reached')))),
    {method: 'OPTIONS', headers: PREFLIGHT});
    assert.equal(answer.status, 204);
    assert.deepEqual(corsOf(answer.headers), {
        'access-control-allow-origin': 'https://a.example',
        'access-control-allow-credentials': 'true', 'access-control-allow-methods': 'PUT',
        'vary': 'Access-Control-Request-Method, Access-Control-Request-Headers, Origin',
    });
});
