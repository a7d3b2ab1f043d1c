// SPDX-License-Identifier: MIT
/**
 * A browser's cookies. RFC 6265bis, sections 5.6 to 5.8, and what the browsers do otherwise.
 *
 * Blocking and partitioning of third-party cookies are left out: they depend on settings and lists
 * of each visitor. Only requests of subresources are known here, no navigations.
 */

import {engine} from './embedded_engine.js';
import {readCookieLine} from './page_cookie_line.js';
import {isAddress, isLoopback, isSameSite} from './page_site.js';

/**
 * @typedef {import('../../wasm/libcors.js').BrowserName} BrowserName
 * @typedef {import('./page_cookie_line.js').CookieLine} CookieLine
 *
 * @typedef {{
 *   default: 'lax' | 'none',
 *   noneNeedsSecure: boolean,
 *   schemeful: boolean,
 *   trustsLoopback: boolean,
 *   hidesFromOpaque: boolean,
 *   seesRedirects: boolean,
 * }} Habits `default`: what a cookie without SameSite has. `schemeful`: http and https of a host
 *   are two sites. `trustsLoopback`: this machine's own addresses count as secure over http.
 *   `hidesFromOpaque`: pages of no origin are kept apart from all cookies. `seesRedirects`: a
 *   request that came by another site is cross-site.
 *
 * @typedef {{url: URL, top: URL | null, via: URL[]}} CookiePlace a request: its URL, the top-level
 *   page's origin (null: the page has none), and the URLs that redirected to it
 *
 * @typedef {{
 *   name: string,
 *   value: string,
 *   domain: string,
 *   hostOnly: boolean,
 *   path: string,
 *   secure: boolean,
 *   sameSite: 'strict' | 'lax' | 'none',
 *   expires: number,
 * }} Cookie
 */

/** @type {Record<BrowserName, Habits>} */
const HABITS = {
    standard: {default: 'lax', noneNeedsSecure: true, schemeful: true, trustsLoopback: true,
        hidesFromOpaque: false, seesRedirects: false},
    chromium: {default: 'lax', noneNeedsSecure: true, schemeful: true, trustsLoopback: true,
        hidesFromOpaque: false, seesRedirects: false},
    firefox: {default: 'none', noneNeedsSecure: true, schemeful: false, trustsLoopback: true,
        hidesFromOpaque: true, seesRedirects: true},
    safari: {default: 'none', noneNeedsSecure: false, schemeful: false, trustsLoopback: false,
        hidesFromOpaque: false, seesRedirects: false},
};

const DAYS_MAX = 400;
const PER_DOMAIN_MAX = 180;
const ALL_MAX = 3000;

/** @param {string} host @param {string} domain */
function domainMatches(host, domain) {
    return host === domain || (host.endsWith(`.${domain}`) && !isAddress(host));
}

/** @param {string} path @param {string} start */
function pathMatches(path, start) {
    return path === start ||
        (path.startsWith(start) && (start.endsWith('/') || path[start.length] === '/'));
}

