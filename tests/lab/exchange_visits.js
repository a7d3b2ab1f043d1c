// SPDX-License-Identifier: MIT
// The first room: whatever one makes of a case, the page says what `cors simulate` says.
import assert from 'node:assert/strict';
import {exampleCases} from '../../lab/source/example_cases.js';
import {browserNames, plainCase} from '../../lab/source/lab_case.js';
import {lint, simulateCase} from './native_cors.js';
import {addressOf, caseOf, consoles, eventually, paramsOf, verdict, verdictWords}
    from './room_reading.js';
import {isOfTrials} from './visitor.js';

const REDIRECTS = 'Two redirects, all of them open';

/** The page agrees with the command about the case in its address, in every browser. */
async function assertAgrees(page) {
    const labCase = caseOf(page.url());
    const native = Object.fromEntries(browserNames.map((name) =>
        [name, simulateCase(labCase, name)]));
    assert.equal(await verdict(page), verdictWords(native[labCase.browser], labCase.browser));
    assert.deepEqual(await consoles(page), Object.fromEntries(
        ['chromium', 'firefox', 'safari'].map((name) => [name, native[name].messages[name]])));
    return native[labCase.browser];
}

/** Has an edit arrive in the address, and the page agree about it. */
async function edited(page, member, value) {
    return eventually(() => {
        assert.deepEqual(caseOf(page.url())[member], value);
        return assertAgrees(page);
    });
}

function arrows(page) {
    return page.locator('.arrows > li.arrow:not([hidden])');
}

async function routes(page) {
    return arrows(page).locator('.route').allInnerTexts();
}

/** All examples in one page, one after the other. */
async function allExamples(visit) {
    const page = await visit.open('');
    for (const {title, works, labCase} of exampleCases) {
        await page.getByLabel('Examples').selectOption({label: title});
        const native = await eventually(async () => {
            assert.equal(caseOf(page.url()).url, labCase.url);
            assert.equal(caseOf(page.url()).headers, labCase.headers);
            assert.deepEqual(caseOf(page.url()).answers[0], labCase.answers[0]);
            return assertAgrees(page);
        });
        assert.equal(native.result, works ? 'ok' : 'error', title);
    }
}

