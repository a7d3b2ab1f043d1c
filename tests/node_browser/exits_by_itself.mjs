// SPDX-License-Identifier: MIT
// A process that leaves things behind, which must end nevertheless; says what it left.
//
//     node exits_by_itself.mjs WHAT

import {fork} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {createBrowser} from '../../bindings/node/source/page_browser.js';

const SERVER = 'server';
const BIG = Buffer.alloc(8 << 20, 'x');

/** Answers that do not end by themselves. */
const ANSWERS = {
    '/big': (response) => response.end(BIG),
    '/endless': (response) => response.write('abc'),
    '/gzip': (response) => {
        response.setHeader('Content-Encoding', 'gzip');
        response.write(gzipSync('abc'));
    },
    '/hello': (response) => response.end('hello'),
};

/** The server, in a process of its own: its writes would keep this one alive. */
function answer(request, response) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', 'PUT');
    ANSWERS[request.url](response);
}

async function startServer() {
    const child = fork(fileURLToPath(import.meta.url), [SERVER]);
    const [port] = await once(child, 'message');
    child.unref();
    child.channel.unref();
    return `http://127.0.0.1:${port}`;
}

function beServer() {
    const server = createServer(answer);
    server.listen(0, '127.0.0.1', () => process.send(server.address().port));
    process.on('disconnect', () => process.exit());
}

const what = process.argv[2];
let url;
const browser = createBrowser({origin: 'https://app.example'});

/** What is left. */
const LEAVES = {
    'a browser': () => browser.fetch(`${url}/hello`),
    'a big body': () => browser.fetch(`${url}/big`),
    'a body without end': () => browser.fetch(`${url}/endless`),
    'a body half read': async () => {
        const response = await browser.fetch(`${url}/endless`);
        await response.body.getReader().read();
    },
    'a compressed body': () => browser.fetch(`${url}/gzip`),
    'a clone': async () => (await browser.fetch(`${url}/big`)).clone(),
    'a preflight\'s endless answer': () => browser.fetch(`${url}/endless`, {method: 'PUT'}),
    'an opaque body': () => browser.fetch(`${url}/endless`, {mode: 'no-cors'}),
    'a blocked call\'s body': () => browser.fetch(`${url}/endless`, {credentials: 'include'})
        .catch(() => {}),
    'a signal': () => browser.fetch(`${url}/endless`, {signal: new AbortController().signal}),
};

if (what === SERVER) {
    beServer();
} else if (what === undefined) {
    process.stdout.write(JSON.stringify(Object.keys(LEAVES)));
} else {
    url = await startServer();
    await LEAVES[what]();
    process.stdout.write(`left ${what}\n`);
}
