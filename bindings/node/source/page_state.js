// SPDX-License-Identifier: MIT
/** What a browser has beside its calls: who its page is, its caches and cookies, its clock. */

import {engine} from './embedded_engine.js';
import {CookieJar} from './page_cookies.js';
import {readOrigin} from './page_site.js';
import {NodeTransport} from './page_transport.js';

/**
 * @typedef {import('../libcors.js').BrowserOptions} BrowserOptions
 * @typedef {import('../libcors.js').Exchange} Exchange
 * @typedef {import('../libcors.js').WireRequest} WireRequest
 */

/** Old ones go, so that a browser that makes calls all day does not grow. */
const EXCHANGES_MAX = 1000;

/**
 * The page comes from this machine unless the test says otherwise: nothing is more private, so
 * that local network access never stands between a test and its server.
 */
const USUAL_ADDRESS = '127.0.0.1';

/** @param {string} name @param {unknown} origin @returns {string} */
function checkOrigin(name, origin) {
    if (origin === 'null') {
        return origin;
    }
    const url = typeof origin === 'string' ? readOrigin(origin) : null;
    const meant = url === null ? null : url.origin === 'null' ? `${url.protocol}//${url.host}`
        : url.origin;
    if (meant === null) {
        throw new TypeError(`${name} must be the origin of the page, such as ` +
            `https://app.example, or "null"; it is ${JSON.stringify(origin)}`);
    }
    if (meant !== origin) {
        throw new TypeError(`${name} must be written as browsers send it: ${meant}, not ${origin}`);
    }
    return meant;
}

/** The state of one browser. */
export class PageState {
    /** @type {Exchange[]} */
    exchanges = [];
    #last = -Infinity;
    #clock;
    /** @type {NodeTransport | null} */
    #own = null;

    /** @param {BrowserOptions} options */
    constructor(options) {
        const {origin, browser = 'standard', top, pageAddress = USUAL_ADDRESS} = options;
        this.page = checkOrigin('origin', origin);
        /** Whose cookies count as of the same site; null, for a page of no origin: nobody's. */
        this.top = this.page === 'null' ? null
            : readOrigin(top === undefined ? this.page : checkOrigin('top', top));
        this.context = {page: this.page, page_address: pageAddress,
            ...(top === undefined ? {} : {top})};
        this.#clock = options.now ?? (() => Date.now());
        this.transport = options.transport ?? this.#ownTransport(options.hosts);
        this.browser = engine().createBrowser(browser);
        this.jar = new CookieJar(browser);
        this.#setCookies(options.cookies ?? {});
    }

    /** @param {Record<string, string>} [hosts] */
    #ownTransport(hosts) {
        const own = new NodeTransport(hosts);
        this.#own = own;
        return (/** @type {WireRequest} */ request) => own.send(request);
    }

    /** @param {Record<string, string | string[]>} cookies */
    #setCookies(cookies) {
        for (const [place, lines] of Object.entries(cookies)) {
            const url = readOrigin(place);
            if (url === null) {
                throw new TypeError(`cookies: ${JSON.stringify(place)} must be the URL that set ` +
                    'them, such as https://api.example.com/');
            }
            for (const line of [lines].flat()) {
                const refusal = this.jar.store({url, top: url, via: []}, line, this.now());
                if (refusal !== null) {
                    throw new TypeError(`cookies: the browser does not take ` +
                        `${JSON.stringify(line)} from ${place}: ${refusal}`);
                }
            }
        }
    }

    /** The clock, which never goes back. */
    now() {
        this.#last = Math.max(this.#last, this.#clock());
        return this.#last;
    }

    /** @param {Exchange} exchange */
    note(exchange) {
        this.exchanges.push(exchange);
        if (this.exchanges.length > EXCHANGES_MAX) {
            this.exchanges.shift();
        }
    }

    clear() {
        const {name} = this.browser;
        this.browser.release();
        this.browser = engine().createBrowser(name);
        this.jar.clear();
        this.exchanges = [];
    }

    close() {
        this.browser.release();
        this.#own?.close();
    }
}
