// SPDX-License-Identifier: MIT
/** Texts of megabytes, in every place for a text: `node huge_texts.mjs MODULE.wasm`. */

import {readFileSync} from 'node:fs';

import {loadCors} from '../../bindings/wasm/libcors.js';

const cors = await loadCors(readFileSync(process.argv[2]));
const {ALLOW_ORIGIN, ALLOW_HEADERS, LOCATION} = cors.tables.fields;
const HUGE = 'x'.repeat(1 << 20);
const LIST = 'x-a,'.repeat(1 << 18);
const page = 'https://a.example';
const url = 'https://b.example/';
const browser = cors.createBrowser('chromium');
const wrong = [];
let count = 0;

/** @param {string} what @param {unknown} found @param {unknown} expected */
function expect(what, found, expected) {
    count += 1;
    if (found !== expected) {
        wrong.push(`${what}: ${String(found).slice(0, 200)}, not ${expected}`);
    }
}

const codeOf = (call, ...answers) =>
    browser.play({page}, {url, ...call}, () => answers.shift() ?? null).outcome.code;
const allowing = (...more) => ({status: 200, headers: [[ALLOW_ORIGIN, '*'], ...more]});

expect('a URL', codeOf({url: url + HUGE}, allowing()), 'ok');
expect('a header', codeOf({headers: [['x-a', HUGE]]},
    allowing([ALLOW_HEADERS, LIST]), allowing()), 'ok');
expect('a Unicode host', codeOf({url: `https://${'\u00FC'.repeat(1 << 18)}.example/`}),
    'bad-request');
expect('a value', codeOf({}, {status: 200, headers: [[ALLOW_ORIGIN, HUGE]]}),
    'invalid-allow-origin');

let thrown = 'nothing';
try {
    codeOf({}, {status: 302, headers: [[LOCATION, url + HUGE], [ALLOW_ORIGIN, '*']]}, allowing());
} catch (error) {
    thrown = error.constructor.name;
}
expect('a redirect', thrown, 'RangeError');

const {fetches} = cors.simulate({page, fetches: [{url}], server: {[url]: {response:
    {status: 302, headers: [[LOCATION, url + HUGE], [ALLOW_ORIGIN, '*']]}},
[url + HUGE]: {response: allowing()}}});
expect('a simulated redirect', fetches[0].code, 'ok');
expect('a message', cors.explain(HUGE), null);

const builder = cors.createBuilder();
const position = {file: builder.addFile(HUGE), line: 1, column: 1};
builder.add('allow_origins', `https://${HUGE}.example`, position);
const {policy, problems} = builder.finish();
expect('an origin', policy, null);
expect('its problem', problems[0].rule, 'origin-syntax');
expect('a request', cors.decide(null, {method: HUGE, path: HUGE, headers: [['Origin', HUGE]]}).kind,
    'no-policy');
expect('what is meant', codeOf({}, allowing()), 'ok');

process.stdout.write(`${JSON.stringify({wrong, count})}\n`);
