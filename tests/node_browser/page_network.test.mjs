// SPDX-License-Identifier: MIT
// How createBrowser's requests travel: hosts, addresses, aborts, odd answers, other transports.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {test} from 'node:test';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {createBrowser} from '../../bindings/node/source/page_browser.js';
import {allow, openBrowser, serve} from './page_servers.mjs';

/** A server that writes bytes as they are, then hangs up unless it is to stay. */
async function serveBytes(t, bytes, {stay = false} = {}) {
    const sockets = new Set();
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.once('data', () => (stay ? socket.write(bytes) : socket.end(bytes)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
        server.close();
        sockets.forEach((socket) => socket.destroy());
    });
    return {url: `http://127.0.0.1:${server.address().port}/`, sockets};
}

const HEAD = 'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n';

async function codeOf(promise) {
    try {
        await promise;
        return 'ok';
    } catch (error) {
        return error.cause?.code ?? error.name;
    }
}

test('hosts: Host and URL stay those that the page named', async (t) => {
    const server = await serve(t);
    const place = `http://127.0.0.1:${server.port}`;
    const browser = openBrowser(t, {hosts: {'api.example': place, 'api.example:8443': place}});
    for (const [url, host] of [['https://api.example/x', 'api.example'],
        ['https://api.example:8443/x', 'api.example:8443'],
        ['https://API.example:443/x', 'api.example']]) {
        const response = await browser.fetch(url);
        assert.equal(response.url, new URL(url).href);
        assert.equal(server.seen.pop().headers.host, host);
    }
});

test('hosts: one with a port goes before one without', async (t) => {
    const [one, other] = [await serve(t), await serve(t)];
    const browser = openBrowser(t, {hosts: {
        'api.example': `http://127.0.0.1:${one.port}`,
        'api.example:80': `http://127.0.0.1:${other.port}`,
    }, origin: 'http://app.example'});
    await browser.fetch('http://api.example/');
    await browser.fetch('https://api.example/');
    assert.deepEqual([one.seen.length, other.seen.length], [1, 1]);
});

test('names below localhost are this machine, as in browsers', async (t) => {
    const server = await serve(t);
    const response = await openBrowser(t).fetch(`http://api.localhost:${server.port}/`);
    assert.equal(await response.text(), 'hello');
    assert.equal(server.seen[0].headers.host, `api.localhost:${server.port}`);
});

test('the request target is the URL\'s, to the letter', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    for (const target of ['/?', '/a?#b', '/a%2Fb/../c;d?e=%20f|g\'', '/%C3%A9']) {
        await browser.fetch(server.url(target));
    }
    await browser.fetch(`http://127.0.0.1:${server.port}?q`);
    assert.deepEqual(server.seen.map(({url}) => url),
        ['/?', '/a?', '/c;d?e=%20f|g%27', '/%C3%A9', '/?q']);
});

test('local network access stands in no test\'s way', async (t) => {
    const server = await serve(t);
    for (const browser of ['standard', 'chromium', 'firefox', 'safari']) {
        const page = openBrowser(t, {origin: 'https://app.example', browser});
        assert.equal((await page.fetch(server.url())).status, 200);
    }
});

test('local network access is there for those who ask', async (t) => {
    const server = await serve(t);
    const code = (origin, more) => codeOf(openBrowser(t, {
        origin, browser: 'chromium', pageAddress: '203.0.113.7', ...more}).fetch(server.url()));
    assert.equal(await code('https://app.example'), 'local-network-denied');
    assert.equal(await code('http://app.example'), 'local-network-insecure');
    assert.equal(await code('https://app.example', {browser: 'firefox'}), 'ok');
    const mapped = openBrowser(t, {browser: 'chromium', pageAddress: '203.0.113.7',
        hosts: {'api.example': `http://127.0.0.1:${server.port}`}});
    assert.equal(await codeOf(mapped.fetch('https://api.example/')), 'ok');
});

test('each of the preflight cache\'s seconds is one of `now`', async (t) => {
    let now = 1000;
    const server = await serve(t, (request, response) => {
        response.setHeader('Access-Control-Max-Age', '10');
    });
    const browser = openBrowser(t, {now: () => now});
    const put = async () => {
        server.seen.length = 0;
        await browser.fetch(server.url(), {method: 'PUT'});
        return server.seen.map(({method}) => method);
    };
    assert.deepEqual(await put(), ['OPTIONS', 'PUT']);
    now += 9_000;
    assert.deepEqual(await put(), ['PUT']);
    now += 2_000;
    assert.deepEqual(await put(), ['OPTIONS', 'PUT']);
    browser.clear();
    assert.deepEqual(await put(), ['OPTIONS', 'PUT']);
});

test('calls at once do not disturb each other', async (t) => {
    const server = await serve(t, async (request) => {
        await new Promise((resolve) => setTimeout(resolve, Number(request.url.slice(1)) % 5));
    });
    const browser = openBrowser(t);
    const answers = await Promise.all(Array.from({length: 40}, (_, i) =>
        browser.fetch(server.url(`/${i}`), {method: i % 2 ? 'PUT' : 'GET'})));
    assert.deepEqual(answers.map(({url}) => url), answers.map((_, i) => server.url(`/${i}`)));
    assert.equal(browser.exchanges.length, 60);
});

