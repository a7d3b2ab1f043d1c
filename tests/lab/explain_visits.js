// SPDX-License-Identifier: MIT
// "Explain": for every message that the command knows, the cause and the fix that the command
// gives, and an exchange that comes to just that.
import assert from 'node:assert/strict';
import {loadCors} from '../../bindings/wasm/libcors.js';
import {caseForCode, codesWithCase} from '../../lab/source/case_for_code.js';
import {browserNames, writeCase} from '../../lab/source/lab_case.js';
import {explain, simulateCases} from './native_cors.js';
import {caseOf, eventually, paramsOf, verdict} from './room_reading.js';

const consoles = ['chromium', 'firefox', 'safari'];
const MESSAGE = "Access to fetch at 'https://api.test/x' from origin 'https://app.test' has been " +
    "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested " +
    'resource.';
const HOSTILE = `${MESSAGE}\n<img src=x onerror="alert(1)"><script>alert(2)</script>` +
    '\u0000\u0007\u001b[31m\u202e\ud800';
const LARGE = 1 << 20;

function addressOf(message, more = {}) {
    return `#/explain?${new URLSearchParams({message, ...more})}`;
}

function area(page) {
    return page.getByLabel("The console's message");
}

/** What the room says about a message. */
function shown(page) {
    return page.locator('main').evaluate((main) => {
        const texts = (selector) =>
            [...main.querySelectorAll(selector)].map((each) => each.textContent);
        const under = (title) => [...main.querySelectorAll('.explain-part')]
            .find((part) => part.querySelector('h2')?.textContent === title)
            ?.querySelector('p')?.textContent ?? null;
        return {
            message: main.querySelector('textarea').value,
            code: texts('.mark.bad')[0]?.replace('✕', '') ?? null,
            cause: under('Cause'),
            fix: under('Fix'),
            check: main.querySelector('.explain-check pre')?.textContent ?? null,
            also: [...main.querySelectorAll('.explain-also input')].map(({value}) => value),
            exchange: main.querySelector('a.primary')?.getAttribute('href') ?? null,
        };
    });
}

/** What each code's own case has a browser print, by code. */
function nativeMessages(browser) {
    const cases = codesWithCase.map((code) => ({...caseForCode(code), browser}));
    return Object.fromEntries(simulateCases(cases, browser).map(({messages}, at) =>
        [codesWithCase[at], messages[browser]]));
}

/** The exchanges that are offered end in their codes, says the command. */
function assertEnd(offered) {
    for (const {code, address} of offered) {
        assert.ok(address, `no exchange for ${code}`);
    }
    const cases = offered.map(({address}) => caseOf(address));
    for (const browser of browserNames) {
        const own = offered.filter((_, at) => cases[at].browser === browser);
        const ends = simulateCases(cases.filter((each) => each.browser === browser), browser);
        assert.deepEqual(ends.map(({code}) => code), own.map(({code}) => code), browser);
    }
}

/** Has the room show a message by its address, without loading the page anew. */
async function showMessage(page, message, more) {
    await page.evaluate((hash) => {
        location.hash = hash;
    }, addressOf(message, more));
    return eventually(async () => {
        const all = await shown(page);
        assert.equal(all.message, message.replaceAll('\r\n', '\n'));
        return all;
    });
}

function messagesIn(browser) {
    return async (visit) => {
        const page = await visit.open('#/explain');
        const offered = [];
        for (const [code, message] of Object.entries(nativeMessages(browser))) {
            const native = message && explain(message);
            if (!native || native.code === 'ok') {
                continue;
            }
            assert.ok([native.code, ...native.also].includes(code), `${browser}: ${message}`);
            const {cause, fix, check, also, exchange, ...rest} = await showMessage(page, message);
            assert.equal(rest.code, native.code, message);
            assert.deepEqual({cause, fix, check},
                {cause: native.cause, fix: native.fix, check: native.check}, message);
            assert.deepEqual(also, native.also.length ? [native.code, ...native.also] : []);
            offered.push({code: native.code, address: exchange});
            for (const other of native.also) {
                const chosen = await showMessage(page, message, {code: other});
                assert.equal(chosen.code, other);
                offered.push({code: other, address: chosen.exchange});
            }
        }
        assert.ok(offered.length > 10, `only ${offered.length} messages of ${browser}`);
        assertEnd(offered);
    };
}