/** @param {string} path */
function defaultPath(path) {
    return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/**
 * When a cookie goes, at the latest.
 * @param {CookieLine} line
 * @param {number} now
 */
function expiryOf({maxAge, expires}, now) {
    const latest = now + DAYS_MAX * 86400_000;
    if (maxAge !== null) {
        return maxAge <= 0 ? -Infinity : Math.min(now + maxAge * 1000, latest);
    }
    return expires === null ? Infinity : Math.min(expires, latest);
}

/**
 * What the name promises and the cookie does not keep; null: nothing.
 * @param {CookieLine} line
 */
function brokenPrefix({name, value, secure, domain, path}) {
    const start = name === '' ? value : name;
    const prefix = /^__(?:secure|host)-/i.exec(start)?.[0].toLowerCase();
    if (prefix === undefined) {
        return null;
    }
    if (name === '') {
        return 'a cookie without a name must not look like one with a prefix';
    }
    if (!secure) {
        return `its name begins with ${start.slice(0, prefix.length)}, which needs Secure`;
    }
    return prefix === '__host-' && (domain !== '' || path !== '/')
        ? 'its name begins with __Host-, which needs Path=/ and no Domain' : null;
}

/** The cookies of one browser. */
export class CookieJar {
    /** In the order of their creation. @type {Map<string, Cookie>} */
    #cookies = new Map();
    #habits;

    /** @param {BrowserName} browser */
    constructor(browser) {
        this.#habits = HABITS[browser];
    }

    clear() {
        this.#cookies.clear();
    }

    /** @param {URL} url */
    #isSecure(url) {
        return url.protocol === 'https:' ||
            (this.#habits.trustsLoopback && isLoopback(url.hostname));
    }

    /** @param {CookiePlace} place */
    #isSameSite({url, top, via}) {
        const urls = this.#habits.seesRedirects ? [...via, url] : [url];
        return urls.every((one) => isSameSite(top, one, this.#habits.schemeful));
    }

    /**
     * The value of Cookie for a request; empty: the browser has none for it.
     * @param {CookiePlace} place
     * @param {number} now
     * @returns {string}
     */
    header(place, now) {
        const {url, top} = place;
        const sameSite = this.#isSameSite(place);
        this.#dropExpired(now);
        if (top === null && this.#habits.hidesFromOpaque) {
            return '';
        }
        return [...this.#cookies.values()]
            .filter((cookie) => this.#goesTo(cookie, url, sameSite))
            .sort((one, other) => other.path.length - one.path.length)
            .map(({name, value}) => (name === '' ? value : `${name}=${value}`))
            .join('; ');
    }

    /** @param {Cookie} cookie @param {URL} url @param {boolean} sameSite */
    #goesTo(cookie, url, sameSite) {
        const here = cookie.hostOnly ? cookie.domain === url.hostname
            : domainMatches(url.hostname, cookie.domain);
        return here && pathMatches(url.pathname, cookie.path) &&
            (!cookie.secure || this.#isSecure(url)) && (sameSite || cookie.sameSite === 'none');
    }

    /**
     * Stores what a Set-Cookie line says.
     * @param {CookiePlace} place
     * @param {string} text
     * @param {number} now
     * @returns {string | null} why the browser refuses it; null: it does not
     */
    store(place, text, now) {
        const {url, top} = place;
        const sameSite = this.#isSameSite(place);
        const line = readCookieLine(text);
        if (typeof line === 'string') {
            return line;
        }
        if (top === null && this.#habits.hidesFromOpaque) {
            return 'the page has no origin, and so no cookies';
        }
        const domain = this.#domainOf(url, line.domain);
        const refusal = domain === null
            ? `its Domain, ${line.domain}, is not one of ${url.hostname}`
            : this.#refusal(line, url, sameSite);
        if (domain === null || refusal !== null) {
            return refusal;
        }
        /** @type {Cookie} */
        const cookie = {
            name: line.name, value: line.value, secure: line.secure,
            domain, hostOnly: line.domain === '' || isAddress(domain) ||
                engine().isPublicSuffix(domain),
            path: line.path ?? defaultPath(url.pathname),
            sameSite: this.#sameSiteOf(line), expires: expiryOf(line, now),
        };
        if (!cookie.secure && !this.#isSecure(url) && this.#shadowsSecure(cookie)) {
            return 'a cookie of that name is Secure, which http cannot replace';
        }
        this.#keep(cookie, now);
        return null;
    }

    /** @param {CookieLine} line */
    #sameSiteOf({sameSite}) {
        return sameSite === 'default' ? this.#habits.default : sameSite;
    }

    /**
     * Whose cookie it is: a domain of the host's that is no public suffix; null: no such.
     * @param {URL} url
     * @param {string} domain
     */
    #domainOf({hostname}, domain) {
        const own = domain === '' || domain === hostname;
        if (own) {
            return hostname;
        }
        return domainMatches(hostname, domain) && !engine().isPublicSuffix(domain) ? domain : null;
    }

    /**
     * @param {CookieLine} line
     * @param {URL} url
     * @param {boolean} sameSite
     * @returns {string | null}
     */
    #refusal(line, url, sameSite) {
        if (line.secure && !this.#isSecure(url)) {
            return 'it is Secure, and came over http';
        }
        if (line.sameSite === 'none' && !line.secure && this.#habits.noneNeedsSecure) {
            return 'SameSite=None needs Secure';
        }
        if (!sameSite && this.#sameSiteOf(line) !== 'none') {
            return line.sameSite === 'default'
                ? 'cross-site call; SameSite is Lax where missing'
                : `cross-site call; it has SameSite=${line.sameSite}`;
        }
        return brokenPrefix(line);
    }

    /** @param {Cookie} cookie */
    #shadowsSecure(cookie) {
        return [...this.#cookies.values()].some((other) => other.secure &&
            other.name === cookie.name && pathMatches(cookie.path, other.path) &&
            (domainMatches(cookie.domain, other.domain) ||
             domainMatches(other.domain, cookie.domain)));
    }

    /** @param {Cookie} cookie @param {number} now */
    #keep(cookie, now) {
        const key = JSON.stringify([cookie.name, cookie.domain, cookie.hostOnly, cookie.path]);
        this.#dropExpired(now);
        if (cookie.expires <= now) {
            this.#cookies.delete(key);
            return;
        }
        this.#cookies.set(key, cookie);
        const keys = [...this.#cookies.keys()];
        const ofDomain = keys.filter((one) => this.#cookies.get(one)?.domain === cookie.domain);
        const surplus = ofDomain.length > PER_DOMAIN_MAX ? ofDomain
            : keys.length > ALL_MAX ? keys : [];
        surplus.slice(0, 1).forEach((oldest) => this.#cookies.delete(oldest));
    }

    /** @param {number} now */
    #dropExpired(now) {
        for (const [key, {expires}] of this.#cookies) {
            if (expires <= now) {
                this.#cookies.delete(key);
            }
        }
    }
}
