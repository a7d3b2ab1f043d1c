// SPDX-License-Identifier: MIT
// What createBrowser's fetch() takes and gives: the arguments of fetch(), and Responses.

import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {test} from 'node:test';
import {brotliCompressSync, deflateRawSync, deflateSync, gzipSync} from 'node:zlib';
import {openBrowser, serve, PAGE} from './page_servers.mjs';

const hello = (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('X-Seen', '1');
    response.setHeader('Set-Cookie', 'a=b');
    response.end('hello');
};

test('a cors response shows the safelisted headers alone', async (t) => {
    const server = await serve(t, hello);
    const response = await openBrowser(t).fetch(server.url('/x#part'));
    assert.deepEqual([response.type, response.status, response.ok, response.redirected],
        ['cors', 200, true, false]);
    assert.equal(response.url, server.url('/x'));
    assert.deepEqual([...response.headers.keys()], ['content-length']);
    assert.equal(await response.text(), 'hello');
});

test('a basic response shows all headers but cookies', async (t) => {
    const server = await serve(t, hello);
    const response = await openBrowser(t, {origin: server.url().slice(0, -1)}).fetch('/x');
    assert.equal(response.type, 'basic');
    assert.equal(response.headers.get('x-seen'), '1');
    assert.equal(response.headers.get('set-cookie'), null);
    assert.equal(server.seen[0].headers.origin, undefined);
});

test('an opaque response shows nothing', async (t) => {
    const server = await serve(t, (_, response) => response.end('secret'));
    const response = await openBrowser(t).fetch(server.url(), {mode: 'no-cors'});
    assert.deepEqual([response.type, response.status, response.ok, response.url, response.body,
        [...response.headers]], ['opaque', 0, false, '', null, []]);
    assert.equal(await response.text(), '');
});

test('headers of a response cannot be changed', async (t) => {
    const server = await serve(t);
    const {headers} = await openBrowser(t).fetch(server.url());
    assert.throws(() => headers.set('a', 'b'), TypeError);
    assert.throws(() => headers.append('a', 'b'), TypeError);
    assert.throws(() => headers.delete('content-length'), TypeError);
});

test('a clone has what the response has', async (t) => {
    const server = await serve(t);
    const response = await openBrowser(t).fetch(server.url());
    const clone = response.clone();
    assert.ok(clone instanceof Response && response instanceof Response);
    assert.deepEqual([clone.type, clone.url, clone.status], ['cors', server.url(), 200]);
    assert.deepEqual([await clone.text(), await response.text()], ['hello', 'hello']);
});

test('statuses that no Response can be made with', async (t) => {
    const server = await serve(t, (request, response) => {
        response.writeHead(Number(request.url.slice(1)), {'Access-Control-Allow-Origin': '*'});
        response.end();
    });
    for (const status of [204, 299, 304, 404, 500, 599, 999]) {
        const response = await openBrowser(t).fetch(server.url(`/${status}`));
        assert.deepEqual([response.status, response.ok], [status, status < 300]);
        assert.equal(await response.text(), '');
    }
});

test('HEAD has no body', async (t) => {
    const server = await serve(t);
    const response = await openBrowser(t).fetch(server.url(), {method: 'head'});
    assert.equal(server.seen[0].method, 'HEAD');
    assert.equal(response.body, null);
});

const BODIES = [
    ['string', () => 'é', 'text/plain;charset=UTF-8', 'é'],
    ['number', () => 7, 'text/plain;charset=UTF-8', '7'],
    ['URLSearchParams', () => new URLSearchParams({a: 'b c'}),
        'application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'],
    ['Blob', () => new Blob(['x'], {type: 'Text/Plain'}), 'text/plain', 'x'],
    ['Blob without type', () => new Blob(['x']), undefined, 'x'],
    ['ArrayBuffer', () => new TextEncoder().encode('x').buffer, undefined, 'x'],
    ['view', () => Buffer.from('abcd').subarray(1, 3), undefined, 'bc'],
    ['DataView', () => new DataView(new TextEncoder().encode('abc').buffer, 1), undefined, 'bc'],
    ['empty string', () => '', 'text/plain;charset=UTF-8', ''],
];

for (const [name, make, type, text] of BODIES) {
    test(`body: ${name}`, async (t) => {
        const server = await serve(t);
        await openBrowser(t).fetch(server.url(), {method: 'POST', body: make()});
        assert.equal(server.seen.length, 1, 'no preflight');
        assert.equal(server.seen[0].headers['content-type'], type);
        assert.equal(server.seen[0].body, text);
        assert.equal(server.seen[0].headers['content-length'], String(Buffer.byteLength(text)));
    });
}

