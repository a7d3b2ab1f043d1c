// SPDX-License-Identifier: MIT
/**
 * One call of a page: asks the engine what to send, sends it, and hands it the answers. What is
 * allowed is the engine's to say, here as everywhere.
 */

import {unlessAborted} from './page_abort.js';
import {blockedError} from './page_blocked.js';
import {readDataUrl} from './page_data_url.js';
import {asksForDigest, integrityFault} from './page_integrity.js';
import {requestLines} from './page_request_lines.js';
import {makeResponse} from './page_response.js';
import {WireBody} from './page_wire_body.js';

/**
 * @typedef {import('../../wasm/libcors.js').Outcome} Outcome
 * @typedef {import('../../wasm/libcors.js').SentRequest} SentRequest
 * @typedef {import('../libcors.js').Exchange} Exchange
 * @typedef {import('../libcors.js').WireRequest} WireRequest
 * @typedef {import('../libcors.js').WireResponse} WireResponse
 * @typedef {import('./page_call.js').PageCall} PageCall
 * @typedef {import('./page_story.js').PageStep} PageStep
 * @typedef {import('./page_story.js').Story} Story
 * @typedef {import('./page_state.js').PageState} PageState
 * @typedef {{response: WireResponse, body: WireBody}} Answered
 */

const NULL_BODY_STATUSES = [101, 103, 204, 205, 304];
const KEEPALIVE_MAX = 64 << 10;

/** One call, played once. */
export class PageFetch {
    #state;
    #pageCall;
    /** @type {PageStep[]} */
    #steps = [];
    /** The last answer. @type {Answered | null} */
    #last = null;

    /** @param {PageState} state @param {PageCall} pageCall */
    constructor(state, pageCall) {
        this.#state = state;
        this.#pageCall = pageCall;
    }

    /** @returns {Promise<{response: Response, story: Story}>} */
    async run() {
        const {signal} = this.#pageCall;
        signal?.throwIfAborted();
        const outcome = await this.#play();
        const story = this.#story(outcome);
        if (!outcome.ok) {
            this.#dropAnswer();
            throw blockedError(story);
        }
        return {response: await this.#respond(story), story};
    }

    /** @param {Outcome} outcome @returns {Story} */
    #story(outcome) {
        const {call} = this.#pageCall;
        const {browser, page} = this.#state;
        return {
            browser: browser.name, page, method: call.method ?? 'GET', url: call.url,
            steps: this.#steps, outcome,
        };
    }

    /** @returns {Promise<Outcome>} */
    async #play() {
        const {browser, context} = this.#state;
        const fetch = browser.begin(context, this.#pageCall.call, this.#state.now());
        try {
            while (!fetch.done) {
                const answer = await this.#exchange(fetch.request());
                if (answer === null) {
                    fetch.fail();
                } else {
                    this.#handIn(fetch, answer);
                }
            }
            return fetch.outcome();
        } finally {
            fetch.release();
        }
    }

    /** @param {import('../../wasm/libcors.js').Fetch} fetch @param {WireResponse} answer */
    #handIn(fetch, {status, headers, address}) {
        try {
            fetch.answer({status, headers, ...(address === undefined ? {} : {address})},
                this.#state.now());
        } catch (error) {
            if (!(error instanceof RangeError)) { // a redirect that is too long ends the call
                throw error;
            }
        }
    }