export const checks = {
    'the first case is blocked at the preflight': async (visit) => {
        const page = await visit.open('');
        assert.equal(await verdict(page), 'Blocked by Chromium, at the preflight');
        await assertAgrees(page);
        const bad = page.locator('.line.bad .line-text');
        assert.equal(await bad.count(), 1);
        assert.match(await bad.innerText(), /Access-Control-Allow-Headers: X-Client/);
        assert.match(await page.locator('.arrow.unsent').innerText(), /Never sent/);
    },

    'all examples come out as with the command': allExamples,

    'fix after fix is applied until the case works': async (visit) => {
        const page = await visit.open('');
        const verdicts = [];
        for (let fix = 0; fix < 5; fix += 1) {
            const native = await assertAgrees(page);
            verdicts.push(native.code);
            if (native.result === 'ok') {
                break;
            }
            const before = page.url();
            await page.getByRole('button', {name: 'Apply this fix'}).click();
            await eventually(() => assert.notEqual(page.url(), before));
        }
        assert.deepEqual(verdicts, ['header-not-allowed', 'wildcard-with-credentials',
            'invalid-allow-credentials', 'ok']);
    },

    'the call can be changed': async (visit) => {
        const page = await visit.open(addressOf('A simple GET'));
        await page.getByLabel('Method').fill('DELETE');
        assert.equal((await edited(page, 'method', 'DELETE')).result, 'error');
        await page.getByLabel('Method').fill('POST');
        assert.equal((await edited(page, 'method', 'POST')).result, 'ok');
        const headers = page.getByLabel('Headers, one a line', {exact: true});
        await headers.fill('X-A: 1\nAuthorization: Bearer x');
        assert.equal((await edited(page, 'headers', 'X-A: 1\nAuthorization: Bearer x')).preflight,
            true);
        await headers.fill('');
        await edited(page, 'headers', '');
        const credentials = page.getByRole('combobox', {name: 'Credentials', exact: true});
        await credentials.selectOption('include');
        assert.equal((await edited(page, 'credentials', 'include')).code,
            'wildcard-with-credentials');
        await page.getByLabel('Page', {exact: true}).fill('https://api.example.com');
        assert.equal((await edited(page, 'page', 'https://api.example.com')).result, 'ok');
    },

    'the answers can be changed': async (visit) => {
        const page = await visit.open(addressOf('No CORS headers at all'));
        const response = page.getByLabel('To the request');
        await response.fill('200\nAccess-Control-Allow-Origin: https://app.example.com');
        await eventually(async () => {
            assert.match(caseOf(page.url()).answers[0].response, /Allow-Origin/);
            assert.equal((await assertAgrees(page)).result, 'ok');
        });
        await response.fill('');
        await eventually(async () => {
            assert.equal(caseOf(page.url()).answers[0].response, '');
            assert.equal((await assertAgrees(page)).code, 'network-failure');
        });
        await response.fill('200\nno colon here');
        await eventually(async () => assert.match(
            await page.locator('.faults:visible').innerText(), /Line 2: Write "Name: value"/));
    },

    'another browser may decide otherwise': async (visit) => {
        const page = await visit.open(addressOf('A header that only Chromium thinks simple'));
        assert.equal(await verdict(page), 'Allowed by Chromium');
        await page.getByRole('radio', {name: 'Firefox'}).check({force: true});
        assert.equal((await edited(page, 'browser', 'firefox')).result, 'error');
    },

    'mode, redirects, initiator and body can be changed': async (visit) => {
        const page = await visit.open(addressOf('A simple GET'));
        await page.locator('summary', {hasText: 'More'}).click();
        await page.getByLabel('Mode').selectOption('no-cors');
        assert.equal((await edited(page, 'mode', 'no-cors')).type, 'opaque');
        await page.getByLabel('Mode').selectOption('same-origin');
        assert.equal((await edited(page, 'mode', 'same-origin')).result, 'error');
        await page.getByLabel('Mode').selectOption('cors');
        await page.getByLabel('Made by').selectOption('font');
        await edited(page, 'initiator', 'font');
        await page.getByLabel('Made by').selectOption('xhr');
        await page.getByLabel('A listener on xhr.upload').check();
        await edited(page, 'listener', true);
        await page.getByLabel('Method').fill('POST');
        await page.getByLabel('Body').selectOption('form');
        assert.equal((await edited(page, 'body', 'form')).preflight, true);
    },

    'a policy answers, with its findings and where to mend it': async (visit) => {
        const page = await visit.open(addressOf('A server with a policy'));
        await eventually(async () => assert.equal((await assertAgrees(page)).result, 'ok'));
        const {policy} = caseOf(page.url());
        const field = page.getByLabel('The policy file');
        await field.fill(policy.replace('[PUT]', '[PATCH]'));
        await eventually(async () =>
            assert.equal((await assertAgrees(page)).result, 'error'));
        assert.match(await page.locator('.repair-words').innerText(),
            /does not list this method.*allow_methods.*line 4/);
        const faulty = policy.replace('https://app.example.com', 'https://app.example.com/');
        await field.fill(faulty);
        const native = lint({policy: faulty}).map(({line, column, severity, message}) =>
            ({place: `${line}:${column}`, words: `${severity}: ${message}`}));
        assert.ok(native.length > 0);
        await eventually(async () => {
            const shown = await page.locator('.finding').evaluateAll((items) => items.map((item) =>
                ({place: item.querySelector('button').textContent,
                    words: item.querySelector('p').textContent})));
            assert.deepEqual(shown.map(({place}) => place), native.map(({place}) => place));
            shown.forEach(({words}, at) => assert.ok(words.startsWith(native[at].words), words));
        });
    },

    'a server by hand becomes one with a policy': async (visit) => {
        const page = await visit.open('');
        await page.getByRole('radio', {name: 'A policy'}).check({force: true});
        await edited(page, 'server', 'policy');
        await page.getByRole('radio', {name: 'Answers by hand'}).check({force: true});
        await edited(page, 'server', 'answers');
    },

    'step by step': async (visit) => {
        const page = await visit.open('');
        const all = await routes(page);
        assert.deepEqual(all, ['Page → browser', 'Browser → api.example.com',
            'api.example.com → browser', 'Browser → api.example.com', 'Browser → page']);
        const back = page.getByRole('button', {name: 'Back'});
        await back.click();
        assert.deepEqual(await routes(page), all.slice(0, 4));
        await eventually(() => assert.equal(paramsOf(page.url()).get('step'), '4'));
        await page.getByRole('button', {name: 'Next'}).click();
        assert.deepEqual(await routes(page), all);
        const slider = page.getByRole('slider', {name: 'Step'});
        await slider.focus();
        await page.keyboard.press('Home');
        assert.deepEqual(await routes(page), all.slice(0, 1));
        assert.match(await slider.getAttribute('aria-valuetext'), /^1 of 5/);
        await page.keyboard.press('ArrowRight');
        assert.deepEqual(await routes(page), all.slice(0, 2));
        await page.getByRole('button', {name: 'Show all'}).click();
        assert.deepEqual(await routes(page), all);
        assert.equal(paramsOf(page.url()).get('step'), null);
    },

    'the exchange plays by itself, and can be paused': async (visit) => {
        const page = await visit.open('');
        await page.getByRole('button', {name: 'Play', exact: true}).click();
        assert.equal(await arrows(page).count(), 1);
        await eventually(async () => assert.equal(await arrows(page).count(), 2));
        await page.getByRole('button', {name: 'Pause'}).click();
        await page.getByRole('button', {name: 'Play', exact: true}).waitFor();
        assert.equal(await arrows(page).count(), 2);
    },

    'the slider goes through the redirects': async (visit) => {
        const page = await visit.open(addressOf(REDIRECTS));
        const slider = page.getByRole('slider', {name: 'Redirects'});
        const wholeCount = await arrows(page).count();
        await slider.focus();
        await page.keyboard.press('Home');
        assert.match(await slider.getAttribute('aria-valuetext'), /^0 of 2, .*\/latest$/);
        const firstHop = await arrows(page).count();
        await page.keyboard.press('ArrowRight');
        assert.match(await slider.getAttribute('aria-valuetext'), /^1 of 2, .*\/v2$/);
        const secondHop = await arrows(page).count();
        await page.keyboard.press('ArrowRight');
        assert.match(await slider.getAttribute('aria-valuetext'), /^2 of 2, .*cdn.*\/v2$/);
        assert.ok(firstHop < secondHop && secondHop < wholeCount);
        assert.equal(await arrows(page).count(), wholeCount);
    },

    'a redirect to an unknown URL brings fields for its answers': async (visit) => {
        const page = await visit.open(addressOf('A simple GET'));
        await page.getByLabel('To the request').fill(
            '302\nLocation: https://other.example/x\nAccess-Control-Allow-Origin: *');
        await eventually(async () => {
            assert.equal(caseOf(page.url()).answers[1]?.url, 'https://other.example/x');
            assert.equal((await assertAgrees(page)).code, 'missing-allow-origin');
        });
        await page.getByRole('button', {name: 'Apply this fix'}).click();
        await eventually(async () => assert.equal((await assertAgrees(page)).result, 'ok'));
    },

    'a copied link opens the same state': async (visit) => {
        const page = await visit.open(addressOf('OPTIONS wants a login: 401'));
        await page.getByLabel('Method').fill('PROPFIND');
        await edited(page, 'method', 'PROPFIND');
        await page.getByRole('button', {name: 'Back'}).click();
        await page.getByRole('button', {name: 'Copy link'}).click();
        await page.getByRole('button', {name: 'Copied'}).waitFor();
        const link = await page.evaluate(() => navigator.clipboard.readText());
        assert.equal(link, page.url());
        const other = await visit.open(new URL(link).hash);
        assert.equal(other.url(), link);
        const text = (each) => each.locator('main').innerText();
        const fields = (each) => each.locator('main').evaluate((main) =>
            [...main.querySelectorAll('input, select, textarea')].map((field) =>
                (['radio', 'checkbox'].includes(field.type) ? field.checked : field.value)));
        assert.deepEqual(await fields(other), await fields(page));
        await eventually(async () => assert.equal(await text(other), await text(page)));
    },

    'a line says what it means when it has the focus, until Escape': async (visit) => {
        const page = await visit.open('');
        const line = page.locator('.line-text', {hasText: 'Origin:'}).first();
        await line.focus();
        const tip = page.locator(`#${await line.getAttribute('aria-describedby')}`);
        await tip.waitFor({state: 'visible'});
        assert.match(await tip.innerText(), /\w+ \w+/);
        await page.keyboard.press('Escape');
        await tip.waitFor({state: 'hidden'});
        await line.hover();
        await tip.waitFor({state: 'visible'});
    },

    'every line of an exchange has a meaning of its own': async (visit) => {
        const page = await visit.open(addressOf('PUT with a login, done right'));
        const tips = await page.locator('.arrows .line [role="tooltip"]').allTextContents();
        assert.ok(tips.length > 10);
        assert.deepEqual(tips.filter((tip) => tip.trim().length < 15), []);
    },

    'what stands in an address is text': async (visit) => {
        const hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
        const params = new URLSearchParams({
            page: hostile, url: `https://api.example.com/${hostile}`, method: hostile,
            headers: `X-A: ${hostile}\u0000\u202e`, step: '-1', browser: hostile,
            hop: `https://api.example.com/${hostile}`, preflight: hostile,
            response: `200\nX-B: ${hostile}`,
        });
        const page = await visit.open(`#/exchange?${params}`);
        await eventually(async () =>
            assert.match(await page.locator('main').innerText(), /onerror=alert/));
        assert.equal(await page.locator('main img, main script').count(), 0);
    },

    'a URL that is none is said, and then mended': async (visit) => {
        const page = await visit.open(addressOf('A simple GET'));
        await page.getByLabel('URL', {exact: true}).fill('not a url');
        await eventually(async () => {
            assert.equal(caseOf(page.url()).url, 'not a url');
            assert.match(await page.locator('.verdict-place').innerText(), /\w+/);
            assert.doesNotMatch(await page.locator('.verdict-place').innerText(), /Allowed/);
        });
        await page.getByLabel('URL', {exact: true}).fill(plainCase.url);
        await edited(page, 'url', plainCase.url);
    },

    'the case goes to the room that tries it': async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open(addressOf('patch in lower case'));
        await page.getByRole('link', {name: 'Try it for real'}).last().click();
        await page.locator('main[data-room="real"]').waitFor();
        assert.equal(caseOf(page.url()).method, 'patch');
    },
};