test('body: FormData, whose boundary is that of its type', async (t) => {
    const server = await serve(t);
    const form = new FormData();
    form.append('name', 'value');
    form.append('file', new Blob(['abc']), 'a.txt');
    await openBrowser(t).fetch(server.url(), {method: 'POST', body: form});
    const [{body, headers}] = server.seen;
    const sent = await new Response(body, {headers: {'content-type': headers['content-type']}})
        .formData();
    assert.equal(sent.get('name'), 'value');
    assert.equal(await sent.get('file').text(), 'abc');
    assert.equal(server.seen.length, 1, 'no preflight');
});

test('body: a stream needs duplex, and a preflight', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    const stream = () => new Blob(['abc']).stream();
    await assert.rejects(browser.fetch(server.url(), {method: 'POST', body: stream()}),
        /needs duplex: 'half'/);
    await browser.fetch(server.url(), {method: 'POST', body: stream(), duplex: 'half'});
    assert.deepEqual(server.seen.map(({method, body}) => [method, body]),
        [['OPTIONS', ''], ['POST', 'abc']]);
});

test('body: a stream that fails fails the call, and one that is read already', async (t) => {
    const server = await serve(t);
    const body = new ReadableStream({pull: () => Promise.reject(new Error('out of ideas'))});
    const browser = openBrowser(t);
    await assert.rejects(browser.fetch(server.url(), {method: 'POST', body, duplex: 'half'}),
        /out of ideas/);
    const read = new Blob(['x']).stream();
    read.getReader();
    await assert.rejects(browser.fetch(server.url(), {method: 'POST', body: read, duplex: 'half'}),
        /somebody else reads already/);
});

test('a body is sent again after 307, and not after 303', async (t) => {
    const server = await serve(t, (request, response) => {
        const [, status] = request.url.split('/');
        if (status !== 'end') {
            response.writeHead(Number(status), {
                'Location': '/end', 'Access-Control-Allow-Origin': '*'});
            response.end();
        }
    });
    const browser = openBrowser(t);
    const kept = await browser.fetch(server.url('/307'), {method: 'POST', body: 'abc'});
    const turned = await browser.fetch(server.url('/303'), {method: 'POST', body: 'abc'});
    assert.deepEqual([kept.redirected, kept.url, turned.redirected],
        [true, server.url('/end'), true]);
    assert.deepEqual(server.seen.map(({method, body}) => [method, body]),
        [['POST', 'abc'], ['POST', 'abc'], ['POST', 'abc'], ['GET', '']]);
    assert.equal(server.seen[3].headers['content-type'], undefined);
});

test('redirect: manual gives an opaque redirect, error rejects', async (t) => {
    const server = await serve(t, (_, response) => {
        response.writeHead(302, {'Location': '/2', 'Access-Control-Allow-Origin': '*'});
        response.end();
    });
    const browser = openBrowser(t);
    const response = await browser.fetch(server.url(), {redirect: 'manual'});
    assert.deepEqual([response.type, response.status, response.body], ['opaqueredirect', 0, null]);
    await assert.rejects(browser.fetch(server.url(), {redirect: 'error'}),
        (error) => error.cause.code === 'redirect-refused');
    assert.deepEqual(server.seen.map(({url}) => url), ['/', '/']);
});

test('a Request is as good as a URL, and init goes before it', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    const request = new Request(server.url('/r'), {
        method: 'PUT', body: 'abc', headers: {'X-A': '1'}, credentials: 'include'});
    await assert.rejects(browser.fetch(request), (error) =>
        error.cause.code === 'invalid-allow-credentials');
    await browser.fetch(new Request(server.url('/r'), {method: 'PUT', body: 'abc'}),
        {headers: {'X-B': '2'}, credentials: 'omit'});
    const [preflight, put] = server.seen.slice(-2);
    assert.equal(preflight.headers['access-control-request-headers'], 'x-b');
    assert.deepEqual([put.method, put.body, put.headers['x-b']], ['PUT', 'abc', '2']);
});

test('a Request is used up', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    const request = new Request(server.url(), {method: 'POST', body: 'abc'});
    await browser.fetch(request);
    assert.ok(request.bodyUsed);
    await assert.rejects(browser.fetch(request), /has been used already/);
});

test('headers: a list, a Headers, an object; names and values as they are', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    await browser.fetch(server.url(), {headers: [['X-A', '1'], ['x-a', '2']]});
    await browser.fetch(server.url(), {headers: new Headers({'X-B': '\xe9'})});
    await browser.fetch(server.url(), {headers: {'X-C': 3}});
    const sent = server.seen.filter(({method}) => method === 'GET');
    assert.equal(sent[0].headers['x-a'], '1, 2');
    assert.equal(Buffer.from(sent[1].headers['x-b'], 'latin1').toString('hex'), 'e9');
    assert.equal(sent[2].headers['x-c'], '3');
    await assert.rejects(browser.fetch(server.url(), {headers: [['x']]}), /must be a pair/);
    await assert.rejects(browser.fetch(server.url(), {headers: {'x y': '1'}}), TypeError);
    await assert.rejects(browser.fetch(server.url(), {headers: {'x': '€'}}), TypeError);
    await assert.rejects(browser.fetch(server.url(), {headers: 'x: 1'}), /must be a Headers/);
});

