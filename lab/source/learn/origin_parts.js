// SPDX-License-Identifier: MIT
// Two URLs, part by part: which of them make the origin, and which differ.

/**
 * @typedef {{name: string, a: string, b: string, counts: boolean, same: boolean}} Part
 */

/**
 * The URL that a text is, as the browser reads it; null where it is none.
 *
 * @param {string} text
 */
export function readUrl(text) {
    try {
        return new URL(text.trim());
    } catch {
        return null;
    }
}

/**
 * The port, with the scheme's own where the URL leaves it out.
 *
 * @param {URL} url
 */
function portOf(url) {
    const usual = {'http:': '80', 'https:': '443'}[url.protocol];
    return url.port !== '' ? url.port : usual ? `${usual}, left out` : 'none';
}

/**
 * @param {URL} a
 * @param {URL} b
 * @returns {Part[]}
 */
export function compareParts(a, b) {
    /** @type {Array<[string, boolean, (url: URL) => string]>} */
    const parts = [
        ['Scheme', true, (url) => url.protocol.replace(/:$/, '')],
        ['Host', true, (url) => url.hostname],
        ['Port', true, portOf],
        ['Path and query', false, (url) => url.pathname + url.search],
    ];
    return parts.map(([name, counts, read]) => ({
        name, counts, a: read(a), b: read(b), same: read(a) === read(b),
    }));
}
