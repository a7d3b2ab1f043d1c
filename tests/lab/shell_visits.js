// SPDX-License-Identifier: MIT
// What all rooms share: links, titles, focus, colours, and the same page on a static host.
import assert from 'node:assert/strict';
import {rooms} from '../../lab/source/rooms.js';
import {isOfTrials} from './visitor.js';

const titles = Object.fromEntries(rooms.map(({name, title}) => [name, title]));

async function currentLink(page) {
    return page.locator('#rooms a[aria-current="page"]').allTextContents();
}

async function assertOpen(page, name) {
    await page.locator(`main[data-room="${name}"] h1`).waitFor();
    assert.equal(await page.title(), `${titles[name]} · CORS lab`);
    assert.deepEqual(await currentLink(page), [titles[name]]);
    assert.equal(await page.locator('h1').count(), 1);
}

function byLink(name) {
    return async (visit) => {
        visit.expects = isOfTrials;
        const other = name === 'learn' ? 'explain' : 'learn';
        const page = await visit.open(`#/${other}`);
        await page.getByRole('navigation', {name: 'Rooms'}).getByRole('link', {name: titles[name]})
            .click();
        await assertOpen(page, name);
        assert.equal(new URL(page.url()).hash.split('?')[0], `#/${name}`);
        assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
    };
}

function byAddress(name) {
    return async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open(`#/${name}`);
        await assertOpen(page, name);
    };
}

function onStaticHost(name) {
    return async (visit) => {
        const page = await visit.open(`#/${name}`, {at: visit.plain});
        await assertOpen(page, name);
    };
}

function eachRoom(words, check) {
    return Object.fromEntries(rooms.map(({name}) => [`${name} ${words}`, check(name)]));
}

export const checks = {
    ...eachRoom('opens by its link, and has the focus', byLink),
    ...eachRoom('opens by its address', byAddress),
    ...eachRoom('opens on a static host', onStaticHost),

    'an address without a room is the first room': async (visit) => {
        await assertOpen(await visit.open(''), rooms[0].name);
    },

    'an address of no room is the first room': async (visit) => {
        await assertOpen(await visit.open('#/attic?x=%00%ff'), rooms[0].name);
    },

    'back and forth in the history go from room to room': async (visit) => {
        const page = await visit.open('#/policy');
        await page.getByRole('link', {name: titles.learn}).click();
        await assertOpen(page, 'learn');
        await page.goBack();
        await assertOpen(page, 'policy');
        await page.goForward();
        await assertOpen(page, 'learn');
    },

    'the room that was asked for last opens': async (visit) => {
        const page = await visit.open('#/exchange');
        await page.evaluate(() => {
            for (const name of ['policy', 'learn', 'explain']) {
                location.hash = `#/${name}`;
            }
        });
        await assertOpen(page, 'explain');
    },

    'the foot names the engine': async (visit) => {
        const page = await visit.open('');
        assert.match(await page.locator('#engine').innerText(), /^libcors \d+\.\d+\.\d+/);
    },

    'colours follow the system, then the choice, and the choice stays': async (visit) => {
        const page = await visit.open('', {scheme: 'dark'});
        const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const dark = await ground();
        const button = page.locator('#theme');
        await button.click();
        const light = await ground();
        assert.notEqual(light, dark);
        await page.reload();
        await visit.ready(page);
        assert.equal(await ground(), light);
        await button.click();
        assert.equal(await ground(), dark);
        await button.click();
        assert.equal(await page.locator('html').getAttribute('data-theme'), null);
    },

    'the link past the masthead leads into the room, and stays in it': async (visit) => {
        const page = await visit.open('#/learn');
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip');
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement?.id === 'room' ||
            document.activeElement?.tagName === 'H1');
        await assertOpen(page, 'learn');
    },

    'an engine that cannot be loaded is said': async (visit) => {
        visit.expects = (note) => note.includes('libcors.wasm') || note.includes('preload');
        const page = await visit.blank();
        await page.route('**/libcors.wasm', (route) => route.fulfill({status: 404, body: ''}));
        await page.goto(`${visit.lab}/`);
        const alert = page.getByRole('alert');
        await alert.waitFor();
        assert.match(await alert.innerText(), /libcors\.wasm cannot be loaded: status 404/);
    },
};
