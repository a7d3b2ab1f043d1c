// SPDX-License-Identifier: MIT
/**
 * The field lines that a browser adds to those of script and CORS. Fetch, "HTTP-network-or-cache
 * fetch"; Fetch Metadata Request Headers. Host and Content-Length are up to the transport.
 */

import {engine} from './embedded_engine.js';
import {refererLine} from './page_referrer.js';
import {isTrustworthy, siteRelation} from './page_site.js';

/**
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('../../wasm/libcors.js').SentRequest} SentRequest
 * @typedef {import('./page_call.js').PageCall} PageCall
 *
 * @typedef {{browser: string, page: string, urls: string[]}} Whereabouts `urls`: of the call and
 *     its redirects, up to this request's
 */

/** @type {Record<string, string>} */
const DESTINATIONS = {
    image: 'image', script: 'script', module: 'script', stylesheet: 'style', font: 'font',
};

/** What cache modes have servers and caches between know. @type {Record<string, FieldLine[]>} */
const CACHE_LINES = {
    'no-store': [['Pragma', 'no-cache'], ['Cache-Control', 'no-cache']],
    'reload': [['Pragma', 'no-cache'], ['Cache-Control', 'no-cache']],
    'no-cache': [['Cache-Control', 'max-age=0']],
};

/**
 * @param {SentRequest} sent
 * @param {PageCall['call']} call
 */
function modeOf({kind}, {mode, initiator}) {
    return kind === 'preflight' ? 'cors' : mode ?? (initiator === 'beacon' ? 'no-cors' : 'cors');
}

/**
 * @param {SentRequest} sent
 * @param {PageCall['call']} call
 * @param {Whereabouts} where
 * @returns {FieldLine[]}
 */
function metadataLines(sent, call, {browser, page, urls}) {
    if (!isTrustworthy(new URL(sent.url))) {
        return [];
    }
    return [
        ['Sec-Fetch-Site', siteRelation(page, urls, browser === 'firefox')],
        ['Sec-Fetch-Mode', modeOf(sent, call)],
        ['Sec-Fetch-Dest', DESTINATIONS[call.initiator ?? ''] ?? 'empty'],
    ];
}

/** @param {URL} url @param {FieldLine[]} lines */
function encodings(url, lines) {
    if (lines.some(([name]) => name.toLowerCase() === 'range')) {
        return 'identity';
    }
    return isTrustworthy(url) ? 'gzip, deflate, br' : 'gzip, deflate';
}

/**
 * @param {SentRequest} sent
 * @param {PageCall} pageCall
 * @param {Whereabouts} where
 * @param {string} cookies
 * @returns {FieldLine[]}
 */
export function requestLines(sent, pageCall, where, cookies) {
    const {browser, page} = where;
    const {call} = pageCall;
    const url = new URL(sent.url);
    const referer = refererLine(page, pageCall, url);
    /** @type {FieldLine[]} */
    const added = [
        ['Accept', call.initiator === 'eventsource' ? 'text/event-stream' : '*/*'],
        ['Accept-Language', 'en-US,en;q=0.9'],
        ['Accept-Encoding', encodings(url, sent.fields)],
        ['User-Agent', `Mozilla/5.0 (compatible; libcors/${engine().version}; ${browser})`],
        ...(sent.kind === 'request' ? CACHE_LINES[call.cache ?? ''] ?? [] : []),
        ...metadataLines(sent, call, where),
    ];
    if (referer !== null) {
        added.push(['Referer', referer]);
    }
    if (cookies !== '') {
        added.push(['Cookie', cookies]);
    }
    const given = new Set(sent.fields.map(([name]) => name.toLowerCase()));
    return [...sent.fields, ...added.filter(([name]) => !given.has(name.toLowerCase()))];
}
