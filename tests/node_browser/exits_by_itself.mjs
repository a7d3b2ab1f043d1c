// SPDX-License-Identifier: MIT
// A process that leaves things behind, which must end nevertheless; says what it left.
//
//     node exits_by_itself.mjs WHAT

import {createServer} from 'node:http';
import {gzipSync} from 'node:zlib';
import {createBrowser} from '../../bindings/node/source/page_browser.js';

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

function listen() {
    const server = createServer((request, response) => {
        response.setHeader('Access-Control-Allow-Origin', '*');
        response.setHeader('Access-Control-Allow-Methods', 'PUT');
        ANSWERS[request.url](response);
    });
    server.on('connection', (socket) => socket.unref());
    server.unref();
    return new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
    });
}

const url = await listen();
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
    'a clone': async () => (await browser.fetch(`${url}/endless`)).clone(),
    'a preflight\'s endless answer': () => browser.fetch(`${url}/endless`, {method: 'PUT'}),
    'an opaque body': () => browser.fetch(`${url}/endless`, {mode: 'no-cors'}),
    'a blocked call\'s body': () => browser.fetch(`${url}/endless`, {credentials: 'include'})
        .catch(() => {}),
    'a signal': () => browser.fetch(`${url}/endless`, {signal: new AbortController().signal}),
};

const what = process.argv[2];
if (what === undefined) {
    process.stdout.write(JSON.stringify(Object.keys(LEAVES)));
} else {
    await LEAVES[what]();
    process.stdout.write(`left ${what}\n`);
}
