// SPDX-License-Identifier: MIT
/** A million requests, each another one, leave nothing behind. */

import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const {cors} = await import(pathToFileURL(process.env.CORS_NODE_LIBRARY).href);

const MEBIBYTE = 1 << 20;

/** A request that no other is like: with names, values and paths of its own. */
function request(number) {
    const lines = ['Host', 'api.example', `X-${number}`, 'y'];
    if (number % 3 !== 0) {
        lines.push('Origin', number % 3 === 1 ? 'https://a.example' : `https://${number}.example`);
    }
    if (number % 7 === 0) {
        lines.push('Access-Control-Request-Method', number % 2 ? 'PUT' : `M${number}`,
            'Access-Control-Request-Headers', `x-a, x-${number}`);
    }
    const method = number % 7 === 0 ? 'OPTIONS' : 'GET';
    return {method, url: `/items/${number}?n=${number}`, rawHeaders: lines, headers: {}};
}

/** A response of Node's, or what is quicker to make and has its methods. */
function responseTo({method}, number) {
    if (number % 8 === 0) {
        return new http.ServerResponse({method, httpVersionMajor: 1, httpVersionMinor: 1});
    }
    const lines = {};
    return {
        setHeader: (name, value) => lines[name] = value, getHeader: (name) => lines[name],
        writeHead() {}, end() {}, getHeaderNames: () => Object.keys(lines), removeHeader() {},
    };
}

function serve(middleware, from, count) {
    let answered = 0;
    for (let number = from; number < from + count; number++) {
        const arrived = request(number);
        const response = responseTo(arrived, number);
        middleware(arrived, response, () => {
            response.setHeader('Vary', `X-${number}`);
            response.writeHead(200, {[`X-Answer-${number}`]: '1'});
            answered++;
        });
    }
    return answered;
}

function used() {
    globalThis.gc();
    globalThis.gc();
    const {heapUsed, rss} = process.memoryUsage();
    return {heapUsed, rss};
}

test('memory stays flat over a million requests', () => {
    const middleware = cors({
        allow_origins: ['https://a.example'], allow_methods: ['*'], allow_headers: ['*'],
        allow_credentials: true,
    }, {onProblem() {}});
    serve(middleware, 0, 100_000);
    const before = used();
    assert.ok(serve(middleware, 100_000, 1_000_000) > 800_000);
    const after = used();
    assert.ok(after.heapUsed - before.heapUsed < MEBIBYTE,
        `the heap grew by ${after.heapUsed - before.heapUsed} bytes`);
    assert.ok(after.rss - before.rss < 64 * MEBIBYTE,
        `the process grew by ${after.rss - before.rss} bytes`);
    middleware.close();
});

test('policies that are closed give their memory back', () => {
    const origins = Array.from({length: 1000}, (_, number) => `https://${number}.example`);
    const openAndClose = (count) => {
        for (let i = 0; i < count; i++) {
            cors({allow_origins: origins}).close();
        }
    };
    openAndClose(10);
    const before = used();
    openAndClose(30);
    assert.ok(used().rss - before.rss < 24 * MEBIBYTE);
});
