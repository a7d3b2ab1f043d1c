// SPDX-License-Identifier: MIT
/**
 * What CORS costs in Node's applications: `node bench/middleware.mjs ROUNDS` prints a line of JSON
 * for each framework, middleware and request, with the nanoseconds of processor time of each round.
 *
 * Nothing travels. Connect's middleware is called alone, with objects that do what Node's do and no
 * more; Fastify, Koa and Hono run whole, since their middleware is nothing without them, once
 * without any CORS. Each round runs everything once, each time beginning with another.
 */

import {IncomingMessage, ServerResponse} from 'node:http';
import {createRequire} from 'node:module';

import {cors, fastifyCors, honoCors, koaCors} from '../build/node/libcors/libcors.js';

const rounds = Number(process.argv[2] ?? 11);
const ROUND_NS = 40e6; // a round of one contestant takes about so long

const require = createRequire(new URL('../tests/applications/package.json', import.meta.url));

/** The same rules in the words of each. */
const ORIGINS = Array.from({length: 10}, (_, i) => `https://tenant-${i}.example.com`);
const METHODS = ['PUT', 'PATCH', 'DELETE'];
const HEADERS = ['Authorization', 'Content-Type'];
const POLICY = {allow_origins: ORIGINS, allow_methods: METHODS, allow_headers: HEADERS,
    allow_credentials: true, expose_headers: ['X-Total'], max_age: 600};
const OPTIONS = {origin: ORIGINS, methods: METHODS, allowedHeaders: HEADERS, credentials: true,
    exposedHeaders: ['X-Total'], maxAge: 600};
const KOA_OPTIONS = {
    origin: (/** @type {any} */ context) => ORIGINS.find((one) => one === context.get('Origin')) ?? '',
    allowMethods: METHODS, allowHeaders: HEADERS, exposeHeaders: 'X-Total', credentials: true,
    maxAge: 600,
};
const HONO_OPTIONS = {origin: ORIGINS, allowMethods: METHODS, allowHeaders: HEADERS,
    exposeHeaders: ['X-Total'], credentials: true, maxAge: 600};

/** What a browser sends besides. */
const COMMON = ['Host', 'api.example.com', 'Connection', 'keep-alive', 'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0',
    'Accept', 'application/json', 'Sec-Fetch-Site', 'same-site', 'Sec-Fetch-Mode', 'cors',
    'Sec-Fetch-Dest', 'empty', 'Accept-Encoding', 'gzip, deflate, br', 'Accept-Language', 'en'];
const ORIGIN = ['Origin', ORIGINS[9]];
const ASKED = ['Access-Control-Request-Method', 'PUT',
    'Access-Control-Request-Headers', 'authorization,content-type'];

/** @param {string} method @param {string[]} lines */
function requestOf(method, lines) {
    /** @type {Record<string, string>} */
    const headers = {};
    for (let i = 0; i < lines.length; i += 2) {
        headers[lines[i].toLowerCase()] = lines[i + 1];
    }
    return {method, url: '/items/42?full=1', rawHeaders: lines, headers};
}

const REQUESTS = {
    'actual, allowed': requestOf('GET', [...COMMON, ...ORIGIN]),
    'no Origin': requestOf('GET', COMMON),
    'preflight': requestOf('OPTIONS', [...COMMON, ...ORIGIN, ...ASKED]),
};

/** @typedef {ReturnType<typeof requestOf>} Asked */

/** A response of Node's, as much of it as middleware needs. */
class LightResponse {
    statusCode = 200;
    headersSent = false;
    /** @type {Map<string, [name: string, value: any]>} */
    lines = new Map();

    /** @param {string} name @param {any} value */
    setHeader(name, value) {
        this.lines.set(name.toLowerCase(), [name, value]);
    }

    /** @param {string} name */
    getHeader(name) {
        return this.lines.get(name.toLowerCase())?.[1];
    }

    /** @param {string} name */
    removeHeader(name) {
        this.lines.delete(name.toLowerCase());
    }

    getHeaderNames() {
        return [...this.lines.keys()];
    }

    writeHead() {
        this.headersSent = true;
    }

    end() {
        this.writeHead();
    }
}

/**
 * @param {import('../bindings/node/libcors.js').Middleware | null} middleware
 * @returns {(asked: Asked) => any}
 */
function connectCall(middleware) {
    return ({method, url, rawHeaders, headers}) => {
        const response = new LightResponse();
        const next = () => {
            response.setHeader('Content-Type', 'application/json');
            response.end();
        };
        if (middleware === null) {
            next();
        } else {
            middleware(/** @type {any} */ ({method, url, rawHeaders, headers}),
                /** @type {any} */ (response), next);
        }
        return response;
    };
}

