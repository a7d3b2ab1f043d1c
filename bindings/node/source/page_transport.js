// SPDX-License-Identifier: MIT
/**
 * Sends requests over Node's own http and https, each as it is and on a connection of its own.
 * Nothing that is over, or that nobody reads, keeps the process alive.
 */

import {Agent, request as requestOverHttp} from 'node:http';
import {Agent as TlsAgent, request as requestOverTls} from 'node:https';
import {lookupHost, readHosts} from './page_hosts.js';
import {isAddress} from './page_site.js';

/**
 * @typedef {import('node:http').ClientRequest} ClientRequest
 * @typedef {import('node:http').IncomingMessage} IncomingMessage
 * @typedef {import('../libcors.js').WireRequest} WireRequest
 * @typedef {import('../libcors.js').WireResponse} WireResponse
 * @typedef {{destroy(error?: Error): unknown}} Open
 */

const HEAD_MAX = 256 << 10;

/** Node would send others in chunks, even where there is nothing to send. */
const BODILESS = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];

/** What stands in the request line: a ? that nothing follows, too. @param {string} url */
function targetOf(url) {
    const target = url.replace(/^https?:\/\/[^/?]*/, '');
    return target.startsWith('/') ? target : `/${target}`;
}

/** @param {string[]} raw names and values in turns */
function pairsOf(raw) {
    /** @type {Array<[string, string]>} */
    const pairs = [];
    for (let i = 0; i < raw.length; i += 2) {
        pairs.push([raw[i], raw[i + 1]]);
    }
    return pairs;
}

/**
 * The body as a stream; only a read that waits keeps the process alive.
 * @param {IncomingMessage} message
 * @returns {ReadableStream<Uint8Array>}
 */
function streamOf(message) {
    const {socket} = message;
    const chunks = message[Symbol.asyncIterator]();
    return new ReadableStream({
        async pull(controller) {
            socket.ref();
            try {
                const {done, value} = await chunks.next();
                if (done) {
                    controller.close();
                } else {
                    controller.enqueue(new Uint8Array(value));
                }
            } finally {
                socket.unref();
            }
        },
        cancel() {
            message.destroy();
        },
    }, {highWaterMark: 0});
}

/**
 * Sets the lines and the method: node:http has neither lines twice nor methods in lower case by
 * itself, and browsers send both.
 * @param {ClientRequest} sent
 * @param {WireRequest} request
 * @param {URL} url
 */
function writeHead(sent, {method, headers, body}, url) {
    /** @type {Map<string, {name: string, values: string[]}>} */
    const lines = new Map();
    for (const [name, value] of headers) {
        const line = lines.get(name.toLowerCase());
        lines.set(name.toLowerCase(), {name, values: [...line?.values ?? [], value]});
    }
    lines.forEach(({name, values}) => sent.setHeader(name, values));
    if (body !== null || !BODILESS.includes(method)) {
        sent.setHeader('Content-Length', String(body?.length ?? 0));
    }
    sent.setHeader('Host', url.host);
    sent.method = method;
}

/** The transport of one browser. */
export class NodeTransport {
    #whereIs;
    #agent = new Agent({keepAlive: false});
    #tlsAgent = new TlsAgent({keepAlive: false});
    /** @type {Set<Open>} */
    #open = new Set();

    /** @param {Record<string, string>} [hosts] */
    constructor(hosts) {
        this.#whereIs = readHosts(hosts);
    }

    /** Ends what is under way. */
    close() {
        const error = new Error('the browser was closed');
        this.#open.forEach((open) => open.destroy(error));
        this.#agent.destroy();
        this.#tlsAgent.destroy();
    }

    /**
     * @param {WireRequest} request
     * @param {URL} url
     * @param {import('./page_hosts.js').Place} place
     */
    #begin(request, url, place) {
        const options = {
            method: request.method, path: targetOf(request.url),
            hostname: place.hostname, port: place.port,
            lookup: lookupHost, autoSelectFamily: true,
            maxHeaderSize: HEAD_MAX, insecureHTTPParser: true, // as lenient as browsers
        };
        return place.secure
            ? requestOverTls({
                ...options, agent: this.#tlsAgent,
                ...(isAddress(url.hostname) ? {} : {servername: url.hostname}),
            })
            : requestOverHttp({...options, agent: this.#agent});
    }

    /**
     * @param {WireRequest} request
     * @returns {Promise<WireResponse>}
     */
    send(request) {
        const url = new URL(request.url);
        const place = this.#whereIs(url);
        return new Promise((resolve, reject) => {
            const sent = this.#begin(request, url, place);
            const abort = () => sent.destroy(new Error('the call was aborted'));
            this.#open.add(sent);
            request.signal?.addEventListener('abort', abort, {once: true});
            sent.on('response', (message) => resolve(this.#answer(message, place.mapped)));
            sent.on('upgrade', (_, socket) => {
                socket.destroy();
                reject(new Error('the server changed the protocol'));
            });
            sent.on('error', reject);
            sent.on('close', () => {
                this.#open.delete(sent);
                request.signal?.removeEventListener('abort', abort);
            });
            sent.maxHeadersCount = 0; // HEAD_MAX is limit enough
            try {
                writeHead(sent, request, url);
                sent.end(request.body ?? undefined);
            } catch (error) { // a value with control characters, which node:http does not send
                sent.destroy(/** @type {Error} */ (error));
            }
        });
    }

    /**
     * @param {IncomingMessage} message
     * @param {boolean} mapped
     * @returns {WireResponse}
     */
    #answer(message, mapped) {
        message.on('error', () => {}); // whoever reads the body is told
        message.socket.on('close', () => this.#open.delete(message));
        message.socket.unref();
        this.#open.add(message);
        const address = mapped ? undefined : message.socket.remoteAddress;
        return {
            status: message.statusCode ?? 0, statusText: message.statusMessage,
            headers: pairsOf(message.rawHeaders), body: streamOf(message),
            ...(address === undefined ? {} : {address}),
        };
    }
}
