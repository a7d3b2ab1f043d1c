// SPDX-License-Identifier: MIT
/** Sites, which cookies and Sec-Fetch-Site go by: scheme and registrable domain. */

import {engine} from './embedded_engine.js';

const ADDRESS = /^(?:\[.*\]|(?:\d+\.){3}\d+)$/;

/** @param {string} host */
export function isAddress(host) {
    return ADDRESS.test(host);
}

/**
 * Whether a host is this very machine, whoever looks it up.
 * @param {string} host
 */
export function isLoopback(host) {
    return /^(?:.+\.)?localhost$/.test(host) || /^127(?:\.\d+){3}$/.test(host) || host === '[::1]';
}

/**
 * "Potentially trustworthy", as far as http and https go.
 * @param {URL} url
 */
export function isTrustworthy(url) {
    return url.protocol === 'https:' || isLoopback(url.hostname);
}

/**
 * What one owner registered: example.co.uk of a.b.example.co.uk. A host that has no such part, an
 * address for one, stands for itself.
 * @param {string} host
 * @returns {string}
 */
export function registrableDomain(host) {
    const labels = host.split('.');
    const suffix = isAddress(host) ? 0
        : labels.findIndex((_, start) => engine().isPublicSuffix(labels.slice(start).join('.')));
    return labels.slice(Math.max(0, suffix - 1)).join('.');
}

/**
 * The origin of a URL or origin, or null for one that is opaque.
 * @param {string} text
 * @returns {URL | null}
 */
export function readOrigin(text) {
    try {
        const url = new URL(text);
        return url.host === '' ? null : url;
    } catch {
        return null;
    }
}

/**
 * @param {URL | null} one null: an opaque origin, which is nobody's site
 * @param {URL | null} other
 * @param {boolean} [schemeful] whether http and https are two sites
 */
export function isSameSite(one, other, schemeful = true) {
    return one !== null && other !== null &&
        (!schemeful || one.protocol === other.protocol) &&
        registrableDomain(one.hostname) === registrableDomain(other.hostname);
}

/**
 * Fetch Metadata's relation of a page to all the URLs that a request has gone through.
 * @param {string} page the page's origin
 * @param {string[]} urls
 * @param {boolean} strictly whether redirects between origins of one site count as cross-site
 * @returns {'same-origin' | 'same-site' | 'cross-site'}
 */
export function siteRelation(page, urls, strictly) {
    const origin = readOrigin(page);
    const targets = urls.map(readOrigin);
    if (origin !== null && targets.every((url) => url?.origin === origin.origin)) {
        return 'same-origin';
    }
    if (strictly && urls.length > 1) {
        return 'cross-site';
    }
    return targets.every((url) => isSameSite(origin, url)) ? 'same-site' : 'cross-site';
}
