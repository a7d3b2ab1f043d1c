// SPDX-License-Identifier: MIT
// Servers that answer each URL as a scenario says, byte for byte, and note what came. Whatever
// host and port a request names, it comes here: createBrowser's `hosts` sees to that.

import {createServer} from 'node:net';
import {createServer as createTlsServer} from 'node:tls';

const HOSTS = ['localhost', 'app.localhost', 'api.localhost'];
const PLAIN_PORTS = [8801, 8802, 8803];
const TLS_PORTS = [8811, 8812, 8813, 8814];
const COOKIE = 'page=1';

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

/** The answer to a request; 404 where the scenario has none. */
function answerTo(server, {method, url, fields}) {
    const scripted = server[url];
    if (scripted === undefined) {
        return bytesOf({status: 404, headers: [['Content-Length', '0']]}, '');
    }
    const preflight = method === 'OPTIONS' &&
        valueOf(fields, 'access-control-request-method') !== null;
    const part = preflight ? scripted.preflight : scripted.response;
    const length = Number(part.headers.find(
        ([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
    const bodiless = method === 'HEAD' || [204, 304].includes(part.status);
    return bytesOf(part, bodiless ? '' : 'x'.repeat(length));
}

function listen(server) {
    return new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    });
}

export class ScriptedAnswers {
    #server = {};
    #listeners = [];

    /** Starts one server without TLS and one with; `certificate` has key and certificate in PEM. */
    static async start(certificate) {
        const answers = new ScriptedAnswers();
        const plain = createServer((socket) => answers.#serve('http', socket));
        const tls = createTlsServer({key: certificate, cert: certificate},
            (socket) => answers.#serve('https', socket));
        answers.#listeners = [plain, tls];
        const [plainPort, tlsPort] = [await listen(plain), await listen(tls)];
        answers.hosts = Object.fromEntries(HOSTS.flatMap((host) => [
            ...PLAIN_PORTS.map((port) => [`${host}:${port}`, `http://127.0.0.1:${plainPort}`]),
            ...TLS_PORTS.map((port) => [`${host}:${port}`, `https://127.0.0.1:${tlsPort}`]),
        ]));
        return answers;
    }

    /** From now on answers as this scenario says. */
    load(scenario) {
        this.sent = [];
        this.#server = Object.fromEntries(Object.entries(scenario.server)
            .map(([url, answer]) => [url.replace(/#.*$/s, ''), answer]));
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
            socket.end(answerTo(this.#server, request));
        });
    }
}
