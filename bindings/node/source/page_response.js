// SPDX-License-Identifier: MIT
/** What fetch() gives script: a Response of Node, with what only a browser can set. */

/**
 * @typedef {{
 *   type: string,
 *   status: number,
 *   statusText: string,
 *   url: string,
 *   redirected: boolean,
 *   headers: Array<[string, string]>,
 * }} ResponseFacts `headers`: those that script can read
 */

const REASON_PHRASE = /^[\t\x20-\x7E\x80-\xFF]*$/; // eslint-disable-line no-control-regex

/** @returns {never} */
function refuseChange() {
    throw new TypeError('the headers of a response that came over the network cannot be changed');
}

/** @param {Headers} headers */
function freeze(headers) {
    for (const name of ['append', 'delete', 'set']) {
        Object.defineProperty(headers, name, {value: refuseChange});
    }
}

/**
 * @param {ReadableStream<Uint8Array> | null} body
 * @param {ResponseFacts} facts
 * @returns {Response}
 */
export function makeResponse(body, facts) {
    const {type, status, url, redirected, statusText, headers} = facts;
    const response = new Response(body, {
        headers, statusText: REASON_PHRASE.test(statusText) ? statusText : '',
    });
    const clone = () => makeResponse(Response.prototype.clone.call(response).body, facts);
    const ok = status >= 200 && status <= 299;
    for (const [name, value] of Object.entries({type, status, ok, url, redirected, clone})) {
        Object.defineProperty(response, name, {value});
    }
    freeze(response.headers);
    return response;
}

/** Fails in words where the environment has none of fetch's classes. */
export function checkEnvironment() {
    if (typeof Response === 'undefined' || typeof ReadableStream === 'undefined') {
        throw new Error('createBrowser needs Node\'s own Response, which this test environment ' +
            'hides; in Jest, begin the file with: /** @jest-environment node */');
    }
}