export const checks = {
    ...Object.fromEntries(consoles.map((browser) =>
        [`every message of ${browser} gets its cause, its fix and its exchange`,
            messagesIn(browser)])),

    'every code has a case, but for one that no browser has any more': async (visit) => {
        const bytes = await (await fetch(`${visit.lab}/libcors.wasm`)).arrayBuffer();
        const cors = await loadCors(bytes);
        assert.deepEqual(cors.tables.codes.map(({name}) => name)
            .filter((name) => !codesWithCase.includes(name)), ['private-network-preflight']);
        const cases = codesWithCase.map((code) => caseForCode(code));
        assertEnd(codesWithCase.map((code, at) =>
            ({code, address: `#/exchange?${writeCase(cases[at])}`})));
    },

    'a message that is typed is explained, and stands in the address': async (visit) => {
        const page = await visit.open('#/explain');
        await area(page).fill(MESSAGE);
        await eventually(async () =>
            assert.equal((await shown(page)).code, 'missing-allow-origin'));
        assert.equal(paramsOf(page.url()).get('message'), MESSAGE);
        const other = await visit.open(new URL(page.url()).hash);
        assert.deepEqual(await shown(other), await shown(page));
    },

    'the exchange behind a message opens in the first room': async (visit) => {
        const page = await visit.open(addressOf(MESSAGE));
        await page.getByRole('link', {name: 'Play with it in Exchange'}).click();
        await page.locator('main[data-room="exchange"] .verdict-line').waitFor();
        assert.equal(await verdict(page), 'Blocked by Chromium');
        assert.deepEqual([caseOf(page.url()).url, caseOf(page.url()).page],
            ['https://api.test/x', 'https://app.test']);
    },

    'each message of the menu is one that the command prints': async (visit) => {
        const page = await visit.open('#/explain');
        const menu = page.getByLabel('Or try a message');
        const groups = await menu.locator('optgroup').evaluateAll((all) => all.map((group) =>
            [...group.children].map((option) => [option.value, option.textContent])));
        assert.equal(groups.length, consoles.length);
        for (const [at, browser] of consoles.entries()) {
            assert.ok(groups[at].length > 10);
            const native = nativeMessages(browser);
            for (const [value, words] of groups[at]) {
                await menu.selectOption(value);
                assert.equal(await area(page).inputValue(), native[words.replaceAll(' ', '-')]);
            }
        }
    },

    'words of no console are said to be none': async (visit) => {
        const page = await visit.open('#/explain');
        await area(page).fill('Uncaught ReferenceError: x is not defined');
        await page.getByText('No console message about CORS that is known').waitFor();
        const all = await shown(page);
        assert.deepEqual([all.code, all.exchange], [null, null]);
        await area(page).fill('');
        await page.getByText('Paste the red line of the console, whole.').waitFor();
    },

    'lines around a message do no harm': async (visit) => {
        const page = await visit.open(addressOf(
            `12:03:04 app.js:7 something\n${MESSAGE}\n    at load (app.js:9:3)`));
        assert.equal((await shown(page)).code, 'missing-allow-origin');
    },

    'what is pasted is text': async (visit) => {
        const page = await visit.open('#/explain');
        await area(page).fill(HOSTILE);
        await eventually(async () =>
            assert.equal((await shown(page)).code, 'missing-allow-origin'));
        const marked = MESSAGE.replace('https://api.test/x',
            'https://api.test/<img src=x onerror=alert(1)>')
            .replace('https://app.test', '<script>alert(2)</script>');
        await showMessage(page, marked);
        assert.equal(await page.locator('main img, main script').count(), 0);
        const other = await visit.open(new URL(page.url()).hash);
        assert.equal(await other.locator('main img, main script').count(), 0);
    },

    'a megabyte is explained too': async (visit) => {
        const page = await visit.open('#/explain');
        const noise = 'x <b> '.repeat(LARGE / 6);
        await area(page).evaluate((field, text) => {
            field.value = text;
            field.dispatchEvent(new Event('input', {bubbles: true}));
        }, `${noise}\n${MESSAGE}\n${noise}`);
        const native = explain(`${noise}\n${MESSAGE}\n${noise}`);
        await eventually(async () => {
            const {code} = await shown(page);
            assert.equal(code, native?.code ?? null);
            assert.ok(paramsOf(page.url()).get('message').length > 10_000);
        });
        await page.getByRole('link', {name: 'Learn'}).click();
        await page.locator('main[data-room="learn"] h1').waitFor();
    },
};