test('fetch can stand in for the global one', async (t) => {
    const server = await serve(t);
    const {fetch} = openBrowser(t);
    t.mock.method(globalThis, 'fetch', fetch);
    assert.equal((await globalThis.fetch(server.url())).type, 'cors');
    assert.equal(await (await globalThis.fetch('data:,x')).text(), 'x');
});

test('exchanges tell what went over the wire', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    await browser.fetch(server.url(), {method: 'PUT', body: 'abc'});
    assert.deepEqual(browser.exchanges.map(({kind, request, response}) =>
        [kind, request.method, response.status]), [['preflight', 'OPTIONS', 200],
        ['request', 'PUT', 200]]);
    assert.equal(Buffer.from(browser.exchanges[1].request.body).toString(), 'abc');
    const names = browser.exchanges[0].request.headers.map(([name]) => name);
    assert.ok(names.includes('Access-Control-Request-Method'));
});

test('fetch works on when nobody holds the browser any more', async (t) => {
    const server = await serve(t);
    const {fetch} = createBrowser({origin: 'https://app.example'});
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    for (let i = 0; i < 5; i++) {
        collect();
        await new Promise((resolve) => setImmediate(resolve)); // finalizers run between tasks
    }
    assert.equal((await fetch(server.url())).status, 200);
});

test('an environment without Response is told of', (t) => {
    const {Response: kept} = globalThis;
    t.after(() => { globalThis.Response = kept; });
    delete globalThis.Response;
    assert.throws(() => createBrowser({origin: 'https://app.example'}), /@jest-environment node/);
});

test('servers may end in peace what nobody reads', async (t) => {
    const ends = [];
    const server = await serve(t, (request, response) => {
        response.on('close', () => ends.push(response.writableFinished));
        allow(response, request);
        response.write('in ');
        setImmediate(() => response.end('chunks'));
        return once(response, 'close');
    });
    const browser = openBrowser(t);
    await browser.fetch(server.url(), {method: 'PUT', mode: 'cors'});
    await browser.fetch(server.url(), {mode: 'no-cors'});
    while (ends.length < 2) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(ends.slice(0, 2), [true, true]);
});

// Aborts.

test('a call that is aborted before it began sends nothing', async (t) => {
    const server = await serve(t);
    const reason = new Error('changed my mind');
    await assert.rejects(openBrowser(t).fetch(server.url(), {signal: AbortSignal.abort(reason)}),
        reason);
    assert.equal(server.seen.length, 0);
});

test('a call that is aborted while it waits hangs up', async (t) => {
    const {url, sockets} = await serveBytes(t, '', {stay: true});
    const abort = new AbortController();
    const call = openBrowser(t).fetch(url, {signal: abort.signal});
    while (sockets.size === 0) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    const [socket] = sockets;
    const hungUp = once(socket, 'close');
    abort.abort();
    await assert.rejects(call, {name: 'AbortError'});
    await hungUp;
});

test('a timeout is an abort', async (t) => {
    const {url} = await serveBytes(t, '', {stay: true});
    await assert.rejects(openBrowser(t).fetch(url, {signal: AbortSignal.timeout(20)}),
        {name: 'TimeoutError'});
});

test('a body that is aborted ends with the reason, and hangs up', async (t) => {
    const {url, sockets} = await serveBytes(t, `${HEAD}Content-Length: 9\r\n\r\nabc`, {stay: true});
    const abort = new AbortController();
    const response = await openBrowser(t).fetch(url, {signal: abort.signal});
    const reader = response.body.getReader();
    assert.equal(Buffer.from((await reader.read()).value).toString(), 'abc');
    const hungUp = once([...sockets][0], 'close');
    const waiting = reader.read();
    abort.abort(new RangeError('enough'));
    await assert.rejects(waiting, RangeError);
    await hungUp;
});

test('a body that is cancelled hangs up', async (t) => {
    const {url, sockets} = await serveBytes(t, `${HEAD}\r\nabc`, {stay: true});
    const response = await openBrowser(t).fetch(url);
    const hungUp = once([...sockets][0], 'close');
    await response.body.cancel();
    await hungUp;
});

test('close() ends what is under way, and no call can begin', async (t) => {
    const silent = await serveBytes(t, '', {stay: true});
    const endless = await serveBytes(t, `${HEAD}\r\nabc`, {stay: true});
    const browser = openBrowser(t);
    const response = await browser.fetch(endless.url);
    const call = browser.fetch(silent.url);
    while (silent.sockets.size === 0) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    browser.close();
    assert.equal(await codeOf(call), 'network-failure');
    await assert.rejects(response.text(), TypeError);
    await assert.rejects(browser.fetch(endless.url), /was released|was closed/);
});

// Answers.