    /** @returns {null} */
    #dropAnswer() {
        void this.#last?.body.discard();
        this.#last = null;
        return null;
    }

    /**
     * Sends what the engine asks for; null: no answer came.
     * @param {SentRequest} sent
     * @returns {Promise<WireResponse | null>}
     */
    async #exchange(sent) {
        this.#dropAnswer();
        const request = await this.#wireRequest(sent);
        /** @type {PageStep} */
        const step = {
            sent, exchange: {kind: sent.kind, request, response: null},
            statusText: '', failure: '', refusedCookies: new Map(),
        };
        this.#steps.push(step);
        this.#state.note(step.exchange);
        let response;
        try {
            response = await this.#send(request);
        } catch (error) {
            this.#pageCall.signal?.throwIfAborted();
            step.failure = wordsOf(error);
            return null;
        }
        this.#take(step, checkAnswer(response));
        return response;
    }

    /** @param {SentRequest} sent @returns {Promise<WireRequest>} */
    async #wireRequest(sent) {
        const {body, signal} = this.#pageCall;
        const {jar, page, browser} = this.#state;
        const place = this.#placeOf(sent);
        const cookies = sent.credentials ? jar.header(place, this.#state.now()) : '';
        const urls = [...place.via, place.url].map(({href}) => href);
        return {
            method: sent.method, url: sent.url,
            headers: requestLines(sent, this.#pageCall,
                {browser: browser.name, page, urls}, cookies),
            body: sent.body ? await unlessAborted(body.bytes(), signal) : null,
            ...(signal === null ? {} : {signal}),
        };
    }

    /**
     * Where a request goes, and by which redirects.
     * @param {SentRequest} sent
     * @returns {import('./page_cookies.js').CookiePlace}
     */
    #placeOf(sent) {
        const earlier = this.#steps.filter((step) => step.sent.kind === 'request' &&
            step.sent !== sent);
        return {
            url: new URL(sent.url), top: this.#state.top,
            via: earlier.map((step) => new URL(step.sent.url)),
        };
    }

    /** @param {WireRequest} request */
    #send(request) {
        const {call, keepalive} = this.#pageCall;
        if (keepalive && (request.body?.length ?? 0) > KEEPALIVE_MAX) {
            throw new Error('a body of more than 64 KiB does not go with keepalive');
        }
        if (call.cache === 'only-if-cached') {
            throw new Error('there is no HTTP cache here, and only-if-cached wants nothing else');
        }
        const answer = Promise.resolve(this.#state.transport(request));
        return unlessAborted(answer, request.signal ?? null);
    }

    /** @param {PageStep} step @param {WireResponse} response */
    #take(step, response) {
        const {sent, exchange, refusedCookies} = step;
        this.#last = {response, body: new WireBody(response)};
        exchange.response = {status: response.status, headers: response.headers};
        step.statusText = response.statusText ?? '';
        const place = this.#placeOf(sent);
        const lines = response.headers.filter(([name]) => name.toLowerCase() === 'set-cookie');
        for (const [, line] of sent.credentials ? lines : []) {
            const refusal = this.#state.jar.store(place, line, this.#state.now());
            if (refusal !== null) {
                refusedCookies.set(line, refusal);
            }
        }
    }

    /** @param {Story} story @returns {Promise<Response>} */
    async #respond(story) {
        const {outcome} = story;
        if (this.#last === null) {
            return this.#respondToData(outcome);
        }
        const answered = await this.#checked(this.#last, story);
        const {response} = answered;
        const readable = new Set(outcome.headers);
        const opaque = isOpaque(outcome);
        return makeResponse(opaque ? this.#dropAnswer() : this.#body(answered), {
            type: outcome.type ?? 'error', status: outcome.status ?? 0,
            statusText: opaque ? '' : response.statusText ?? '',
            url: outcome.url ?? '', redirected: outcome.redirected ?? false,
            headers: response.headers.filter(([name]) => readable.has(name.toLowerCase())),
        });
    }

    /** @param {Answered} answered */
    #body({response, body}) {
        const {method} = this.#steps[this.#steps.length - 1].sent;
        const bodiless = method === 'HEAD' || NULL_BODY_STATUSES.includes(response.status);
        return bodiless ? this.#dropAnswer() : body.stream(this.#pageCall.signal);
    }

    /**
     * The answer, read to its end where the call says what has to be in it.
     * @param {Answered} answered
     * @param {Story} story
     * @returns {Promise<Answered>}
     */
    async #checked(answered, story) {
        const {integrity, signal} = this.#pageCall;
        if (!asksForDigest(integrity)) {
            return answered;
        }
        const bytes = isOpaque(story.outcome) ? null
            : await unlessAborted(answered.body.bytes(), signal);
        const fault = bytes === null ? 'of nothing that script may read'
            : integrityFault(bytes, integrity);
        if (fault !== null) {
            this.#dropAnswer();
            throw blockedError({...story, outcome: digestOutcome(story, fault)});
        }
        const body = new WireBody({status: answered.response.status, headers: [], body: bytes});
        return {response: answered.response, body};
    }

    /** A data: URL has no answer that came over a network. @param {Outcome} outcome */
    #respondToData(outcome) {
        const {type, bytes} = readDataUrl(this.#pageCall.call.url);
        const body = new WireBody({status: 200, headers: [], body: bytes});
        return makeResponse(body.stream(null), {
            type: outcome.type ?? 'basic', status: 200, statusText: 'OK',
            url: outcome.url ?? '', redirected: false, headers: [['Content-Type', type]],
        });
    }
}

/**
 * What a transport of the test's own gave, if it is an answer.
 * @param {WireResponse} response
 */
function checkAnswer(response) {
    if (!Array.isArray(response?.headers)) {
        throw new TypeError('a transport must give {status, headers, body}, with headers as a ' +
            'list of [name, value] pairs');
    }
    return response;
}

/** Why there was no answer; from several addresses, several reasons. @param {unknown} error */
function wordsOf(error) {
    const errors = error instanceof AggregateError ? error.errors : [error];
    return errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}

/** @param {Outcome} outcome */
function isOpaque({type}) {
    return type === 'opaque' || type === 'opaqueredirect';
}

/**
 * @param {Story} story
 * @param {string} digest
 * @returns {Outcome}
 */
function digestOutcome({outcome, url}, digest) {
    const message = 'Failed to find a valid digest in the \'integrity\' attribute for resource ' +
        `'${url}' with computed integrity '${digest}'. The resource has been blocked.`;
    return {
        ...outcome, ok: false, code: 'network-failure', type: null, status: null, headers: [],
        cause: 'The body is not the one that integrity asks for.',
        fix: 'Write the digest of what the server sends, or have it send what was meant.',
        messages: {chromium: message, firefox: message, safari: message},
    };
}
