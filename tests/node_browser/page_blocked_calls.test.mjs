// SPDX-License-Identifier: MIT
// What createBrowser says of a blocked call, and what the assertions make of it.

import assert from 'node:assert/strict';
import {AssertionError} from 'node:assert';
import {test} from 'node:test';
import {inspect} from 'node:util';
import {expectAllowed, expectBlocked} from '../../bindings/node/source/page_expect.js';
import {openBrowser, serve, PAGE} from './page_servers.mjs';

const mismatch = (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', 'https://other.example');
    response.setHeader('Set-Cookie', 'session=s3cret; HttpOnly');
};

async function rejection(promise) {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    return assert.fail('the call was not blocked');
}

for (const [browser, words, message] of [
    ['standard', 'Failed to fetch', /^Access to fetch at .* blocked by CORS policy: The /],
    ['chromium', 'Failed to fetch', /^Access to fetch at .* blocked by CORS policy: The /],
    ['firefox', 'NetworkError when attempting to fetch resource.',
        /^Cross-Origin Request Blocked: .*does not match ‘https:\/\/other.example’/],
    ['safari', 'Load failed', /^Origin https:\/\/app.example is not allowed/],
]) {
    test(`a blocked call, ${browser}`, async (t) => {
        const server = await serve(t, mismatch);
        const error = await rejection(openBrowser(t, {browser}).fetch(server.url()));
        assert.ok(error instanceof TypeError);
        assert.equal(error.message, words);
        const blocked = error.cause;
        assert.equal(blocked.code, 'allow-origin-mismatch');
        assert.equal(blocked.preflight, false);
        assert.match(blocked.message, message);
        assert.match(blocked.messages.chromium, /^Access to fetch/);
        assert.match(blocked.messages.firefox, /^Cross-Origin/);
        assert.match(blocked.cause, /another origin than the page's/);
        assert.match(blocked.fix, /Send back the Origin/);
        assert.equal(blocked.exchanges.length, 1);
        assert.equal(blocked.exchanges[0].response.status, 200);
        assert.equal(blocked.exchanges[0].request.url, server.url());
    });
}

test('the story of a blocked call', async (t) => {
    const server = await serve(t, mismatch);
    const browser = openBrowser(t, {browser: 'chromium',
        hosts: {'api.example': `http://127.0.0.1:${server.port}`}});
    const {cause} = await rejection(browser.fetch('https://api.example/items?page=2', {
        credentials: 'include'}));
    assert.equal(`${cause}`, `\
GET https://api.example/items?page=2 from a page of https://app.example, in Chromium

 page     browser                                                       server
 ├GET────▶│                                                                  │
 │        ├─ GET /items?page=2 ────────────────────────────────── request ──▶│
 │        │  Origin: https://app.example                                     │
 │        │◀─ 200 OK ────────────────────────────────────────────────────────┤
 │        │  Access-Control-Allow-Origin: https://other.example              │
 │        │                               ^^^^^^^^^^^^^^^^^^^^^              │
 │        │  Set-Cookie: session=…; HttpOnly                                 │
 │        │    ✗ not kept: cross-site call; SameSite is Lax where missing    │
 │        │                                                                  │
 │◀─ ✗ ───┤  allow-origin-mismatch                                           │

✗ blocked: allow-origin-mismatch
  Access-Control-Allow-Origin names another origin than the page's; browsers
  compare byte for byte.

The console says:
  Access to fetch at 'https://api.example/items?page=2' from origin 'https://app.example' has been \
blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value \
'https://other.example' that is not equal to the supplied origin. Have the server send the header \
with a valid value.

What to do:
  Send back the Origin of the request, once it is found in the list of allowed
  origins, and Vary: Origin beside it.
  The answer to https://api.example/items?page=2 needs:
    Access-Control-Allow-Origin: https://app.example`);
    assert.equal(inspect(cause), `${cause}`);
    assert.ok(cause.stack.includes(`${cause}`));
});

test('the story of a preflight that fails', async (t) => {
    const server = await serve(t, (request, response) => {
        response.statusCode = request.method === 'OPTIONS' ? 401 : 200;
    });
    const browser = openBrowser(t, {hosts: {'api.example': `http://127.0.0.1:${server.port}`}});
    const {cause} = await rejection(browser.fetch('https://api.example/', {
        method: 'DELETE', headers: {Authorization: 'Bearer s3cret', 'X-Trace': 'abc'}}));
    assert.equal(cause.code, 'preflight-status');
    assert.ok(cause.preflight);
    assert.match(`${cause}`, / ├─ OPTIONS \/ ─+ preflight ──▶│\n/);
    assert.match(`${cause}`, /◀─ 401 Unauthorized ─+┤\n │ {8}│ {3}\^\^\^ +│/u);
    assert.match(`${cause}`, /blocked: preflight-status, at the preflight\n/);
    assert.match(`${cause}`,
        /The answer to OPTIONS https:\/\/api.example\/ needs:\n {4}status 204/);
});

test('secrets stay out of the story', async (t) => {
    const server = await serve(t, (request, response) => {
        response.setHeader('Access-Control-Allow-Origin', PAGE);
        response.setHeader('Access-Control-Allow-Headers', 'authorization,x-api-key');
        response.setHeader('Location', 'https://user:s3cret@api.example/');
        response.statusCode = request.method === 'OPTIONS' ? 204 : 302;
    });
    const browser = openBrowser(t, {
        cookies: {[server.url()]: 'sid=s3cret; SameSite=None; Secure'}});
    const {cause} = await rejection(browser.fetch(server.url(), {
        headers: {Authorization: 'Bearer s3cret', 'X-Api-Key': 's3cret'}}));
    assert.equal(cause.code, 'redirect-with-userinfo');
    assert.match(`${cause}`, /Authorization: …/);
    assert.doesNotMatch(`${cause}`.replace(/The console says:\n.*\n/, ''), /s3cret/);
});

test('what servers say cannot disturb a terminal', async (t) => {
    const browser = openBrowser(t, {transport: async () => ({status: 200, headers: [
        ['Access-Control-Allow-Origin', 'https://\x1b[31m\u202eevil']]})});
    const {cause} = await rejection(browser.fetch('https://api.example/'));
    assert.doesNotMatch(`${cause}`, /[\x1b\u202e]/); // eslint-disable-line no-control-regex
});

test('where nothing came back, the reason is told', async (t) => {
    const browser = openBrowser(t, {transport: () => Promise.reject(new Error('out of paper'))});
    const {cause} = await rejection(browser.fetch('https://api.example/'));
    assert.equal(cause.code, 'network-failure');
    assert.equal(cause.exchanges[0].response, null);
    assert.match(`${cause}`, /✗ no answer.*\n.*out of paper/);
});

test('where nothing was sent, the likely reasons are told', async (t) => {
    const browser = openBrowser(t);
    for (const url of ['http://api.example/', 'https://api.example:6667/']) {
        const {cause} = await rejection(browser.fetch(url));
        assert.equal(cause.code, 'network-failure');
        assert.deepEqual(cause.exchanges, []);
        assert.match(`${cause}`, /Nothing was sent/);
    }
});

test('expectAllowed gives the response', async (t) => {
    const server = await serve(t);
    const browser = openBrowser(t);
    assert.equal((await expectAllowed(browser.fetch(server.url()))).status, 200);
    assert.equal((await expectAllowed(() => browser.fetch(server.url()))).status, 200);
});

test('expectAllowed fails with the whole story, at the line that asks', async (t) => {
    const server = await serve(t, mismatch);
    const browser = openBrowser(t);
    const call = browser.fetch(server.url());
    const error = await rejection(expectAllowed(call));
    const {cause} = await rejection(call);
    assert.ok(error instanceof AssertionError);
    assert.deepEqual([error.actual, error.expected, error.operator],
        ['allow-origin-mismatch', 'ok', 'expectAllowed']);
    assert.equal(error.message, `The browser blocked the call.\n\n${cause}`);
    assert.ok(error.stack.startsWith(`AssertionError [ERR_ASSERTION]: ${error.message}\n    at `));
    const [frame] = error.stack.slice(error.stack.indexOf('\n    at ') + 1).split('\n');
    assert.match(frame, /page_blocked_calls\.test\.mjs/);
});

test('expectBlocked gives the reason', async (t) => {
    const server = await serve(t, mismatch);
    const browser = openBrowser(t);
    const blocked = await expectBlocked(browser.fetch(server.url()));
    assert.equal(blocked.code, 'allow-origin-mismatch');
    const same = await expectBlocked(() => browser.fetch(server.url()), 'allow-origin-mismatch');
    assert.equal(same.code, blocked.code);
});

test('expectBlocked fails where another code comes, or none', async (t) => {
    const bad = await serve(t, mismatch);
    const good = await serve(t);
    const browser = openBrowser(t);
    const other = await rejection(expectBlocked(browser.fetch(bad.url()), 'preflight-status'));
    assert.match(other.message, /with allow-origin-mismatch in place of preflight-status/);
    assert.deepEqual([other.actual, other.expected], ['allow-origin-mismatch', 'preflight-status']);
    const none = await rejection(expectBlocked(browser.fetch(good.url()), 'preflight-status'));
    assert.ok(none instanceof AssertionError);
    assert.match(none.message,
        /did not block the call\.\n\nGET http.*│◀─ ✓ ───┤ {2}ok.*✓ allowed/s);
    assert.match(none.stack, /page_blocked_calls\.test\.mjs/);
});

test('the assertions hand on what is none of theirs', async (t) => {
    const server = await serve(t, (request, response, {url}) => {
        response.setHeader('Access-Control-Allow-Origin', url === '/bad' ? 'null' : '*');
    });
    const browser = openBrowser(t);
    await assert.rejects(expectAllowed(Promise.reject(new RangeError('mine'))), RangeError);
    await assert.rejects(expectBlocked(Promise.reject(new TypeError('mine'))), TypeError);
    await assert.rejects(expectAllowed(browser.fetch(server.url(), {signal: AbortSignal.abort()})),
        {name: 'AbortError'});
    await assert.rejects(expectAllowed(undefined), /takes a call/);
    await assert.rejects(expectBlocked(browser.fetch(server.url('/bad')), 'nonsense'),
        /must be one of/);
});

test('options that cannot be meant are refused in words', (t) => {
    for (const [options, words] of [
        [{origin: 'https://app.example/'}, /written as browsers send it: https:\/\/app.example/],
        [{origin: 'https://app.example:443'}, /https:\/\/app.example, not/],
        [{origin: 'HTTPS://App.example'}, /https:\/\/app.example, not/],
        [{origin: 'app.example'}, /must be the origin of the page/],
        [{origin: undefined}, /must be the origin of the page/],
        [{browser: 'netscape'}, /must be one of standard/],
        [{top: 'x'}, /top must be/],
        [{hosts: {'api.example': '127.0.0.1:80'}}, /hosts: .*must be an origin/],
        [{hosts: {'https://api.example': 'http://127.0.0.1'}}, /must be a host name/],
    ]) {
        assert.throws(() => openBrowser(t, options), (error) =>
            error instanceof TypeError && words.test(error.message), JSON.stringify(options));
    }
    openBrowser(t, {origin: 'null'});
    openBrowser(t, {origin: 'capacitor://localhost'});
});
