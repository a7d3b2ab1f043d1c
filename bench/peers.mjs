// SPDX-License-Identifier: MIT
/**
 * The middlewares of Node for bench/contest.py, which has the protocol: each alone, with objects in
 * place of its framework's that do what it asks of them and no more. Hono's wants a Context of
 * Hono's, which wants a Request and makes a Response; only the Request could be lighter than real.
 */

import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';

const applications = new URL('../tests/applications/', import.meta.url);
const require = createRequire(new URL('package.json', applications));
const expressCors = require('cors');
const fastifyCors = require('@fastify/cors');
const honoCors = require('hono/cors').cors;
// Hono exports only the type of it.
const {Context} = await import(new URL('node_modules/hono/dist/context.js', applications).href);

/**
 * @typedef {{method: string, path: string, headers: [name: string, value: string][]}} Asked
 * @typedef {{name: string, origins: string[], methods: string[], headers: string[],
 *     credentials: boolean, request: Asked}} Workload
 * @typedef {{status: number, lines: [name: string, value: string][]}} Answer
 * @typedef {{run: (calls: number) => any, answer: () => any, calls: number, ns: number}} Call
 */

/** What libcors' wildcards mean. @param {string} entry */
function patternOf(entry) {
    const [before, after] = entry.split('*').map((part) => part.replaceAll('.', '\\.'));
    const wild = before.endsWith('//') ? '[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*' : '[a-z0-9_-]+';
    return new RegExp(`^${before}${wild}${after}$`);
}

/** @param {string[]} origins @returns {(string | RegExp)[]} */
function originList(origins) {
    return origins.map((entry) => entry.includes('*') ? patternOf(entry) : entry);
}

/** @param {Asked} request @returns {Record<string, string>} */
function headersOf({headers}) {
    return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/**
 * A response of Node's and a reply of Fastify's, as much of them as middleware needs: one value for
 * each name, whatever its case, as both have it. It is used again and again.
 */
class LightResponse {
    statusCode = 200;
    /** @type {Record<string, string>} */
    headers = {};

    empty() {
        this.statusCode = 200;
        this.headers = {};
    }

    /** @param {string} name */
    getHeader(name) {
        return this.headers[name.toLowerCase()];
    }

    /** @param {string} name @param {string} value */
    setHeader(name, value) {
        this.headers[name.toLowerCase()] = value;
    }

    end() {}

    // Fastify's words.

    /** @param {string} name @param {string} value */
    header(name, value) {
        this.headers[name.toLowerCase()] = value;
        return this;
    }

    /** @param {number} status */
    code(status) {
        this.statusCode = status;
        return this;
    }

    send() {}
}

const nothing = () => {};

/**
 * Calls that answer at once.
 * @param {(response: LightResponse) => void} once
 */
function callOf(once) {
    const response = new LightResponse();
    const run = (/** @type {number} */ calls) => {
        for (let i = 0; i < calls; i++) {
            response.empty();
            once(response);
        }
    };
    const answer = () => {
        run(1);
        return {status: response.statusCode, lines: Object.entries(response.headers)};
    };
    return {run, answer, calls: 0, ns: 0};
}

/** @param {Workload} workload */
function optionsOf({origins, methods, headers, credentials}) {
    return {origin: originList(origins), methods, allowedHeaders: headers, credentials};
}

/** @param {Workload} workload @returns {Call} */
function express(workload) {
    const middleware = expressCors(optionsOf(workload));
    const request = {method: workload.request.method, headers: headersOf(workload.request)};
    return callOf((response) => middleware(request, response, nothing));
}

/** @param {Workload} workload @returns {Call} */
function fastify(workload) {
    /** @type {any} */
    let hook;
    const instance = {
        decorateRequest: nothing,
        options: nothing,
        addHook: (/** @type {string} */ _name, /** @type {any} */ added) => {
            hook = added;
        },
    };
    fastifyCors(instance, optionsOf(workload), nothing);
    const {method} = workload.request;
    const request = {headers: headersOf(workload.request), raw: {method}};
    return callOf((response) => hook(request, response, nothing));
}

/** Hono takes no patterns: a function is what it has for them. @param {string[]} origins */
function honoOrigin(origins) {
    const patterns = origins.filter((entry) => entry.includes('*')).map(patternOf);
    const exact = origins.filter((entry) => !entry.includes('*'));
    return patterns.length === 0 ? exact : (/** @type {string} */ origin) =>
        exact.includes(origin) || patterns.some((one) => one.test(origin)) ? origin : null;
}

/** @param {Workload} workload @returns {Call} */
function hono({origins, methods, headers, credentials, request}) {
    const middleware = honoCors({origin: honoOrigin(origins), allowMethods: methods,
        allowHeaders: headers, credentials});
    const known = headersOf(request);
    const raw = {method: request.method, url: `http://api.example.com${request.path}`,
        headers: {get: (/** @type {string} */ name) => known[name.toLowerCase()]}};
    const next = async () => {};
    const once = async () => {
        const context = new Context(raw);
        return await middleware(context, next) ?? context.res;
    };
    const run = async (/** @type {number} */ calls) => {
        for (let i = 0; i < calls; i++) {
            await once();
        }
    };
    const answer = async () => {
        const response = await once();
        return {status: response.status, lines: [...response.headers]};
    };
    return {run, answer, calls: 0, ns: 0};
}

/** @param {Call} call */
async function measure(call) {
    const begin = process.cpuUsage();
    await call.run(call.calls);
    const {user, system} = process.cpuUsage(begin);
    call.ns = 1000 * (user + system) / call.calls;
}

/** Runs for about so long; the first time finds out how many calls that are. */
async function round(/** @type {Call} */ call, /** @type {number} */ wanted) {
    while (call.ns * call.calls < wanted / 4) {
        call.calls = 2 * call.calls + 1;
        await measure(call);
    }
    call.calls = Math.ceil(wanted / call.ns);
    await measure(call);
    return call.ns;
}

const CONTESTANTS = {'expressjs/cors': express, '@fastify/cors': fastify, 'hono/cors': hono};
/** @type {Workload[]} */
const workloads = JSON.parse(readFileSync(process.argv[2], 'utf8'));
/** @type {Record<string, Call[]>} */
const calls = {};
/** @type {Record<string, Answer[]>} */
const answers = {};
for (const [name, prepare] of Object.entries(CONTESTANTS)) {
    calls[name] = workloads.map(prepare);
    answers[name] = [];
    for (const call of calls[name]) {
        answers[name].push(await call.answer());
    }
}
console.log(JSON.stringify(answers));
for await (const line of createInterface({input: process.stdin})) {
    const [name, index, milliseconds] = line.split(' ');
    console.log(await round(calls[name][Number(index)], 1e6 * Number(milliseconds)));
}