test('the case of a method is kept, as browsers do', async (t) => {
    const answers = openBrowser(t, {transport: async ({method}) => ({
        status: 200, body: '', headers: [
            ['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Methods', 'patch'],
            ['X-Method', method], ['Access-Control-Expose-Headers', 'X-Method'],
        ],
    })});
    const response = await answers.fetch('https://api.example/', {method: 'patch'});
    assert.equal(response.headers.get('x-method'), 'patch');
    await assert.rejects(answers.fetch('https://api.example/', {method: 'PATCH'}),
        (error) => error.cause.code === 'method-not-allowed');
});

test('what fetch() refuses is a TypeError that says why', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    const refused = [
        [{mode: 'navigate'}, /cannot navigate/],
        [{mode: 'websocket'}, /"mode" must be one of/],
        [{credentials: 'yes'}, /"credentials" must be one of/],
        [{redirect: 'maybe'}, /"redirect" must be one of/],
        [{referrerPolicy: 'always'}, /referrerPolicy must be one of/],
        [{method: 'TRACE'}, /Failed to fetch/],
        [{body: 'x'}, /Failed to fetch/],
        [{mode: 'no-cors', method: 'PUT'}, /Failed to fetch/],
    ];
    for (const [init, words] of refused) {
        await assert.rejects(browser.fetch(server.url(), init),
            (error) => error instanceof TypeError && words.test(error.message));
    }
    await assert.rejects(browser.fetch('http://user:pass@127.0.0.1/'), TypeError);
    await assert.rejects(browser.fetch('http://'), TypeError);
    assert.equal(server.seen.length, 0);
});

test('the same-origin mode keeps at home', async (t) => {
    const server = await serve(t);
    await assert.rejects(openBrowser(t).fetch(server.url(), {mode: 'same-origin'}),
        (error) => error.cause.code === 'mode-same-origin');
    assert.equal(server.seen.length, 0);
});

for (const [name, coding, bytes] of [
    ['gzip', 'gzip', gzipSync('hello')], ['x-gzip', 'X-GZIP', gzipSync('hello')],
    ['deflate', 'deflate', deflateSync('hello')],
    ['raw deflate', 'deflate', deflateRawSync('hello')],
    ['br', 'br', brotliCompressSync('hello')],
    ['two codings', 'gzip, br', brotliCompressSync(gzipSync('hello'))],
    ['identity', 'identity', Buffer.from('hello')],
    ['one that nobody knows', 'rot13', Buffer.from('hello')],
    ['gzip that ends early', 'gzip', gzipSync('hello').subarray(0, -4)],
    ['nothing', 'gzip', Buffer.alloc(0)],
]) {
    test(`content coding: ${name}`, async (t) => {
        const server = await serve(t, (request, response) => {
            response.writeHead(200, {
                'Content-Encoding': coding, 'Access-Control-Allow-Origin': '*'});
            response.end(bytes);
        });
        const response = await openBrowser(t).fetch(server.url());
        assert.equal(await response.text(), name === 'nothing' ? '' : 'hello');
        assert.equal(server.seen[0].headers['accept-encoding'], 'gzip, deflate, br');
    });
}

test('content coding: what is not gzip fails when it is read', async (t) => {
    const server = await serve(t, (_, response) => {
        response.writeHead(200, {'Content-Encoding': 'gzip', 'Access-Control-Allow-Origin': '*'});
        response.end('not gzip');
    });
    const response = await openBrowser(t).fetch(server.url());
    await assert.rejects(response.text(), TypeError);
});

test('integrity', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    const digest = createHash('sha384').update('hello').digest('base64');
    const good = await browser.fetch(server.url(), {integrity: `sha256-no= sha384-${digest}`});
    assert.equal(await good.text(), 'hello');
    await assert.rejects(browser.fetch(server.url(), {integrity: `sha512-${digest}`}), (error) =>
        error.message === 'Failed to fetch' && /valid digest/.test(error.cause.message));
    await assert.rejects(
        browser.fetch(server.url(), {integrity: `sha384-${digest}`, mode: 'no-cors'}), TypeError);
    const nonsense = await browser.fetch(server.url(), {integrity: 'md5-abc'});
    assert.equal(await nonsense.text(), 'hello');
});

