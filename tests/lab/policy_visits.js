// SPDX-License-Identifier: MIT
// "Policy": findings as of `cors lint`, who may do what as of `cors simulate` and `cors test`, and
// configurations that work.
import assert from 'node:assert/strict';
import {policyExamples} from '../../lab/source/policy/policy_examples.js';
import {lint, simulateCases} from './native_cors.js';
import {caseOf, eventually, paramsOf} from './room_reading.js';

/** Policies with faults of all kinds, besides the examples. */
const faulty = {
    'a broken syntax': 'policies:\n  - path: /x\n   allow_origins: [a\n',
    'nothing at all': '',
    'wide characters before the fault': 'policies:\n' +
        '  - {path: /😀/*, allow_origins: [https://ünï.example, "https://a.example/"]}\n',
    'unknown keys and values': 'policies:\n  - path: api\n    allow_origin: ["*"]\n' +
        '    max_age: forever\n    allow_methods: [get, "P UT"]\n    preflight_status: 302\n',
    'two policies, doubled paths': 'policies:\n  - path: /a/*\n    allow_origins: ["*"]\n' +
        '  - path: /a/*\n    allow_origins: ["null"]\n    allow_credentials: true\n',
    'windows lines': 'policies:\r\n  - path: /a/*\r\n    allow_origins: [https://a.example/]\r\n',
};

function addressOf({policy, environment, variables = [], files = []}) {
    const params = new URLSearchParams({policy, ...environment && {env: environment}});
    variables.forEach(({name, value}) => {
        params.append('var', name);
        params.append('is', value);
    });
    files.forEach(({name, value}) => {
        params.append('file', name);
        params.append('holds', value);
    });
    return `#/policy?${params}`;
}

/** What `cors lint` finds in the same policy, as the room words it. */
function nativeFindings(example) {
    return lint(example).map(({file, line, column, severity, rule, message, suggestion}) => {
        const name = file.split('/').at(-1);
        const place = `${line}:${column}`;
        return {
            severity: severity === 'info' ? 'note' : severity,
            place: name === 'cors.yaml' ? place : `${name}:${place}`,
            rule, message, suggestion,
        };
    });
}

function shownFindings(page) {
    return page.locator('.policy-finding').evaluateAll((items) => items.map((item) => {
        const [, message, third] = item.querySelectorAll('p');
        return {
            severity: item.querySelector('.mark').lastChild.textContent,
            place: item.querySelector('.policy-finding-place').textContent,
            rule: item.querySelector('.policy-finding-head code').textContent,
            message: message.textContent,
            suggestion: third.querySelector('button') ? null
                : third.querySelector('code').textContent,
        };
    }));
}

/** The room once it has read the policy. */
async function openPolicy(visit, example) {
    const page = await visit.open(addressOf(example));
    await read(page);
    return page;
}

function read(page) {
    return page.locator('.policy-finding, .policy-part .note, .matrix').first().waitFor();
}

/** Two readers of YAML say in words of their own what is none, at the same place. */
function comparable(found) {
    return found.map((each) => (each.rule === 'yaml-syntax' ? {...each, message: ''} : each));
}

async function assertFindings(page, example) {
    const native = nativeFindings(example);
    await eventually(async () =>
        assert.deepEqual(comparable(await shownFindings(page)), comparable(native)));
    return native;
}

async function findingsOf(visit, example) {
    const page = await openPolicy(visit, example);
    const native = await assertFindings(page, example);
    const lines = await page.locator('.editor-gutter > [class^="has-"]').evaluateAll((marked) =>
        marked.map((each) => Number(each.lastChild.textContent)));
    const inFile = native.filter(({place}) => place.split(':').length === 2)
        .map(({place}) => Number(place.split(':')[0]));
    assert.deepEqual(lines, [...new Set(inFile)].sort((a, b) => a - b));
    return page;
}

/** The rows of the matrix: page, and for each method what stands there and where it leads. */
function matrix(page) {
    return page.locator('.matrix').evaluate((table) => {
        const methods = [...table.querySelectorAll('thead code')].map((each) => each.textContent);
        return [...table.querySelectorAll('tbody tr')].flatMap((row) =>
            [...row.querySelectorAll('td a')].map((cell, at) => ({
                origin: row.querySelector('th code').textContent,
                method: methods[at],
                words: cell.querySelector('.cell-verdict').lastChild.textContent,
                address: cell.getAttribute('href'),
            })));
    });
}

/** What cells have to say, by the command. */
function nativeWords(cells) {
    const cases = cells.map(({address}) => caseOf(address));
    const [{browser}] = cases;
    const played = (credentials) =>
        simulateCases(cases.map((labCase) => ({...labCase, credentials})), browser);
    const including = played('include');
    return played('same-origin').map((without, at) => {
        if (without.type === 'basic') {
            return 'same origin';
        }
        if (including[at].result === 'ok') {
            return 'with credentials';
        }
        if (without.result === 'ok') {
            return 'no credentials';
        }
        return without.sent.some((request) => !('access-control-request-method' in request))
            ? 'sent, not read' : 'not sent';
    });
}

function assertCells(cells) {
    cells.forEach(({origin, method, address}) =>
        assert.deepEqual([caseOf(address).page, caseOf(address).method], [origin, method]));
    assert.deepEqual(cells.map(({words}) => words), nativeWords(cells));
}