/** Node's own request, without a socket. @param {Asked} asked */
function incoming({method, url, rawHeaders, headers}) {
    const request = new IncomingMessage(/** @type {any} */ (null));
    return Object.assign(request, {method, url, rawHeaders, headers, httpVersion: '1.1'});
}

/**
 * Hands a request to an application of Node's, and waits for the end of the answer.
 * @param {(request: IncomingMessage, response: ServerResponse) => any} application
 * @returns {(asked: Asked) => Promise<any>}
 */
function nodeCall(application) {
    return (asked) => new Promise((resolve) => {
        const request = incoming(asked);
        const response = new ServerResponse(request);
        const {end} = response;
        response.end = (/** @type {any[]} */ ...given) => {
            end.apply(response, /** @type {any} */ (given));
            resolve(response);
            return response;
        };
        application(request, response);
    });
}

/** @param {((app: any) => any) | null} add */
async function fastifyContestant(add) {
    const app = require('fastify')();
    await add?.(app);
    app.get('/items/:id', async () => ({id: 42}));
    app.options('/items/:id', async () => '');
    await app.ready();
    return nodeCall((request, response) => app.routing(request, response));
}

/** @param {any} middleware */
function koaContestant(middleware) {
    const app = new (require('koa'))();
    if (middleware !== null) {
        app.use(middleware);
    }
    app.use((/** @type {any} */ context) => {
        context.body = {id: 42};
    });
    return nodeCall(app.callback());
}

/** @param {any} middleware */
function honoContestant(middleware) {
    const app = new (require('hono').Hono)();
    if (middleware !== null) {
        app.use('*', middleware);
    }
    app.all('/items/:id', (/** @type {any} */ context) => context.json({id: 42}));
    return ({method, url, headers}) => app.fetch(
        new Request(`http://api.example.com${url}`, {method, headers}));
}

const expressCors = require('cors');
const koaPeer = require('@koa/cors');
const CONTESTANTS = {
    connect: {
        'no CORS': connectCall(null),
        'cors': connectCall(expressCors(OPTIONS)),
        'libcors': connectCall(cors(POLICY)),
        'libcors, fromOptions': connectCall(cors.fromOptions(OPTIONS)),
    },
    fastify: {
        'no CORS': await fastifyContestant(null),
        '@fastify/cors': await fastifyContestant((app) =>
            app.register(require('@fastify/cors'), OPTIONS)),
        'libcors': await fastifyContestant((app) => app.register(fastifyCors, {policy: POLICY})),
    },
    koa: {
        'no CORS': koaContestant(null),
        '@koa/cors': koaContestant(koaPeer(KOA_OPTIONS)),
        'libcors': koaContestant(koaCors(POLICY)),
    },
    hono: {
        'no CORS': honoContestant(null),
        'hono/cors': honoContestant(require('hono/cors').cors(HONO_OPTIONS)),
        'libcors': honoContestant(honoCors(POLICY)),
    },
};

/** Whether an answer names the origin in its head. @param {any} answer */
function namesOrigin(answer) {
    const lines = answer instanceof ServerResponse ? /** @type {any} */ (answer)._header
        : JSON.stringify([...answer.headers ?? answer.lines]);
    return lines.includes(ORIGIN[1]);
}

/**
 * Nanoseconds a call. Calls that answer at once are not waited for: that would be most of the time.
 * @param {(asked: any) => any} call
 * @param {Asked} asked
 * @param {number} calls
 */
async function timeOf(call, asked, calls) {
    const start = process.cpuUsage();
    for (let i = 0; i < calls; i++) {
        const answer = call(asked);
        if (answer instanceof Promise) {
            await answer;
        }
    }
    const {user, system} = process.cpuUsage(start);
    return 1000 * (user + system) / calls;
}

const measurements = Object.entries(CONTESTANTS).flatMap(([framework, contestants]) =>
    Object.entries(contestants).flatMap(([name, call]) =>
        Object.entries(REQUESTS).map(([request, asked]) => (
            {framework, name, request, ns: /** @type {number[]} */ ([]), call, asked, calls: 0}))));
for (const one of measurements) {
    const {framework, name, request, call, asked} = one;
    if (namesOrigin(await call(asked)) !== (name !== 'no CORS' && request !== 'no Origin')) {
        throw new Error(`${framework} with ${name} answers ${request} wrongly`);
    }
    await timeOf(call, asked, 3000); // compiled by then
    one.calls = Math.ceil(ROUND_NS / await timeOf(call, asked, 1000));
}
for (let round = 0; round < rounds; round++) {
    const turn = round % measurements.length;
    for (const one of [...measurements.slice(turn), ...measurements.slice(0, turn)]) {
        one.ns.push(await timeOf(one.call, one.asked, one.calls));
    }
}
for (const {framework, name, request, ns} of measurements) {
    console.log(JSON.stringify({framework, with: name, request, ns}));
}
