// SPDX-License-Identifier: MIT
// Servers that answer each URL as a scenario says, byte for byte, and note what came. Whatever
// host and port a request names, it comes here: createBrowser's `hosts` sees to that.

import {createServer} from 'node:net';
import {createServer as createTlsServer} from 'node:tls';

const COOKIE = 'page=1';
const AUTHORITY = /(https?):\/\/(?:[^/"\s?#\\]*@)?([^/"\s?#\\@]+)/g;

/** The values of a name, joined as HTTP joins them. */
function valueOf(fields, name) {
    const values = fields.filter(([key]) => key === name).map(([, value]) => value);
    return values.length === 0 ? null : values.join(', ');
}

function readHead(scheme, head) {
    const [first, ...lines] = head.split('\r\n');
    const [method, target] = first.split(' ');
    const fields = lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
    return {method, url: `${scheme}://${valueOf(fields, 'host')}${target}`, fields};
}

/** What a recording keeps of a request. */
function noted({method, url, fields}) {
    const kept = {method, url};
    for (const name of ['origin', 'access-control-request-method',
        'access-control-request-headers']) {
        const value = valueOf(fields, name);
        if (value !== null) {
            kept[name] = value;
        }
    }
    kept.cookie = (valueOf(fields, 'cookie') ?? '').split('; ').includes(COOKIE);
    return kept;
}

function bytesOf({status, headers}, body) {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`HTTP/1.1 ${status} Status\r\n${lines}\r\n${body}`, 'latin1');
}

/** The answer to a request; null where the scenario has none. */
function answerTo(server, {method, url, fields}) {
    const preflight = method === 'OPTIONS' &&
        valueOf(fields, 'access-control-request-method') !== null;
    const part = preflight ? server[url]?.preflight : server[url]?.response;
    if (part === undefined) {
        return null;
    }
    const length = Number(part.headers.find(
        ([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
    const bodiless = method === 'HEAD' || [204, 304].includes(part.status);
    return bytesOf(part, bodiless ? '' : 'x'.repeat(length));
}

/** With its port, whether it stands there or not. */
function authorityOf(scheme, authority) {
    const {hostname, port} = new URL(`${scheme}://${authority}`);
    return `${hostname}:${port || (scheme === 'https' ? 443 : 80)}`;
}

function listen(server) {
    return new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    });
}

export class ScriptedAnswers {
    #server = {};
    #listeners = [];
    #places = {};
    #unknown;

    /** `unknown`: what URLs are answered with that a scenario says nothing of; null: a hang-up. */
    constructor(unknown) {
        this.#unknown = unknown;
    }

    /**
     * Starts a server for http and one for https. With TLS if there is a `certificate`, with its key
     * in PEM; else in plain, as behind a proxy that has it.
     */
    async start(certificate) {
        const plain = createServer((socket) => this.#serve('http', socket));
        const secure = (socket) => this.#serve('https', socket);
        const tls = certificate === null ? createServer(secure)
            : createTlsServer({key: certificate, cert: certificate}, secure);
        this.#listeners = [plain, tls];
        this.#places = {
            http: `http://127.0.0.1:${await listen(plain)}`,
            https: `${certificate === null ? 'http' : 'https'}://127.0.0.1:${await listen(tls)}`,
        };
    }

    /** From now on answers as this scenario says; the hosts that it names are all here. */
    load(scenario) {
        this.sent = [];
        this.#server = Object.fromEntries(Object.entries(scenario.server)
            .map(([url, answer]) => [url.replace(/#.*$/s, ''), answer]));
        this.hosts = Object.fromEntries([...JSON.stringify(scenario).matchAll(AUTHORITY)]
            .filter(([, scheme, authority]) => URL.canParse(`${scheme}://${authority}`))
            .map(([, scheme, authority]) => [authorityOf(scheme, authority), this.#places[scheme]])
            .reverse()); // a port speaks what the first URL with it says
    }

    stop() {
        this.#listeners.forEach((listener) => listener.close());
    }

    #serve(scheme, socket) {
        let received = '';
        socket.setEncoding('latin1');
        socket.on('error', () => {}); // the browser hung up
        socket.on('data', (data) => {
            received += data;
            const end = received.indexOf('\r\n\r\n');
            if (end < 0) {
                return;
            }
            const request = readHead(scheme, received.slice(0, end));
            const length = Number(valueOf(request.fields, 'content-length') ?? 0);
            if (received.length < end + 4 + length) {
                return;
            }
            this.sent.push(noted(request));
            const answer = answerTo(this.#server, request) ?? this.#unknown;
            if (answer === null) {
                socket.destroy();
            } else {
                socket.end(answer);
            }
        });
    }
}