test('keepalive takes 64 KiB, only-if-cached nothing', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    const post = (size) => browser.fetch(server.url(), {
        method: 'POST', body: 'x'.repeat(size), keepalive: true});
    assert.equal((await post(64 << 10)).status, 200);
    await assert.rejects(post((64 << 10) + 1), (error) => /64 KiB/.test(String(error.cause)));
    const home = openBrowser(t, {origin: server.url().slice(0, -1)});
    await assert.rejects(home.fetch('/', {mode: 'same-origin', cache: 'only-if-cached'}),
        (error) => /no HTTP cache/.test(String(error.cause)));
});

test('data: URLs', async (t) => {
    const browser = openBrowser(t);
    const plain = await browser.fetch('data:,a%20b#c');
    assert.deepEqual([plain.status, plain.headers.get('content-type'), await plain.text()],
        [200, 'text/plain;charset=US-ASCII', 'a b']);
    const json = await browser.fetch('data:application/json;base64,eyJhIjoxfQ==');
    assert.deepEqual(await json.json(), {a: 1});
    assert.deepEqual(browser.exchanges, []);
});

test('what browsers add to a request', async (t) => {
    const server = await serve(t);
    await openBrowser(t, {browser: 'firefox'}).fetch(server.url('/a?b'), {
        method: 'PUT', cache: 'no-store', headers: {'Accept': 'text/html'}});
    const [preflight, put] = server.seen.map(({headers}) => headers);
    for (const headers of [preflight, put]) {
        assert.equal(headers.host, `127.0.0.1:${server.port}`);
        assert.equal(headers.origin, PAGE);
        assert.equal(headers.referer, `${PAGE}/`);
        assert.equal(headers['sec-fetch-site'], 'cross-site');
        assert.equal(headers['sec-fetch-mode'], 'cors');
        assert.equal(headers['sec-fetch-dest'], 'empty');
        assert.match(headers['user-agent'], /libcors.*firefox/);
        assert.equal(headers.cookie, undefined);
    }
    assert.deepEqual([preflight.accept, put.accept], ['*/*', 'text/html']);
    assert.deepEqual([preflight['cache-control'], put['cache-control']], [undefined, 'no-cache']);
});

for (const [init, origin, expected] of [
    [{}, 'same', '/'], [{}, PAGE, `${PAGE}/`],
    [{referrerPolicy: 'no-referrer'}, PAGE, undefined],
    [{referrer: ''}, PAGE, undefined],
    [{referrer: '/page?q#f'}, 'same', '/page?q'],
    [{referrer: '/page?q#f'}, PAGE, `${PAGE}/`],
    [{referrer: '/page?q#f', referrerPolicy: 'unsafe-url'}, PAGE, `${PAGE}/page?q`],
    [{referrer: 'https://other.example/', referrerPolicy: 'unsafe-url'}, PAGE, `${PAGE}/`],
    [{referrerPolicy: 'same-origin'}, PAGE, undefined],
    [{referrerPolicy: 'strict-origin'}, PAGE, `${PAGE}/`],
    [{}, 'null', undefined],
]) {
    test(`Referer: ${JSON.stringify(init)} from ${origin}`, async (t) => {
        const server = await serve(t);
        const home = server.url().slice(0, -1);
        const browser = openBrowser(t, {origin: origin === 'same' ? home : origin});
        await browser.fetch(server.url('/x'), init);
        assert.equal(server.seen[0].headers.referer,
            expected?.startsWith('/') ? home + expected : expected);
    });
}

test('Sec-Fetch-Site goes by all that a request went through', async (t) => {
    const relation = async (origin, hops) => {
        const seen = [];
        const browser = openBrowser(t, {origin, transport: async ({url, headers}) => {
            seen.push(headers.find(([name]) => name === 'Sec-Fetch-Site')?.[1]);
            const next = hops[hops.indexOf(url) + 1];
            return {status: next === undefined ? 200 : 302, headers: [
                ['Access-Control-Allow-Origin', '*'],
                ...(next === undefined ? [] : [['Location', next]]),
            ]};
        }});
        await browser.fetch(hops[0]);
        return seen;
    };
    assert.deepEqual(await relation('https://a.example.co.uk', ['https://a.example.co.uk/',
        'https://b.example.co.uk/', 'https://example.com/', 'https://a.example.co.uk/2']),
    ['same-origin', 'same-site', 'cross-site', 'cross-site']);
    assert.deepEqual(await relation('https://a.co.uk', ['https://b.co.uk/']), ['cross-site']);
    assert.deepEqual(await relation('http://a.example', ['https://a.example/', 'http://b.test/']),
        ['cross-site', undefined]);
    assert.deepEqual(await relation('null', ['https://a.example/']), ['cross-site']);
});
