// SPDX-License-Identifier: MIT
// What a page shows, read as a person would; and conditions that come true in a moment.
import {exampleCases, firstCase} from '../../lab/source/example_cases.js';
import {readCase} from '../../lab/source/lab_case.js';

const SECONDS_MAX = 15;
const LOOK_MS = 20; // between two looks

/**
 * Looks until nothing is thrown; throws the last fault after a while.
 *
 * @template T
 * @param {() => T | Promise<T>} look
 * @returns {Promise<T>}
 */
export async function eventually(look) {
    const end = Date.now() + SECONDS_MAX * 1000;
    for (;;) {
        try {
            return await look();
        } catch (fault) {
            if (Date.now() > end) {
                throw fault;
            }
        }
        await new Promise((done) => setTimeout(done, LOOK_MS));
    }
}

/** The parameters of an address's fragment. @param {string} address */
export function paramsOf(address) {
    const {hash} = new URL(address, 'http://localhost/');
    return new URLSearchParams(hash.split(/\?(.*)/s)[1] ?? '');
}

/** The case that an address of the first room holds. @param {string} address */
export function caseOf(address) {
    const params = paramsOf(address);
    params.delete('step');
    return params.size === 0 ? {...firstCase} : readCase(params);
}

/** Where a case stands open. @param {string} title of an example */
export function addressOf(title) {
    const example = exampleCases.find((each) => each.title === title);
    if (!example) {
        throw new Error(`no example is called "${title}"`);
    }
    return `#/exchange?${example.written}`;
}

const titles = {
    chromium: 'Chromium', firefox: 'Firefox', safari: 'Safari', standard: 'the standard',
};

/** The verdict that the room prints for what `cors simulate` says. */
export function verdictWords(native, browser) {
    const who = titles[browser];
    if (native.result === 'error') {
        return `Blocked by ${who}${native.preflight ? ', at the preflight' : ''}`;
    }
    return native.type === 'opaque' ? `Sent, but unreadable in ${who}` : `Allowed by ${who}`;
}

/** @param {import('playwright-core').Page} page */
export function verdict(page) {
    return page.locator('main .verdict-line strong').first().innerText();
}

/** What the three consoles print, null for nothing. @param {import('playwright-core').Page} page */
export function consoles(page) {
    return page.locator('main .consoles').first().evaluate((list) =>
        Object.fromEntries([...list.querySelectorAll('.console')].map((card) =>
            [card.querySelector('h4').firstChild.textContent.trim().toLowerCase(),
                card.querySelector('pre')?.textContent ?? null])));
}
