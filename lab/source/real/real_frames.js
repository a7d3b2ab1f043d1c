// SPDX-License-Identifier: MIT
// Frames on local origins, which make calls as their own.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Call} Call
 *
 * @typedef {{
 *   result?: 'ok' | 'error' | 'hangs', type?: string, status?: number, redirected?: boolean,
 *   url?: string, headers?: string[], fields?: Array<[string, string]>, text?: string,
 *   more?: boolean, message?: string,
 * }} Told What script was told; a member that it was not told of is missing.
 *
 * @typedef {{call: (call: Call) => Promise<Told>, close: () => void}} Frame
 */

const OPEN_MS_MAX = 15_000;
const ANSWER_MS_MAX = 20_000; // the frame itself gives calls up before

/** The frame did not come up: this browser may not know names below localhost. */
export class NoFrame extends Error {}

/**
 * Says once that a frame has come up.
 *
 * @param {HTMLIFrameElement} frame
 * @param {string} origin
 * @returns {Promise<void>}
 */
function ready(frame, origin) {
    return new Promise((done, fail) => {
        /** @param {MessageEvent} event */
        const hear = (event) => {
            if (event.source === frame.contentWindow && event.origin === origin &&
                event.data === 'lab: ready') {
                clearTimeout(timer);
                removeEventListener('message', hear);
                done();
            }
        };
        const timer = setTimeout(() => {
            removeEventListener('message', hear);
            fail(new NoFrame(`A page on ${new URL(frame.src).origin} did not open within ` +
                `${OPEN_MS_MAX / 1000} s. Does this browser take every name that ends in ` +
                '.localhost for this machine? Chromium and Firefox do.'));
        }, OPEN_MS_MAX);
        addEventListener('message', hear);
    });
}

/** @param {MessagePort} port @returns {Frame['call']} */
function makeCaller(port) {
    let last = 0;
    /** @type {Map<number, (told: Told) => void>} */
    const waiting = new Map();
    port.onmessage = ({data}) => {
        waiting.get(data.number)?.(data.told);
        waiting.delete(data.number);
    };
    return ({url, method = 'GET', headers = [], ...call}) => new Promise((done) => {
        last += 1;
        const number = last;
        const timer = setTimeout(() => {
            waiting.delete(number);
            done({result: 'hangs'});
        }, ANSWER_MS_MAX);
        waiting.set(number, (told) => {
            clearTimeout(timer);
            done(told);
        });
        port.postMessage({number, call: {...call, url, method, headers}});
    });
}

/**
 * Opens a frame.
 *
 * @param {string} page its origin; "null" is a sandbox
 * @returns {Promise<Frame>}
 */
export async function openFrame(page) {
    const frame = document.createElement('iframe');
    frame.className = 'call-frame';
    frame.title = `The page of the exchange, on ${page}`;
    frame.tabIndex = -1;
    frame.setAttribute('aria-hidden', 'true');
    if (page === 'null') {
        frame.setAttribute('sandbox', 'allow-scripts');
    }
    frame.src = new URL('/-/frame.html', page === 'null' ? location.origin : page).href;
    const isReady = ready(frame, page);
    document.body.append(frame);
    try {
        await isReady;
    } catch (fault) {
        frame.remove();
        throw fault;
    }
    const {port1, port2} = new MessageChannel();
    // An opaque origin has no name to address it by; it was heard from this very window.
    frame.contentWindow?.postMessage('lab: calls', page === 'null' ? '*' : page, [port2]);
    return {
        call: makeCaller(port1),
        close() {
            port1.close();
            frame.remove();
        },
    };
}