for (const [name, bytes, expected] of [
    ['in chunks, with trailers', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n` +
        '2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n', 'abcde'],
    ['up to the end of the connection', `${HEAD}\r\nabc`, 'abc'],
    ['after 100 and 103', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${HEAD}` +
        'Content-Length: 1\r\n\r\nx', 'x'],
    ['with control characters in a line', `${HEAD}X-A: a\x01b\r\nContent-Length: 1\r\n\r\nx`, 'x'],
    ['of HTTP/1.0', `${HEAD.replace('1.1', '1.0')}\r\nabc`, 'abc'],
    ['with 3000 lines', `${HEAD}${'X-A: 1\r\n'.repeat(3000)}Content-Length: 1\r\n\r\nx`, 'x'],
]) {
    test(`an answer ${name}`, async (t) => {
        const {url} = await serveBytes(t, bytes);
        assert.equal(await (await openBrowser(t).fetch(url)).text(), expected);
    });
}

for (const [name, bytes] of [
    ['nothing', ''], ['what is no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['a head without end', `${HEAD}X: ${'x'.repeat(300 << 10)}\r\n\r\n`],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
]) {
    test(`${name} for an answer is a network failure`, async (t) => {
        const {url} = await serveBytes(t, bytes);
        assert.equal(await codeOf(openBrowser(t).fetch(url)), 'network-failure');
    });
}

test('a body that is cut off fails when it is read', async (t) => {
    const {url} = await serveBytes(t, `${HEAD}Content-Length: 9\r\n\r\nabc`);
    const response = await openBrowser(t).fetch(url);
    await assert.rejects(response.text(), {name: 'TypeError', message: 'network error'});
});

test('each line of an answer counts by itself', async (t) => {
    const {url} = await serveBytes(t, `${HEAD}${HEAD.slice(17)}\r\n`);
    assert.equal(await codeOf(openBrowser(t).fetch(url)), 'multiple-allow-origin');
});

test('nobody listens', async (t) => {
    const server = await serve(t);
    const {port} = server;
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const free = gone.address().port;
    gone.close();
    await once(gone, 'close');
    const browser = openBrowser(t);
    for (const host of ['127.0.0.1', 'localhost', 'x.localhost']) {
        await assert.rejects(browser.fetch(`http://${host}:${free}/`), (error) =>
            /ECONNREFUSED/.test(String(error.cause)) && free !== port);
    }
});

test('a value that node:http cannot send fails in words', async (t) => {
    const server = await serve(t);
    await assert.rejects(openBrowser(t).fetch(server.url(), {headers: {'X-A': 'a\x01b'}}),
        (error) => /Invalid character/.test(String(error.cause)));
});

// Other transports.

test('a transport of one\'s own, and what it may give for a body', async (t) => {
    const bodies = ['text', new TextEncoder().encode('bytes'), new Blob(['stream']).stream(), null,
        undefined];
    for (const body of bodies) {
        const asked = [];
        const browser = openBrowser(t, {transport: async (request) => {
            asked.push(request);
            return {status: 200, statusText: 'Fine', headers: [
                ['Access-Control-Allow-Origin', '*']], body};
        }});
        const response = await browser.fetch('https://api.example/x', {
            method: 'POST', body: 'abc'});
        const expected = body === 'text' ? 'text' : ArrayBuffer.isView(body) ? 'bytes'
            : body ? 'stream' : '';
        assert.equal(await response.text(), expected);
        assert.equal(response.statusText, 'Fine');
        assert.deepEqual([asked[0].method, asked[0].url], ['POST', 'https://api.example/x']);
        assert.equal(Buffer.from(asked[0].body).toString(), 'abc');
        assert.ok(!asked[0].headers.some(([name]) => /^(host|content-length)$/i.test(name)));
    }
});

test('a handler of Requests as transport', async (t) => {
    const handler = (request) => new Response(`for ${request.headers.get('origin')}`, {
        headers: {'Access-Control-Allow-Origin': '*'}});
    const browser = openBrowser(t, {transport: async ({url, method, headers, body}) => {
        const response = await handler(new Request(url, {method, headers, body}));
        return {status: response.status, headers: [...response.headers], body: response.body};
    }});
    const response = await browser.fetch('https://api.example/');
    assert.equal(await response.text(), 'for https://app.example');
});

test('a transport that aborts is aborted by the page alone', async (t) => {
    const abort = new AbortController();
    const browser = openBrowser(t, {transport: () => new Promise(() => {})});
    const call = browser.fetch('https://api.example/', {signal: abort.signal});
    abort.abort();
    await assert.rejects(call, {name: 'AbortError'});
});

test('an answer that is none is a TypeError', async (t) => {
    const browser = openBrowser(t, {transport: async () => ({status: 0, headers: []})});
    await assert.rejects(browser.fetch('https://api.example/'), /"status" from 100 to 999/);
    for (const answer of [undefined, {}, new Response('')]) {
        const other = openBrowser(t, {transport: () => answer});
        await assert.rejects(other.fetch('https://api.example/'), /a transport must give/);
    }
});
