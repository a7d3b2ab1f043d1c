// SPDX-License-Identifier: MIT
// Every state of the rooms: axe-core finds nothing, on a phone and on a desk, light and dark, and
// nothing sticks out to the side, also with text of twice the size.
import assert from 'node:assert/strict';
import {fileURLToPath} from 'node:url';
import {states} from './room_states.js';
import {isOfTrials} from './visitor.js';

const AXE = fileURLToPath(new URL('../../lab/node_modules/axe-core/axe.min.js', import.meta.url));
const SIZES = [{width: 390, height: 844}, {width: 1600, height: 1000}];
const SCHEMES = /** @type {const} */ (['light', 'dark']);

/** @param {import('playwright-core').Page} page */
async function violations(page) {
    return page.evaluate(async () => {
        const found = await globalThis.axe.run(document, {resultTypes: ['violations']});
        return found.violations.flatMap(({id, help, nodes}) => nodes.map((node) =>
            `${id}: ${help} at ${node.target.join(' ')}: ${node.html.slice(0, 160)} ` +
            `(${node.any.concat(node.all).map(({message}) => message).join('; ').slice(0, 300)})`));
    });
}

/**
 * What is wider than the window, or cut off within.
 *
 * @param {import('playwright-core').Page} page
 */
export function stickingOut(page) {
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
        for (const size of SIZES) {
            await page.setViewportSize(size);
            for (const wrong of await stickingOut(page)) {
                found.add(`${size.width} px: ${wrong}`);
            }
            for (const scheme of SCHEMES) {
                await page.emulateMedia({colorScheme: scheme});
                for (const wrong of await violations(page)) {
                    found.add(`${size.width} px, ${scheme}: ${wrong}`);
                }
            }
        }
        assert.deepEqual([...found], []);
    };
}

function fitsEnlarged(state) {
    return async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open(state.hash, {width: 1280});
        await state.act?.(page);
        await page.evaluate(() => {
            document.documentElement.style.fontSize = '200%';
        });
        assert.deepEqual(await stickingOut(page), []);
    };
}

const byName = (words, check) =>
    Object.fromEntries(states.map((state) => [`${state.name}${words}`, check(state)]));

export const checks = {
    ...byName('', looksRight),
    ...byName(', text twice the size', fitsEnlarged),
};
