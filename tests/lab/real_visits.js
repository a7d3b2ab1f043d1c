// SPDX-License-Identifier: MIT
// "Try it for real": what the engine predicts, and what this very browser does.
import assert from 'node:assert/strict';
import {exampleCases} from '../../lab/source/example_cases.js';
import {caseOf, eventually} from './room_reading.js';
import {isOfTrials} from './visitor.js';

const SEED = '20';
const BATCH = 200;

/** The room's result of one exchange, once it is there. */
async function result(page) {
    const region = page.getByRole('region', {name: 'Result'});
    await region.locator('.note').first().waitFor();
    return region.locator('.note').first().innerText();
}

export const checks = {
    'an exchange is carried out, and agrees': async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open('#/real');
        assert.match(await result(page), /They agree/);
        const marks = await page.locator('.sides .mark').allInnerTexts();
        assert.ok(marks.length >= 2, marks.join());
        assert.deepEqual(marks.filter((mark) => !mark.endsWith('same')), []);
        assert.match(await page.locator('.sides').last().innerText(), /OPTIONS/);
    },

    'every example is carried out, and agrees': async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open('#/real');
        await result(page);
        for (const {title, labCase} of exampleCases) {
            await page.evaluate(() => document.querySelector('[aria-label="Result"]')
                .replaceChildren());
            await page.getByLabel('Examples').selectOption({label: title});
            assert.equal(caseOf(page.url()).method, labCase.method);
            await eventually(async () =>
                assert.match(await result(page), /They agree|Not carried out/));
            assert.match(await result(page), /They agree/, title);
        }
    },

    'a call that is made twice asks once': async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open('#/real');
        await page.getByLabel('Examples').selectOption({label: 'PUT with a login, done right'});
        await page.getByLabel('Calls, one after the other').selectOption('2');
        await eventually(async () => {
            assert.match(await result(page), /They agree/);
            const requests = await page.locator('.sides').last().innerText();
            assert.equal(requests.match(/preflight/g)?.length, 1, requests);
            assert.equal(requests.match(/\d+ request/g)?.length, 2, requests);
        });
    },

    'a batch of 200 agrees': async (visit) => {
        visit.expects = isOfTrials;
        const page = await visit.open(`#/real?batch=${BATCH}&seed=${SEED}`);
        await page.locator('.batch[data-state="done"]').waitFor({timeout: 120_000});
        const totals = await page.locator('.batch').innerText();
        visit.told = {totals};
        assert.match(totals.replace(/\s+/g, ' '),
            new RegExp(`${BATCH} of ${BATCH}|${BATCH} agree`));
        assert.doesNotMatch(totals, /[1-9]\d* differ/);
    },

    'a static host says what to run, and predicts': async (visit) => {
        const page = await visit.open('#/real', {at: visit.plain});
        await page.getByText('cors lab', {exact: true}).waitFor();
        assert.match(await page.locator('.note.warn').first().innerText(), /Run cors lab/);
        const region = page.getByRole('region', {name: 'Result'});
        await region.getByText('header-not-allowed').first().waitFor();
    },
};
