// SPDX-License-Identifier: MIT
/**
 * A browser for tests: fetch() as on a page of an origin, which obeys CORS.
 *
 *     const browser = createBrowser({origin: 'https://app.example'});
 *     const response = await browser.fetch('http://127.0.0.1:3000/items', {method: 'PUT'});
 */

import {readPageCall} from './page_call.js';
import {PageFetch} from './page_fetch.js';
import {keepStory} from './page_kept_stories.js';
import {checkReferrerPolicy} from './page_referrer.js';
import {checkEnvironment} from './page_response.js';
import {PageState} from './page_state.js';

/**
 * @typedef {import('../libcors.js').BrowserOptions} BrowserOptions
 * @typedef {import('../libcors.js').CorsBrowser} CorsBrowser
 * @typedef {import('../libcors.js').PageInit} PageInit
 */

/**
 * The engine's memory of browsers that nobody closed.
 * @type {FinalizationRegistry<PageState>}
 */
const forgotten = new FinalizationRegistry((state) => state.browser.release());

/**
 * @param {PageState} state
 * @param {string | URL | Request} input
 * @param {PageInit} init
 */
async function call(state, input, init) {
    const pageCall = readPageCall(input, init);
    checkReferrerPolicy(pageCall.referrerPolicy);
    const {response, story} = await new PageFetch(state, pageCall).run();
    keepStory(response, story);
    return response;
}

/** @implements {CorsBrowser} */
class PageBrowser {
    #state;

    /** @param {BrowserOptions} options */
    constructor(options) {
        this.#state = new PageState(options);
        /**
         * A function by itself, so that it can stand in for globalThis.fetch; it keeps this alive.
         * @param {string | URL | Request} input
         * @param {PageInit} [init]
         * @returns {Promise<Response>}
         */
        this.fetch = (input, init) => call(this.#state, input, init ?? {});
        forgotten.register(this, this.#state, this);
    }

    get exchanges() {
        return this.#state.exchanges;
    }

    clear() {
        this.#state.clear();
    }

    close() {
        forgotten.unregister(this);
        this.#state.close();
    }
}

/**
 * @param {BrowserOptions} options
 * @returns {CorsBrowser}
 */
export function createBrowser(options) {
    checkEnvironment();
    return new PageBrowser(options);
}
