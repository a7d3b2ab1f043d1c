// SPDX-License-Identifier: MIT
/** What Referer says of a page. Referrer Policy, section 8 "Algorithms". */

import {isTrustworthy, readOrigin} from './page_site.js';

const USUAL_POLICY = 'strict-origin-when-cross-origin';
const LENGTH_MAX = 4096;

/**
 * @typedef {{full: string, origin: string, same: boolean, downgrade: boolean}} Choice
 *     `same`: page and URL have one origin; `downgrade`: from a secure page to a URL that is not
 */

/**
 * What each policy lets go along; null: nothing.
 * @type {Map<string, (of: Choice) => string | null>}
 */
const POLICIES = new Map(Object.entries({
    'no-referrer': () => null,
    'no-referrer-when-downgrade': ({full, downgrade}) => (downgrade ? null : full),
    'origin': ({origin}) => origin,
    'origin-when-cross-origin': ({full, origin, same}) => (same ? full : origin),
    'same-origin': ({full, same}) => (same ? full : null),
    'strict-origin': ({origin, downgrade}) => (downgrade ? null : origin),
    'strict-origin-when-cross-origin': ({full, origin, same, downgrade}) =>
        (same ? full : downgrade ? null : origin),
    'unsafe-url': ({full}) => full,
}));

/** @param {string} policy */
export function checkReferrerPolicy(policy) {
    if (policy !== '' && !POLICIES.has(policy)) {
        throw new TypeError(`referrerPolicy must be one of ${[...POLICIES.keys()].join(', ')}`);
    }
}

/**
 * The URL that the page names as its own; only the page's origin is known of the page itself.
 * @param {URL} page
 * @param {string} referrer
 */
function referrerOf(page, referrer) {
    const named = new URL(referrer === 'about:client' ? '/' : referrer, page);
    const url = named.origin === page.origin ? named : new URL('/', page);
    url.hash = '';
    url.username = '';
    url.password = '';
    return url;
}

/**
 * @param {string} page the page's origin
 * @param {{referrer: string, referrerPolicy: string}} call
 * @param {URL} target
 * @returns {string | null} the value of Referer; null: none is sent
 */
export function refererLine(page, {referrer, referrerPolicy}, target) {
    const origin = readOrigin(page);
    if (origin === null || !/^https?:$/.test(origin.protocol) || referrer === '') {
        return null;
    }
    const url = referrerOf(origin, referrer);
    const choose = POLICIES.get(referrerPolicy || USUAL_POLICY);
    const line = choose?.({
        full: url.href.length > LENGTH_MAX ? `${url.origin}/` : url.href,
        origin: `${url.origin}/`,
        same: url.origin === target.origin,
        downgrade: isTrustworthy(url) && !isTrustworthy(target),
    });
    return line ?? null;
}
