// SPDX-License-Identifier: MIT
// States of the rooms that are worth a look: at their colours, their width, their way by keyboard.
import {exampleCases} from '../../lab/source/example_cases.js';
import {policyExamples} from '../../lab/source/policy/policy_examples.js';

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {{name: string, hash: string, act?: (page: Page) => Promise<void>}} State `act` brings
 *   it about, or waits for it, where the address alone does not
 */

const MESSAGE = "Access to fetch at 'https://api.example.com/todos' from origin " +
    "'https://app.example.com' has been blocked by CORS policy: Response to preflight request " +
    "doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on " +
    'the requested resource.';

/** @param {string} title */
function example(title) {
    const found = exampleCases.find((each) => each.title === title);
    return `#/exchange?${found?.written}`;
}

/** @param {string} part of an example's name */
function policy(part) {
    const found = policyExamples.find(({name}) => name.includes(part));
    return `#/policy?${new URLSearchParams({policy: found?.policy ?? ''})}`;
}

/** @param {Page} page */
async function policyRead(page) {
    await page.locator('.policy-finding, .policy-part .note.bad, .matrix').first().waitFor();
}

/** @param {Page} page */
async function exchangeMade(page) {
    await page.getByRole('region', {name: 'Result'}).locator('.note').first().waitFor();
}

/** Draws the figures that wait for the screen to come near. @param {Page} page */
async function drawFigures(page) {
    for (const figure of await page.locator('figure').all()) {
        await figure.scrollIntoViewIfNeeded();
    }
    await page.waitForFunction(() => document.querySelector('figure.waiting') === null);
    await page.evaluate(() => scrollTo(0, 0));
}

/** @type {State[]} */
export const states = [
    {name: 'exchange', hash: '#/exchange'},
    {name: 'exchange with redirects', hash: example('Two redirects, all of them open')},
    {
        name: 'exchange with a policy', hash: example('A server with a policy'),
        act: (page) => page.locator('.verdict-line').waitFor(),
    },
    {
        name: 'exchange with a meaning', hash: `${example('A simple GET')}&step=3`,
        act: async (page) => {
            await page.locator('summary', {hasText: 'More'}).evaluate((each) => {
                each.parentElement.open = true;
            });
            await page.locator('.line-text:visible').first().focus();
        },
    },
    {name: 'explain', hash: '#/explain'},
    {name: 'explain a message', hash: `#/explain?${new URLSearchParams({message: MESSAGE})}`},
    {
        name: 'explain one of several causes',
        hash: `#/explain?${new URLSearchParams({message: 'TypeError: Failed to fetch'})}`,
    },
    {name: 'policy', hash: '#/policy', act: policyRead},
    {name: 'policy with findings', hash: policy('and more'), act: policyRead},
    {
        name: 'policy with all open', hash: '#/policy',
        act: async (page) => {
            await policyRead(page);
            await page.evaluate(() => document.querySelectorAll('main details')
                .forEach((each) => each.setAttribute('open', '')));
            await page.getByRole('button', {name: 'Add a variable'}).click();
            await page.getByRole('button', {name: 'Add a file'}).click();
            await page.waitForFunction(() => location.hash.includes('file='));
        },
    },
    {name: 'real', hash: '#/real', act: exchangeMade},
    {
        name: 'real, a batch', hash: '#/real?batch=12&seed=3',
        act: (page) => page.locator('.batch[data-state="done"]').waitFor(),
    },
    {name: 'real, a call of one\'s own', hash: '#/real?live='},
    {name: 'learn', hash: '#/learn', act: drawFigures},
    {
        name: 'learn with proofs and answers',
        hash: '#/learn?quiz=1&answers=abcabcabcabc&proved=no-cors,localhost,firewall',
        act: drawFigures,
    },
];