async function matrixAgrees(visit, example) {
    const page = await openPolicy(visit, example);
    const cells = await matrix(page);
    assert.ok(cells.length >= 15);
    assertCells(cells);
    assert.ok(new Set(cells.map(({words}) => words)).size > 1);
}

/** The texts to copy, by title; a title without a text has none. */
function configurations(page) {
    return page.locator('.configuration').evaluateAll((all) => Object.fromEntries(
        all.map((each) => [each.querySelector('h3').textContent,
            each.querySelector('pre')?.textContent ?? null])));
}

export const checks = {
    ...Object.fromEntries(policyExamples.map((example) =>
        [`"${example.name}" has the findings of the command`,
            async (visit) => void await findingsOf(visit, example)])),

    ...Object.fromEntries(Object.entries(faulty).map(([name, policy]) =>
        [`${name}: the findings of the command`,
            async (visit) => void await findingsOf(visit, {policy})])),

    'what is typed is judged anew, and stands in the address': async (visit) => {
        const page = await openPolicy(visit, policyExamples[0]);
        const policy = policyExamples[0].policy.replace('10m', '10 minutes');
        await page.getByRole('textbox', {name: 'The policy, as YAML'}).fill(policy);
        const native = await assertFindings(page, {policy});
        assert.ok(native.length > 0);
        await eventually(() => assert.equal(paramsOf(page.url()).get('policy'), policy));
        await page.locator('.policy-part .note.bad').first().waitFor();
        const other = await visit.open(new URL(page.url()).hash);
        await assertFindings(other, {policy});
    },

    'suggestions that are written take their findings away': async (visit) => {
        const example = policyExamples.find(({name}) => name.includes('and more'));
        const page = await openPolicy(visit, example);
        let left = (await assertFindings(page, example)).length;
        const write = page.getByRole('button', {name: /^Write this at/});
        for (let written = 0; written < 10 && await write.count() > 0; written += 1) {
            await write.first().click();
            await eventually(async () => {
                const policy = paramsOf(page.url()).get('policy');
                const native = nativeFindings({policy});
                assert.deepEqual(await shownFindings(page), native);
                assert.ok(native.length < left, `${native.length} findings, not fewer`);
                left = native.length;
            });
        }
        assert.equal(await write.count(), 0);
    },

    'a finding leads to its place': async (visit) => {
        const example = policyExamples.find(({name}) => name.includes('and more'));
        const page = await openPolicy(visit, example);
        await page.getByRole('button', {name: /^Go to 5:/}).first().click();
        const chosen = await page.evaluate(() => {
            const area = document.activeElement;
            return area.value.slice(area.selectionStart, area.selectionEnd);
        });
        assert.equal(chosen, 'https://app.example.com/');
    },

    'the matrix says what the command says': (visit) => matrixAgrees(visit, policyExamples[0]),

    'the matrix of a public API says what the command says': (visit) =>
        matrixAgrees(visit, policyExamples[1]),

    'path, headers and origins of the matrix can be chosen': async (visit) => {
        const page = await openPolicy(visit, policyExamples[0]);
        await page.getByLabel('Path').fill('/elsewhere');
        await eventually(async () => assert.ok((await matrix(page)).every(({address, words}) =>
            caseOf(address).url.endsWith('/elsewhere') && !words.includes('credentials'))));
        await page.getByLabel('Path').fill('/api/x');
        await page.getByLabel('Headers that script sets').fill('Content-Type, X-Other');
        await page.getByText('Other origins, another server').click();
        await page.getByLabel('Pages to ask about').fill('https://app.example.com\nnonsense');
        await eventually(async () => {
            const cells = await matrix(page);
            assert.equal(cells.length, 5);
            assert.ok(cells.every(({words}) => words === 'not sent'));
            assert.match(await page.locator('.matrix-faults').innerText(), /nonsense/);
        });
        assertCells(await matrix(page));
    },

    'a cell opens its exchange': async (visit) => {
        const page = await openPolicy(visit, policyExamples[0]);
        const [cell] = await matrix(page);
        await page.locator('.matrix-cell').first().click();
        await page.locator('main[data-room="exchange"] .verdict-line').waitFor();
        assert.deepEqual(caseOf(page.url()), caseOf(cell.address));
    },

    'configurations': async (visit) => {
        const page = await visit.open('#/policy');
        const made = [];
        for (const [at, example] of policyExamples.entries()) {
            await page.getByLabel('Start from an example').selectOption(String(at));
            const native = nativeFindings(example);
            await eventually(async () => assert.deepEqual(await shownFindings(page), native));
            const refused = native.some(({severity}) => severity === 'error');
            const texts = await configurations(page);
            assert.equal(Object.keys(texts).length === 0, refused, example.name);
            if (!refused) {
                made.push({...example, texts});
            }
        }
        visit.told = {made};
    },

    'what stands in an address is text': async (visit) => {
        const hostile = '<img src=x onerror=alert(1)>\u0000\u202e';
        const page = await openPolicy(visit, {
            policy: `policies:\n  - path: "/${hostile}"\n    ${hostile}: [1]\n`,
            environment: hostile, variables: [{name: hostile, value: hostile}],
            files: [{name: hostile, value: hostile}],
        });
        assert.ok((await shownFindings(page)).length > 0);
        assert.equal(await page.locator('main img').count(), 0);
    },
};
