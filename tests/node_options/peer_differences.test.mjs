// SPDX-License-Identifier: MIT
/** Random options and requests, answered by expressjs/cors and here: the same, or meant so. */

import assert from 'node:assert/strict';
import {test} from 'node:test';

import cors, {PolicyError} from '../../bindings/node/libcors.js';
import {DIFFERENCES, wanted} from './intended_differences.mjs';
import {factsOf, isDangerous, numbers, randomOptions, randomRequest} from './option_cases.mjs';
import {exchange, installed} from './plain_exchange.mjs';

const peerCors = installed('cors');
const OPTIONS = 1500;
const REQUESTS = 12;

process.removeAllListeners('warning').on('warning', () => {}); // told in another test

/** Lines in an order of their own; what an empty list says is as good as nothing. */
function inOrder(lines) {
    return Object.entries(lines).filter(([, value]) => value !== '' && value !== undefined)
        .sort(([a], [b]) => a < b ? -1 : 1);
}

function shown({passed, ended, status, lines, vary, nexts, error}) {
    return {passed, ended, status, nexts, error, vary, lines: inOrder(lines)};
}

function check(ours, expected, facts, story) {
    if (!expected.denied) {
        assert.deepEqual(shown(ours), shown(expected), story);
        return;
    }
    const {ended, passed, status, lines, vary} = ours;
    assert.deepEqual({ended, passed, status}, {ended: true, passed: false, status: 403}, story);
    assert.deepEqual(Object.keys(lines).filter((name) => name.startsWith('access-control')), [],
        story);
    assert.ok(vary.includes('origin') || facts.isPublic, story);
    assert.equal(vary.includes('access-control-request-headers'),
        facts.namesMethod || facts.echoes, story);
}

test('thousands of exchanges', async () => {
    const next = numbers(20261121);
    const counts = new Map();
    const seen = {refused: 0, compared: 0};
    for (let i = 0; i < OPTIONS; i++) {
        const options = randomOptions(next);
        const story = `${options.origin.text} ${JSON.stringify(options.options)}`;
        if (isDangerous(options)) {
            assert.throws(() => cors.fromOptions(options.options), PolicyError, story);
            seen.refused++;
            continue;
        }
        const middleware = cors.fromOptions(options.options);
        const peer = peerCors(options.options);
        for (let j = 0; j < REQUESTS; j++) {
            const request = randomRequest(next);
            const facts = factsOf(options, request);
            const [theirs, ours] = [await exchange(peer, request),
                await exchange(middleware, request)];
            const told = `${story}\n${JSON.stringify(request)}\npeer: ${JSON.stringify(theirs)}\n` +
                `ours: ${JSON.stringify(ours)}`;
            check(ours, wanted(theirs, facts, counts), facts, told);
            seen.compared++;
        }
        middleware.close();
    }
    assert.ok(seen.refused > OPTIONS * 0.02 && seen.compared > OPTIONS * REQUESTS * 0.7);
    assert.deepEqual(DIFFERENCES.filter(({name}) => !counts.has(name)), [], 'all are met');
});
