// SPDX-License-Identifier: MIT
// Cookies of createBrowser, over real sockets: which go along, and which are kept.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {allow, openBrowser, serve} from './page_servers.mjs';

const HOSTS = ['app.example.com', 'api.example.com', 'example.com', 'other.example',
    'pages.github.io', 'mine.github.io', 'a.localhost'];

/** A server that is all hosts, sets the cookies of `?set=` and tells which came. */
async function jarServer(t) {
    const server = await serve(t, (request, response) => {
        const lines = new URL(request.url, 'http://x').searchParams.getAll('set');
        if (lines.length > 0) {
            response.setHeader('Set-Cookie', lines);
        }
        allow(response, request, {'Access-Control-Allow-Credentials': 'true'});
    });
    const place = `http://127.0.0.1:${server.port}`;
    return {...server, hosts: Object.fromEntries(HOSTS.map((host) => [host, place]))};
}

/** Calls that set cookies, then one that tells what came with it. */
async function cookiesAfter(t, {origin, browser, set = [], from, to, cookies}) {
    const server = await jarServer(t);
    let now = 0;
    const page = openBrowser(t, {origin, browser, cookies, hosts: server.hosts, now: () => now});
    const query = set.map((line) => `set=${encodeURIComponent(line)}`).join('&');
    await page.fetch(`${from ?? to}?${query}`, {credentials: 'include'});
    now = 10_000;
    await page.fetch(to, {credentials: 'include'});
    return server.seen[1].headers.cookie ?? '';
}

const APP = 'https://app.example.com';
const API = 'https://api.example.com/v1/items';

