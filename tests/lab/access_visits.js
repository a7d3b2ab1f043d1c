// SPDX-License-Identifier: MIT
// Every state of the rooms: axe-core finds nothing, on a phone and on a desk, light and dark, and
// nothing sticks out to the side, also with text of twice the size.
import assert from 'node:assert/strict';
import {fileURLToPath} from 'node:url';
import {states} from './room_states.js';
import {isOfTrials} from './visitor.js';

const AXE = fileURLToPath(new URL('../../lab/node_modules/axe-core/axe.min.js', import.meta.url));
const SIZES = [{width: 390, height: 844}, {width: 1600, height: 1000}];
// In the dark the page is the same but for these.
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * @param {import('playwright-core').Page} page
 * @param {{runOnly?: string[]}} options
 */
async function violations(page, options) {
    return page.evaluate(async (chosen) => {
        const found = await globalThis.axe.run(document, {...chosen, resultTypes: ['violations']});
        return found.violations.flatMap(({id, help, nodes}) => nodes.map((node) =>
            `${id}: ${help} at ${node.target.join(' ')}: ${node.html.slice(0, 160)} ` +
            `(${node.any.concat(node.all).map(({message}) => message).join('; ').slice(0, 300)})`));
    }, options);
}

/**
 * What is wider than the window, or cut off within.
 *
 * @param {import('playwright-core').Page} page
 */
function stickingOut(page) {
    return page.evaluate(() => {
        const found = [];
        const root = document.scrollingElement;
        if (root.scrollWidth > innerWidth) {
            const wide = [...document.body.querySelectorAll('*')].filter((element) =>
                element.getBoundingClientRect().right > innerWidth + 1).slice(0, 5);
            found.push(`the page is ${root.scrollWidth} wide of ${innerWidth}: ` +
                wide.map((element) => element.outerHTML.slice(0, 120)).join(' | '));
        }
        for (const element of document.body.querySelectorAll('*')) {
            const style = getComputedStyle(element);
            const isCut = ['hidden', 'clip'].includes(style.overflowX) &&
                style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1;
            const hasText = [...element.childNodes].some((node) =>
                node.nodeType === Node.TEXT_NODE && node.textContent.trim());
            if (isCut && hasText && style.clipPath === 'none' && element.checkVisibility()) {
                found.push(`cut off: ${element.outerHTML.slice(0, 160)}`);
            }
        }
        return found;
    });
}

function looksRight(state) {
    return async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open(state.hash, {...SIZES[0], script: AXE});
        await state.act?.(page);
        const found = new Set();
        const add = (where, wrong) => wrong.forEach((words) => found.add(`${where}: ${words}`));
        for (const size of SIZES) {
            await page.setViewportSize(size);
            add(`${size.width} px`, await stickingOut(page));
            await page.emulateMedia({colorScheme: 'light'});
            add(`${size.width} px, light`, await violations(page, {}));
            await page.emulateMedia({colorScheme: 'dark'});
            add(`${size.width} px, dark`, await violations(page, {runOnly: OF_COLOURS}));
        }
        await page.setViewportSize({width: 1280, height: 900});
        await page.evaluate(() => {
            document.documentElement.style.fontSize = '200%';
        });
        add('text twice the size', await stickingOut(page));
        assert.deepEqual([...found], []);
    };
}

export const checks = Object.fromEntries(states.map((state) => [state.name, looksRight(state)]));
