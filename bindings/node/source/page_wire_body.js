// SPDX-License-Identifier: MIT
/** The body of an answer, from the transport to script. */

import {clearTimeout, setTimeout} from 'node:timers'; // not those that tests replace
import {decodeBody} from './page_decoding.js';

/** @typedef {import('../libcors.js').WireResponse} WireResponse */

/** As much as is read of an answer that nobody wants, and as long, before its connection is cut. */
const DRAINED_MAX = 64 << 10;
const DRAINED_MS = 1000;

/** What a transport answered, read once. */
export class WireBody {
    #response;
    /** @type {ReadableStreamDefaultReader<Uint8Array> | null} */
    #reader = null;

    /** @param {WireResponse} response */
    constructor(response) {
        this.#response = response;
        const {body} = response;
        if (typeof body === 'object' && body !== null && 'getReader' in body) {
            this.#reader = body.getReader();
        }
    }

    /** @returns {AsyncGenerator<Uint8Array>} */
    async* #chunks() {
        const {body} = this.#response;
        if (this.#reader === null) {
            const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
            if (bytes && 'length' in bytes && bytes.length > 0) {
                yield bytes;
            }
            return;
        }
        for (;;) {
            const {done, value} = await this.#reader.read();
            if (done) {
                return;
            }
            yield value;
        }
    }

    cancel() {
        this.#reader?.cancel().catch(() => {});
    }

    /** Lets go of an answer that nobody wants; its server may end it in peace if that is soon. */
    async discard() {
        const overdue = setTimeout(() => this.cancel(), DRAINED_MS);
        let size = 0;
        try {
            for await (const chunk of this.#chunks()) {
                size += chunk.length;
                if (size > DRAINED_MAX) {
                    this.cancel();
                }
            }
        } catch {
            // nobody wanted it
        }
        clearTimeout(overdue);
    }

    /** All of it, decoded. @returns {Promise<Uint8Array>} */
    async bytes() {
        const parts = [];
        for await (const chunk of decodeBody(this.#chunks(), this.#response.headers)) {
            parts.push(chunk);
        }
        return new Uint8Array(Buffer.concat(parts));
    }

    /**
     * The body as script reads it: nothing is read before script does.
     * @param {AbortSignal | null} signal
     * @returns {ReadableStream<Uint8Array>}
     */
    stream(signal) {
        const chunks = decodeBody(this.#chunks(), this.#response.headers);
        const iterator = chunks[Symbol.asyncIterator]();
        let abort = () => {};
        const end = () => signal?.removeEventListener('abort', abort);
        return new ReadableStream({
            start: (controller) => {
                abort = () => {
                    controller.error(signal?.reason);
                    this.cancel();
                };
                signal?.addEventListener('abort', abort, {once: true});
            },
            async pull(controller) {
                try {
                    const {done, value} = await iterator.next();
                    if (done) {
                        end();
                        controller.close();
                    } else {
                        controller.enqueue(new Uint8Array(value));
                    }
                } catch (error) {
                    end();
                    throw new TypeError('network error', {cause: error});
                }
            },
            cancel: () => {
                end();
                this.cancel();
            },
        }, {highWaterMark: 0});
    }
}
