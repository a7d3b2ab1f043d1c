// SPDX-License-Identifier: MIT
// Real servers for the tests of createBrowser; each is stopped when its test ends.

import {createServer} from 'node:http';
import {createBrowser} from '../../bindings/node/source/page_browser.js';

export const PAGE = 'https://app.example';

async function bodyOf(request) {
    const parts = [];
    for await (const part of request) {
        parts.push(part);
    }
    return Buffer.concat(parts).toString();
}

/** Lets the page in, whatever it asks for. */
export function allow(response, request, more = {}) {
    const asked = request.headers['access-control-request-headers'];
    const lines = {
        'Access-Control-Allow-Origin': request.headers.origin ?? '*',
        'Access-Control-Allow-Methods': request.headers['access-control-request-method'] ?? 'GET',
        ...(asked === undefined ? {} : {'Access-Control-Allow-Headers': asked}),
        ...more,
    };
    Object.entries(lines).forEach(([name, value]) => response.setHeader(name, value));
}

/**
 * A server on a free port. `handle(request, response)` answers; without one, all is allowed and
 * answered with "hello". `seen` has each request with its body.
 */
export async function serve(test, handle = () => {}) {
    const seen = [];
    const server = createServer(async (request, response) => {
        const noted = {
            method: request.method, url: request.url, headers: request.headers,
            lines: request.rawHeaders, body: await bodyOf(request),
        };
        seen.push(noted);
        await handle(request, response, noted);
        if (response.writableEnded || response.headersSent) {
            return;
        }
        if (!response.hasHeader('Access-Control-Allow-Origin')) {
            allow(response, request);
        }
        response.end(request.method === 'OPTIONS' ? '' : 'hello');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    test.after(() => new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
    }));
    const {port} = server.address();
    return {seen, port, url: (path = '/') => `http://127.0.0.1:${port}${path}`};
}

/** A browser that is closed when its test ends. */
export function openBrowser(test, options = {}) {
    const browser = createBrowser({origin: PAGE, ...options});
    test.after(() => browser.close());
    return browser;
}
