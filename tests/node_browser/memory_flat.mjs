// SPDX-License-Identifier: MIT
// Memory after some calls of every kind, and after as many again, and again: a line of JSON.
//
//     node --expose-gc memory_flat.mjs CALLS

import {createServer} from 'node:http';

/** The engine's memory, which nothing else shows. */
const memories = [];
const {Instance} = WebAssembly;
WebAssembly.Instance = class extends Instance {
    constructor(...arguments_) {
        super(...arguments_);
        memories.push(this.exports.memory);
    }
};

const {createBrowser} = await import('../../bindings/node/source/page_browser.js');

const ROUNDS = 3;
const calls = Number(process.argv[2]);

function answer(request, response) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', 'PUT');
    response.setHeader('Set-Cookie', `c${request.url.slice(1)}=1`);
    if (request.url === '/redirect') {
        response.writeHead(302, {Location: '/end'});
    }
    response.end(request.method === 'OPTIONS' ? '' : 'x'.repeat(2000));
}

const KINDS = [
    async (browser, url) => (await browser.fetch(`${url}/read`)).text(),
    (browser, url) => browser.fetch(`${url}/unread`, {mode: 'no-cors'}),
    (browser, url, i) => browser.fetch(`${url}/put?${i}`, {method: 'PUT', body: 'abc'}),
    (browser, url) => browser.fetch(`${url}/redirect`),
    (browser, url) => browser.fetch(`${url}/blocked`, {credentials: 'include'}).catch(() => {}),
    (browser, url, i) => browser.fetch(`${url}/${i}`, {mode: 'no-cors', credentials: 'include'}),
    (browser, url) => {
        const abort = new AbortController();
        const call = browser.fetch(`${url}/aborted`, {signal: abort.signal}).catch(() => {});
        setImmediate(() => abort.abort());
        return call;
    },
];

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

async function settled() {
    for (let i = 0; i < 5; i++) {
        globalThis.gc();
        await turn(); // finalizers run between tasks
    }
    const {heapUsed, external} = process.memoryUsage();
    return {heap: heapUsed + external, engine: memories.reduce(
        (sum, memory) => sum + memory.buffer.byteLength, 0)};
}

const server = createServer(answer);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const kept = createBrowser({origin: 'https://app.example', browser: 'firefox'});
const measured = [];
for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < calls; i++) {
        await KINDS[i % KINDS.length](kept, url, i);
        if (i % 20 === 0) { // one that nobody closes
            await KINDS[0](createBrowser({origin: 'https://app.example'}), url);
        }
        if (i % 200 === 0) {
            globalThis.gc();
            await turn();
        }
    }
    kept.clear(); // it remembers 1000 exchanges, which may be more than a round has
    measured.push(await settled());
}
kept.close();
server.close();
process.stdout.write(JSON.stringify(measured));
