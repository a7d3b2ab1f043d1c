// SPDX-License-Identifier: MIT
/**
 * Uses the engine for long, and says how much memory the module has after each round:
 * `node memory_churn.mjs MODULE.wasm ROUNDS`. Each round does the same things, with other texts.
 */

import {readFileSync} from 'node:fs';

import {loadCors} from '../../bindings/wasm/libcors.js';

/** What loadCors() made, for its memory to be looked at. */
let instance;
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (...given) => {
    instance = await instantiate(...given);
    return instance;
};
const cors = await loadCors(readFileSync(process.argv[2]));
const {ALLOW_ORIGIN, ALLOW_METHODS, LOCATION} = cors.tables.fields;

const CALLS = 2000; // of each kind in a round

/** @param {number} number */
function buildPolicy(number) {
    const builder = cors.createBuilder();
    const position = {file: builder.addFile('cors.yaml'), line: 1, column: 1};
    builder.beginPolicy(position);
    for (let i = 0; i <= number % 40; i++) {
        builder.add('allow_origins', `https://a${i}-${number}.example`, position);
    }
    builder.add('allow_origins', number % 3 ? 'https://bücher.example' : 'broken', position);
    return builder.finish().policy;
}

/** @param {number} number */
function usePolicy(number) {
    const policy = buildPolicy(number);
    cors.decide(policy, {method: 'GET', path: '/', headers: [['Origin', 'https://a.example']]});
    policy?.release();
}

/**
 * @param {import('../../bindings/wasm/libcors.js').Browser} browser
 * @param {number} number
 */
function playCall(browser, number) {
    const url = `https://api.example/${'x'.repeat(number % 300)}`;
    const answers = {
        [url]: {status: 307, headers: [[LOCATION, `//l\u00f6${number}.example/%41`]]},
    };
    browser.play({page: 'https://app.example'},
        {url, method: 'PUT', headers: [[`x-${number}`, 'y'.repeat(number % 500)]], wait: 10},
        (request) => (request.kind === 'preflight'
            ? {status: 204, headers: [[ALLOW_ORIGIN, '*'], [ALLOW_METHODS, '*']]}
            : answers[request.url] ?? null), number);
}

/** @param {number} round */
function runRound(round) {
    const browser = cors.createBrowser('firefox');
    for (let call = 0; call < CALLS; call++) {
        const number = round * CALLS + call;
        usePolicy(number);
        playCall(browser, number);
        cors.explain(`Access to fetch at 'https://${number}.example' from origin 'null'`);
        cors.createBrowser('safari').release();
    }
    const open = browser.begin({page: 'null'}, {url: 'https://open.example/'});
    browser.release();
    open.fail();
    open.release();
}

for (let round = 0; round < Number(process.argv[3]); round++) {
    runRound(round);
    process.stdout.write(`${instance.exports.memory.buffer.byteLength}\n`);
}
