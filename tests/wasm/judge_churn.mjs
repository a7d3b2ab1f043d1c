// SPDX-License-Identifier: MIT
/**
 * Judges for long, and says after each round how much memory module and heap have:
 * `node --expose-gc judge_churn.mjs SERVERS.wasm suffixes.bin ROUNDS CALLS`.
 */

import {readFileSync} from 'node:fs';

import {loadCorsSync} from '../../bindings/wasm/libcors.js';
import {lintPolicy} from '../../bindings/wasm/policy_yaml.js';

const [moduleFile, suffixFile, rounds, calls] = process.argv.slice(2);
const {Instance} = WebAssembly;
/** What loadCorsSync() made, for its memory to be looked at. @type {any} */
let instance;
WebAssembly.Instance = new Proxy(Instance, {construct(target, given) {
    instance = new target(...given);
    return instance;
}});
const cors = loadCorsSync(readFileSync(moduleFile));
cors.loadSuffixes(readFileSync(suffixFile));
const {ORIGIN, REQUEST_METHOD, REQUEST_HEADERS} = cors.tables.fields;

const POLICY = {policies: [{path: '/*', allow_origins: ['https://app.example', 'https://*.dev.example'],
    allow_credentials: true, allow_methods: ['*'], allow_headers: ['*'], expose_headers: ['X-Page']}]};

/** Each call has other texts, and some are large. @param {number} number */
function requestOf(number) {
    const size = number % 5000 === 0 ? 40_000 : number % 100;
    return {
        method: number % 3 === 0 ? 'OPTIONS' : 'GET',
        target: `/${number}/${'x'.repeat(size)}${number % 7 === 0 ? '/%2e%2e' : ''}`,
        lines: ['Host', `h${number}.example`, ORIGIN, `https://a${number}.dev.example`,
            REQUEST_METHOD, `M${number}`, REQUEST_HEADERS, `x-${number}, x-other`],
    };
}

const {policy} = lintPolicy(cors, JSON.stringify(POLICY));
const sizes = [];
for (let round = 0; round < Number(rounds); round++) {
    let lines = 0;
    for (let i = 0; i < Number(calls); i++) {
        lines += cors.judge(policy, requestOf(round * Number(calls) + i)).set.length;
    }
    globalThis.gc();
    sizes.push({lines, module: instance.exports.memory.buffer.byteLength,
        heap: process.memoryUsage().heapUsed});
}
console.log(JSON.stringify(sizes));