/** Set-Cookie lines of one same-site call, and what the next call sends. */
const SAME_SITE = [
    ['a name and a value', ['a=1'], 'a=1'],
    ['several', ['a=1', 'b=2'], 'a=1; b=2'],
    ['the newer of a name', ['a=1', 'b=2', 'a=3'], 'a=3; b=2'],
    ['a value alone', ['alone'], 'alone'],
    ['an empty value', ['a='], 'a='],
    ['white space around', ['  a =  1 ; Secure'], 'a=1'],
    ['an equals sign in the value', ['a=b=c'], 'a=b=c'],
    ['quotes, which stay', ['a="b c"'], 'a="b c"'],
    ['nothing at all', ['=', ''], ''],
    ['4096 bytes, and one more', [`a=${'x'.repeat(4095)}`, `b=${'y'.repeat(4096)}`],
        `a=${'x'.repeat(4095)}`],
    ['unknown attributes', ['a=1; Fine; constructor=2; Priority=High'], 'a=1'],
    ['Max-Age', ['a=1; Max-Age=10', 'b=2; Max-Age=11', 'c=3; Max-Age=0', 'd=4; Max-Age=-1'],
        'b=2'],
    ['Max-Age that is no number', ['a=1; Max-Age=1x'], 'a=1'],
    ['Expires', ['a=1; Expires=Thu, 01 Jan 1970 00:00:10 GMT',
        'b=2; Expires=Thu, 01-Jan-70 00:00:11 GMT', 'c=3; expires=Thu Jan 1 00:00:09 1970'], 'b=2'],
    ['Expires that is no date', ['a=1; Expires=never', 'b=2; Expires=31 Feb 1960 10:10:10'],
        'a=1; b=2'],
    ['Max-Age before Expires', ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:01 GMT'], 'a=1'],
    ['a cookie taken back', ['a=1', 'a=; Max-Age=0'], ''],
    ['the longest path first', ['a=1; Path=/', 'b=2; Path=/v1/items', 'c=3; Path=/v1'],
        'b=2; c=3; a=1'],
    ['another path', ['a=1; Path=/v2', 'b=2; Path=/v1/item', 'c=3; Path=/v1/'], 'c=3'],
    ['a path that is none', ['a=1; Path=v2'], 'a=1'],
    ['the domain above', ['a=1; Domain=example.com', 'b=2; Domain=.Example.COM'], 'a=1; b=2'],
    ['a domain that is not its own', ['a=1; Domain=app.example.com', 'b=2; Domain=com',
        'c=3; Domain=xample.com', 'd=4; Domain=v1.api.example.com'], ''],
    ['__Secure-', ['__Secure-a=1', '__Secure-b=2; Secure', '__SECURE-c=3'], '__Secure-b=2'],
    ['__Host-', ['__Host-a=1; Secure', '__Host-b=2; Secure; Path=/',
        '__host-c=3; Secure; Path=/; Domain=api.example.com'], '__Host-b=2'],
    ['prefixes without a name', ['=__Secure-a', '=__Host-b=1'], ''],
    ['SameSite', ['a=1; SameSite=Strict', 'b=2; SameSite=Lax', 'c=3; SameSite=None; Secure',
        'd=4; SameSite=Sometimes'], 'a=1; b=2; c=3; d=4'],
    ['HttpOnly, and attributes in any case', ['a=1; HTTPONLY; sAmEsItE=lax; SECURE'], 'a=1'],
];

for (const [name, set, expected] of SAME_SITE) {
    test(`same site: ${name}`, async (t) => {
        assert.equal(await cookiesAfter(t, {origin: APP, set, to: API}), expected);
    });
}

test('same site: a control character', async (t) => {
    const seen = [];
    const page = openBrowser(t, {origin: APP, transport: async ({headers}) => {
        seen.push(headers.find(([name]) => name === 'Cookie')?.[1]);
        return {status: 200, headers: [['Set-Cookie', 'a=1\x01'], ['Set-Cookie', 'b=\x7F'],
            ['Set-Cookie', 'c=\t1']]};
    }});
    await page.fetch('/');
    await page.fetch('/');
    assert.deepEqual(seen, [undefined, 'c=1']);
});

test('a cookie without Domain is its host\'s alone', async (t) => {
    const to = 'https://example.com/v1/items';
    assert.equal(await cookiesAfter(t, {origin: APP, set: ['a=1'], from: API, to}), '');
    assert.equal(await cookiesAfter(t, {
        origin: APP, set: ['a=1; Domain=example.com'], from: API, to}), 'a=1');
});

test('the port does not matter', async (t) => {
    assert.equal(await cookiesAfter(t, {origin: APP, set: ['a=1'],
        from: 'https://api.example.com:444/', to: 'https://api.example.com:445/'}), 'a=1');
});

test('a public suffix has no cookies but its own', async (t) => {
    const mine = 'https://mine.github.io';
    assert.equal(await cookiesAfter(t, {origin: mine, set: ['a=1; Domain=github.io'],
        from: `${mine}/`, to: 'https://mine.github.io/'}), '');
});

// What a cookie without SameSite, and others, do across sites; without Secure and with.
const CROSS_SITE = {
    standard: 'c=3', chromium: 'c=3', firefox: 'a=1; c=3', safari: 'a=1; c=3; d=4',
};

for (const [browser, expected] of Object.entries(CROSS_SITE)) {
    test(`across sites, ${browser}`, async (t) => {
        const set = ['a=1', 'b=2; SameSite=Lax', 'c=3; SameSite=None; Secure', 'd=4; SameSite=None',
            'e=5; SameSite=Strict'];
        const call = {browser, origin: 'https://other.example', to: 'https://api.example.com/'};
        assert.equal(await cookiesAfter(t, {...call, set}), expected, 'set by a call');
    });
}

test('cookies that are there already go by their SameSite, too', async (t) => {
    const cookies = {'https://api.example.com/': ['a=1', 'b=2; SameSite=Lax',
        'c=3; SameSite=Strict', 'd=4; SameSite=None; Secure']};
    const to = 'https://api.example.com/';
    assert.equal(await cookiesAfter(t, {cookies, to, origin: APP}), 'a=1; b=2; c=3; d=4');
    assert.equal(await cookiesAfter(t, {cookies, to, origin: 'https://other.example'}), 'd=4');
    assert.equal(await cookiesAfter(t, {cookies, to, origin: 'null'}), 'd=4');
    assert.equal(await cookiesAfter(t, {cookies, to, origin: 'null', browser: 'firefox'}), '');
});

test('pages below a public suffix are sites of their own', async (t) => {
    const cookies = {'https://pages.github.io/': 'a=1'};
    const to = 'https://pages.github.io/';
    assert.equal(await cookiesAfter(t, {cookies, to, origin: 'https://mine.github.io'}), '');
});

for (const [browser, fromHttp, fromHttps] of [
    ['chromium', '', 'a=1; b=2'], ['standard', '', 'a=1; b=2'],
    ['firefox', 'a=1; b=2', 'a=1; b=2'],
]) {
    test(`http and https of one site, ${browser}`, async (t) => {
        const call = {browser, to: 'https://api.example.com/',
            cookies: {'https://api.example.com/': ['a=1; Secure', 'b=2']}};
        assert.equal(await cookiesAfter(t, {...call, origin: 'http://app.example.com'}), fromHttp);
        assert.equal(await cookiesAfter(t, {...call, origin: APP}), fromHttps);
    });
}

for (const [browser, onLoopback] of [
    ['standard', 'a=1'], ['chromium', 'a=1'], ['firefox', 'a=1'], ['safari', ''],
]) {
    test(`Secure over http, ${browser}`, async (t) => {
        const set = ['a=1; Secure'];
        const away = 'http://api.example.com/';
        assert.equal(await cookiesAfter(t, {browser, origin: 'http://app.example.com', set,
            to: away}), '');
        for (const host of ['a.localhost', '127.0.0.1']) {
            const server = await jarServer(t);
            const origin = `http://${host}:${server.port}`;
            const page = openBrowser(t, {origin, browser, hosts: server.hosts});
            await page.fetch(`/?set=${encodeURIComponent(set[0])}`);
            await page.fetch('/');
            assert.equal(server.seen[1].headers.cookie ?? '', onLoopback, host);
        }
    });
}

test('http does not replace a Secure cookie', async (t) => {
    const server = await jarServer(t);
    const page = openBrowser(t, {origin: 'http://api.example.com', hosts: server.hosts,
        browser: 'firefox', cookies: {'https://api.example.com/': 'a=1; Secure; Path=/'}});
    await page.fetch('/x?set=a%3D2');
    await page.fetch('/x?set=a%3D3;Path%3D/');
    await page.fetch('https://api.example.com/x', {credentials: 'include'});
    assert.equal(server.seen[2].headers.cookie, 'a=1');
});

test('cookies go and are kept only with credentials', async (t) => {
    const server = await jarServer(t);
    const cookies = {[API]: 'a=1; Path=/'};
    const page = openBrowser(t, {origin: APP, cookies, hosts: server.hosts});
    await page.fetch(`${API}?set=b%3D2`);
    await page.fetch(`${API}?set=b%3D2`, {credentials: 'omit'});
    await page.fetch(API, {credentials: 'include', headers: {'X-A': '1'}});
    assert.deepEqual(server.seen.map(({method, headers}) => [method, headers.cookie]), [
        ['GET', undefined], ['GET', undefined], ['OPTIONS', undefined], ['GET', 'a=1']]);
});

test('a page\'s own origin has cookies without asking', async (t) => {
    const server = await jarServer(t);
    const page = openBrowser(t, {origin: APP, hosts: server.hosts});
    await page.fetch('/?set=a%3D1');
    await page.fetch('/');
    await page.fetch('/', {credentials: 'omit'});
    assert.deepEqual(server.seen.map(({headers}) => headers.cookie), [undefined, 'a=1', undefined]);
});

test('cookies of an answer that CORS hides are kept nevertheless', async (t) => {
    const server = await serve(t, (request, response) => {
        response.setHeader('Set-Cookie', 'a=1; Path=/');
        response.setHeader('Access-Control-Allow-Origin',
            request.url === '/1' ? 'https://wrong.example' : APP);
        response.setHeader('Access-Control-Allow-Credentials', 'true');
    });
    const page = openBrowser(t, {origin: APP,
        hosts: {'api.example.com': `http://127.0.0.1:${server.port}`}});
    const call = (path) => page.fetch(`https://api.example.com${path}`, {credentials: 'include'});
    await assert.rejects(call('/1'), TypeError);
    await call('/2');
    assert.equal(server.seen[1].headers.cookie, 'a=1');
});

test('script cannot write cookies of its own into a header', async (t) => {
    const server = await serve(t);
    await openBrowser(t).fetch(server.url(), {headers: {Cookie: 'a=1'}});
    assert.equal(server.seen[0].headers.cookie, undefined);
    assert.equal(server.seen.length, 1);
});

test('initial cookies that the browser would not take are refused in words', (t) => {
    const open = (cookies) => () => openBrowser(t, {cookies});
    assert.throws(open({'http://api.example/': 'a=1; Secure'}), /"a=1; Secure".*over http/);
    assert.throws(open({'https://api.example/': 'a=1; SameSite=None'}), /needs Secure/);
    assert.throws(open({'api.example': 'a=1'}), /must be the URL/);
    assert.throws(open({'https://a.example.com/': ['a=1', 'b=1; Domain=example.org']}),
        /its Domain, example.org/);
});

test('clear() forgets cookies', async (t) => {
    const server = await jarServer(t);
    const page = openBrowser(t, {origin: APP, hosts: server.hosts, cookies: {[APP]: 'a=1'}});
    await page.fetch('/');
    page.clear();
    assert.deepEqual(page.exchanges, []);
    await page.fetch('/');
    assert.deepEqual(server.seen.map(({headers}) => headers.cookie), ['a=1', undefined]);
});

test('a jar does not grow without end', async (t) => {
    const server = await serve(t, (request, response, {url}) => {
        const start = Number(url.slice(1));
        response.setHeader('Set-Cookie', Array.from({length: 100}, (_, i) => `c${start + i}=1`));
    });
    const page = openBrowser(t, {origin: server.url().slice(0, -1)});
    for (let start = 0; start < 400; start += 100) {
        await page.fetch(`/${start}`);
    }
    await page.fetch('/0');
    const names = server.seen[4].headers.cookie.split('; ');
    assert.equal(names.length, 180);
    assert.equal(names[0], 'c220=1');
});
