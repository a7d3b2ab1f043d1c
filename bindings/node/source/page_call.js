// SPDX-License-Identifier: MIT
/** Reads the arguments of fetch(), as the constructor of Request does. Fetch, section 5.4. */

import {readBody} from './page_body.js';

/**
 * @typedef {import('../../wasm/libcors.js').Call} Call
 * @typedef {import('../libcors.js').PageInit} PageInit
 * @typedef {import('./page_body.js').CallBody} CallBody
 *
 * @typedef {{
 *   call: Call,
 *   body: CallBody,
 *   signal: AbortSignal | null,
 *   integrity: string,
 *   keepalive: boolean,
 *   referrer: string,
 *   referrerPolicy: string,
 * }} PageCall
 */

/**
 * The browser reads these members; what they mean is up to the engine.
 * @type {Array<'mode' | 'credentials' | 'redirect' | 'cache'>}
 */
const CHOICES = ['mode', 'credentials', 'redirect', 'cache'];

/**
 * A Request of Node or of any library.
 * @param {unknown} input
 * @returns {Request | null}
 */
function asRequest(input) {
    const isRequest = typeof input === 'object' && input !== null && 'url' in input &&
        'method' in input && 'headers' in input;
    return isRequest ? /** @type {Request} */ (input) : null;
}

/**
 * @param {any} headers
 * @returns {Array<[string, string]>}
 */
function readHeaders(headers) {
    if (headers === undefined || headers === null) {
        return [];
    }
    if (typeof headers !== 'object') {
        throw new TypeError('headers must be a Headers, a list of [name, value] pairs, or an ' +
            'object');
    }
    const pairs = typeof headers[Symbol.iterator] === 'function'
        ? [...headers] : Object.entries(headers);
    return pairs.map((pair) => {
        const both = [...pair];
        if (both.length !== 2) {
            throw new TypeError('each of headers must be a pair of name and value');
        }
        return [String(both[0]), String(both[1])];
    });
}

/**
 * The body of a Request, which is used up; whether it was a stream once cannot be told.
 * @param {Request} request
 * @returns {CallBody}
 */
function takeBody(request) {
    if (request.bodyUsed) {
        throw new TypeError('the Request has been used already: its body can be read only once');
    }
    if (request.body === null || request.body === undefined) {
        return readBody(null);
    }
    const bytes = request.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    bytes.catch(() => {}); // whoever sends it is told
    return {kind: {kind: 'bytes'}, bytes: () => bytes};
}

/** @param {string | URL | Request} input @param {PageInit} init */
function readMode(input, init) {
    const mode = init.mode ?? asRequest(input)?.mode;
    if (mode === 'navigate') {
        throw new TypeError('fetch() cannot navigate: mode must not be "navigate"');
    }
    return mode;
}

/**
 * @param {string | URL | Request} input
 * @param {PageInit} init
 * @returns {PageCall}
 */
export function readPageCall(input, init) {
    const request = asRequest(input);
    /** @param {keyof PageInit & keyof Request} name @returns {any} */
    const member = (name) => init[name] ?? request?.[name];
    const ownBody = init.body !== undefined && init.body !== null;
    const body = ownBody || request === null
        ? readBody(init.body, /** @type {any} */ (init).duplex) : takeBody(request);
    /** @type {Call} */
    const call = {
        url: request === null ? String(input) : request.url,
        method: String(member('method') ?? 'GET'),
        headers: readHeaders(init.headers ?? request?.headers),
        body: body.kind,
    };
    if (init.initiator !== undefined) {
        call.initiator = init.initiator;
    }
    if (init.uploadListener !== undefined) {
        call.upload_listener = init.uploadListener;
    }
    const mode = readMode(input, init);
    for (const name of CHOICES) {
        const value = name === 'mode' ? mode : member(name);
        if (value !== undefined) {
            call[name] = String(value);
        }
    }
    return {
        call, body,
        signal: init.signal === null ? null : member('signal') ?? null,
        integrity: member('integrity') ?? '',
        keepalive: Boolean(member('keepalive')),
        referrer: member('referrer') ?? 'about:client',
        referrerPolicy: member('referrerPolicy') ?? '',
    };
}
