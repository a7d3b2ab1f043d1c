// SPDX-License-Identifier: MIT
/** What people are told who hand in something else than a policy. */

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const {PolicyError, cors, honoCors, koaCors, withCors} =
    await import(pathToFileURL(process.env.CORS_NODE_LIBRARY).href);

const POLICY = {allow_origins: ['https://a.example']};

/** @type {Array<[what: string, call: () => unknown, message: RegExp]>} */
const mistakes = [
    ['nothing', () => cors(), /a policy is wanted: .* or what such a file holds as data/],
    ['null', () => cors(null), /a policy is wanted/],
    ['an empty path', () => cors(''), /a policy is wanted/],
    ['a URL of a server', () => cors(new URL('https://a.example/cors.yaml')), /file: URL/],
    ['options of others', () => cors({origin: '*'}), /"origin" are for cors\.fromOptions\(\)/],
    ['an unknown option', () => cors(POLICY, {enviroment: 'x'}), /no option "enviroment"; options are/],
    ['an unknown mode', () => cors(POLICY, {enforce: true}), /"off", "report" or "block", and not true/],
    ['an URL as origin', () => cors(POLICY, {ownOrigin: 'https://a.example/'}), /ownOrigin is an origin/],
    ['no origin', () => withCors(() => {}, POLICY, {ownOrigin: 'a.example'}), /ownOrigin is an origin/],
];

for (const [what, call, message] of mistakes) {
    test(what, () => assert.throws(call, (error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, message);
        return true;
    }));
}

test('a refused policy', () => {
    for (const open of [cors, koaCors, honoCors, (policy) => withCors(() => {}, policy)]) {
        assert.throws(() => open({allow_origins: ['*'], allow_credentials: true}), (error) => {
            assert.ok(error instanceof PolicyError);
            assert.equal(error.name, 'PolicyError');
            assert.equal(error.code, 'ERR_CORS_POLICY');
            assert.equal(error.problems[0].rule, 'wildcard-with-credentials');
            assert.match(error.message, /^policy:5:9: error: /);
            return true;
        });
    }
});

test('a list is no policy, and an entry beside others is', () => {
    assert.throws(() => cors([POLICY]), (error) => error.problems[0].rule === 'wrong-type');
    cors({policies: [POLICY, {path: '/x', ...POLICY}]}).close();
});

test('a file: URL', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cors '));
    try {
        const file = join(folder, 'cors.yaml');
        writeFileSync(file, 'policies:\n  - allow_origins: [https://a.example]\n');
        cors(pathToFileURL(file)).close();
        writeFileSync(file, 'policies: []\n');
        assert.throws(() => cors(pathToFileURL(file)), PolicyError);
    } finally {
        rmSync(folder, {recursive: true});
    }
});

test('warnings go to the process where nobody listens', async () => {
    const told = once(process, 'warning');
    cors({allow_origins: ['http://a.example']}).close();
    const [warning] = await told;
    assert.equal(warning.code, 'CORS_POLICY');
    assert.match(warning.message, /^policy:5:9: warning: .*\[insecure-origin\]/);
});

test('hints are no warnings', () => {
    cors({...POLICY, max_age: '1d'}, {onProblem: () => assert.fail('told')}).close();
});
