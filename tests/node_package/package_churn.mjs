// SPDX-License-Identifier: MIT
/**
 * Uses the installed middleware for long, and says after each round how large the heap and what is
 * outside of it are: `node --expose-gc package_churn.mjs FACE ROUNDS CALLS`, in a project.
 */

import {IncomingMessage, ServerResponse} from 'node:http';

import {cors} from 'libcors';

const [face, rounds, calls] = process.argv.slice(2);
const POLICY = {allow_origins: ['https://app.example', 'https://*.dev.example'],
    allow_credentials: true, allow_methods: ['PUT'], allow_headers: ['X-Page']};
const OPTIONS = {origin: [/^https:\/\/[a-z0-9-]+\.dev\.example$/], credentials: true};
const OWN_ORIGIN = {
    origin: (/** @type {string | undefined} */ origin, /** @type {any} */ callback) =>
        callback(null, origin?.endsWith('.dev.example')),
};
/** @type {Record<string, () => import('libcors').Middleware>} */
const faces = {
    policy: () => cors(POLICY),
    options: () => cors.fromOptions(OPTIONS),
    callback: () => cors.fromOptions(OWN_ORIGIN),
};
const middleware = faces[face]();

/** Node's own request and response, without a socket; no two requests are the same. */
class Visit {
    /** @param {number} number */
    constructor(number) {
        const request = new IncomingMessage(/** @type {any} */ (null));
        request.method = number % 4 === 0 ? 'OPTIONS' : 'GET';
        request.url = `/items/${number}`;
        const lines = ['Host', `h${number}.example`, 'Origin', `https://a${number}.dev.example`];
        if (number % 4 === 0) {
            lines.push('Access-Control-Request-Method', 'PUT',
                'Access-Control-Request-Headers', number % 8 === 0 ? 'x-page' : `x-${number}`);
        }
        request.rawHeaders = lines;
        for (let i = 0; i < lines.length; i += 2) {
            request.headers[lines[i].toLowerCase()] = lines[i + 1];
        }
        this.request = request;
        this.response = new ServerResponse(request);
    }
}

/** How many lines the answers had: all were made. @param {number} from */
async function runRound(from) {
    let lines = 0;
    for (let number = from; number < from + Number(calls); number++) {
        const {request, response} = new Visit(number);
        await new Promise((resolve) => {
            response.end = /** @type {any} */ (resolve);
            middleware(request, response, resolve);
        });
        response.setHeader('Vary', `X-${number % 3000}`);
        response.setHeader(`X-Made-Up-${number}`, 'x');
        response.writeHead(200);
        lines += response.getHeaderNames().length;
    }
    return lines;
}

const sizes = [];
for (let round = 0; round < Number(rounds); round++) {
    const lines = await runRound(round * Number(calls));
    /** @type {any} */ (globalThis).gc();
    const {heapUsed, external} = process.memoryUsage();
    sizes.push({lines, heap: heapUsed, outside: external});
}
console.log(JSON.stringify(sizes));
