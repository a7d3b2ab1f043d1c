// SPDX-License-Identifier: MIT
// "Learn": every exchange that the ideas, the myths and the quiz show ends as the command says.
import assert from 'node:assert/strict';
import {ideas} from '../../lab/source/learn/ideas.js';
import {myths} from '../../lab/source/learn/myths.js';
import {questions} from '../../lab/source/learn/quiz_questions.js';
import {callOf, parseHead} from '../../lab/source/lab_case.js';
import {simulate, simulateCase} from './native_cors.js';
import {caseOf, eventually, paramsOf} from './room_reading.js';

/** What a lesson says of what the command says. */
function lessonWords(native) {
    if (native.result === 'error') {
        return native.preflight ? 'Stopped at the preflight' : 'Script gets an error';
    }
    return native.type === 'opaque' ? 'Script learns nothing' : 'Script reads the answer';
}

/** The section of an idea, with its figures drawn. */
async function openIdea(visit, idea) {
    const page = await visit.open(`#/learn?idea=${idea.name}`);
    const section = page.locator('section.lesson', {has: page.locator(
        `[data-place="idea=${idea.name}"]`)});
    await page.waitForFunction((place) =>
        document.activeElement?.getAttribute('data-place') === place, `idea=${idea.name}`);
    for (const figure of await section.locator('figure').all()) {
        await figure.scrollIntoViewIfNeeded();
        await eventually(async () =>
            assert.equal(await figure.evaluate((each) => each.matches('.waiting')), false));
    }
    return {page, section};
}

/** What a figure says of its exchange; null where it shows none. */
function readFigure(figure) {
    return figure.evaluate((each) => {
        const view = each.querySelector('.exchange-view');
        return view === null || view.hidden ? null : {
            verdict: view.querySelector('.lesson-verdict .mark').lastChild.textContent,
            address: view.querySelector('.case-links a').getAttribute('href'),
            cause: view.querySelector('.lesson-verdict p').textContent,
        };
    });
}

async function assertFigureAgrees(figure) {
    const shown = await readFigure(figure);
    if (shown !== null) {
        const native = simulateCase(caseOf(shown.address));
        assert.equal(shown.verdict, lessonWords(native), shown.address);
    }
    return shown;
}

/** Sets every value of every switch of a figure, and looks at each. */
async function playSwitches(figure) {
    const seen = new Set();
    const look = async () => {
        const shown = await assertFigureAgrees(figure);
        seen.add(shown === null ? await figure.locator('.terminal').innerText()
            : `${shown.verdict} ${shown.cause} ${shown.address}`);
    };
    await look();
    for (const option of await figure.locator('.switches input').all()) {
        await option.click({force: true});
        await look();
    }
    for (const pair of await figure.locator('.pairs button').all()) {
        await pair.click();
        await look();
    }
    return seen;
}

function ideaPlays(idea) {
    return async (visit) => {
        const {page, section} = await openIdea(visit, idea);
        const figures = await section.locator('figure').all();
        assert.ok(figures.length > 0);
        for (const figure of figures) {
            const seen = await playSwitches(figure);
            assert.ok(seen.size > 1, `${idea.name}: the switches change nothing`);
        }
        const text = await section.innerText();
        const other = await visit.open(new URL(page.url()).hash);
        const again = other.locator('section.lesson', {has: other.locator(
            `[data-place="idea=${idea.name}"]`)});
        for (const figure of await again.locator('figure').all()) {
            await figure.scrollIntoViewIfNeeded();
        }
        await eventually(async () => assert.equal(await again.innerText(), text));
    };
}

/** Whether the second of two equal calls is preflighted, says the command. */
function asksAgain(labCase, seconds) {
    const {context, call} = callOf(labCase);
    const [hop] = labCase.answers;
    const server = {[hop.url]: {preflight: parseHead(hop.preflight).answer,
        response: parseHead(hop.response).answer}};
    const [{sent}] = simulate([{...context, fetches: [call, {...call, wait: seconds * 1000}],
        server}], labCase.browser);
    return sent.filter(({method}) => method === 'OPTIONS').length > 1;
}

async function memoryAgrees(visit) {
    const idea = ideas.find(({name}) => name === 'caching');
    const {page, section} = await openIdea(visit, idea);
    const figure = section.locator('figure', {hasText: 'Access-Control-Max-Age is a wish'});
    const choices = async (words) =>
        figure.locator('fieldset', {hasText: words}).locator('input').all();
    const counts = new Set();
    for (const browser of await choices('Browser')) {
        await browser.click({force: true});
        for (const age of await choices('Access-Control-Max-Age')) {
            await age.click({force: true});
            for (const pause of await choices('The second call')) {
                await pause.click({force: true});
                const {address} = await readFigure(figure);
                const seconds = Number(paramsOf(page.url()).get('memory.pause') ?? '3');
                const asks = asksAgain(caseOf(address), seconds);
                const note = await figure.locator('.figure-notes li').nth(1).innerText();
                assert.equal(/^!\s*Preflight/.test(note), asks,
                    `${address} after ${seconds} s: ${note}`);
                counts.add(asks);
            }
        }
    }
    assert.equal(counts.size, 2);
}

async function mythsProved(visit) {
    const page = await visit.open('#/learn?myth=');
    for (const myth of myths) {
        const article = page.locator(`article[data-place="myth=${myth.name}"]`);
        const button = article.getByRole('button', {name: 'Prove it'});
        await button.click();
        assert.match(await article.locator('.proof').innerText(), /Proved/, myth.name);
        for (const play of await article.locator('.play').all()) {
            const address = await play.locator('.case-links a').first().getAttribute('href');
            const labCase = caseOf(address);
            const native = simulateCase(labCase);
            const blocked = await play.locator('.arrow.result').evaluate((each) =>
                each.classList.contains('bad'));
            assert.equal(blocked, native.result === 'error', `${myth.name}: ${address}`);
        }
    }
    const proved = paramsOf(page.url()).get('proved').split(',');
    assert.deepEqual(proved.sort(), myths.map(({name}) => name).sort());
    await page.reload();
    await visit.ready(page);
    assert.equal(await page.locator('.proof').count(), myths.length);
}

/** Which choices of a question are right, says the command. */
function rightChoices(question) {
    return question.choices.map((choice) => {
        if ('code' in choice) {
            return choice.code === simulateCase(question.labCase).code;
        }
        const {result, type, headers} = simulateCase(choice.labCase);
        return result === 'ok' && type !== 'opaque' &&
            (question.reads === undefined || headers.includes(question.reads.toLowerCase()));
    });
}

/** Answers the open question without a mouse: the focus stands on its title. */
async function answerByKeyboard(page, choice) {
    const legend = page.locator('.quiz fieldset');
    for (let tab = 0; tab < 20; tab += 1) {
        await page.keyboard.press('Tab');
        if (await legend.evaluate((each) => each.contains(document.activeElement))) {
            break;
        }
    }
    await page.keyboard.press('Space');
    for (let down = 0; down < choice; down += 1) {
        await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.locator('.quiz .explanation').waitFor();
    assert.equal(await page.evaluate(() =>
        document.activeElement?.classList.contains('explanation')), true);
}

/** Goes through the quiz by keyboard; `choose` picks an answer from which are right. */
async function takeQuiz(visit, choose) {
    const page = await visit.open('#/learn?quiz=1');
    await page.waitForFunction(() =>
        document.activeElement?.getAttribute('data-place') === 'quiz=1');
    for (const [at, question] of questions.entries()) {
        const right = rightChoices(question);
        assert.equal(right.filter(Boolean).length, 1, `${question.name}: one answer is right`);
        const chosen = choose(right);
        await answerByKeyboard(page, chosen);
        const note = await page.locator('.quiz .explanation .note .mark').first().innerText();
        assert.match(note, right[chosen] ? /Right$/ : /Not right$/, question.name);
        const address = await page.locator('.quiz .case-links a').first().getAttribute('href');
        const shown = await page.locator('.quiz .lesson-verdict .mark').first().innerText();
        const native = simulateCase(caseOf(address));
        assert.ok(shown.endsWith(lessonWords(native)), `${question.name}: ${shown}`);
        if (at + 1 < questions.length) {
            await page.keyboard.press('Tab');
            await page.keyboard.press('Enter');
            const title = page.locator('.quiz h3').first();
            await eventually(async () => assert.match(await title.innerText(),
                new RegExp(`^Question ${at + 2} `)));
        }
    }
    return page;
}

export const checks = {
    'there are seven ideas and twelve questions': async () => {
        assert.deepEqual([ideas.length, questions.length], [7, 12]);
        for (const question of questions) {
            assert.equal(simulateCase(question.labCase).code, question.expected, question.name);
        }
    },

    ...Object.fromEntries(ideas.map((idea) =>
        [`the idea "${idea.name}" plays, and its switches tell the truth`, ideaPlays(idea)])),

    'what browsers remember of a permission is as with the command': memoryAgrees,

    'every myth has its proof': mythsProved,

    'the quiz by keyboard, all right': async (visit) => {
        const page = await takeQuiz(visit, (right) => right.indexOf(true));
        assert.match(await page.locator('.score').innerText(), /12 of 12 right/);
        const other = await visit.open(new URL(page.url()).hash);
        assert.match(await other.locator('.score').innerText(), /12 of 12 right/);
    },

    'the quiz by keyboard, all wrong, and begun anew': async (visit) => {
        const page = await takeQuiz(visit, (right) => right.indexOf(false));
        assert.match(await page.locator('.score').innerText(), /0 of 12 right.*another try/);
        await page.getByRole('button', {name: 'Start over'}).click();
        await eventually(async () =>
            assert.match(await page.locator('.score').innerText(), /none answered yet/));
        assert.equal(paramsOf(page.url()).get('answers'), null);
    },

    'a question without an answer is not judged': async (visit) => {
        const page = await visit.open('#/learn?quiz=3');
        await page.getByRole('button', {name: 'Check the answer'}).click();
        await page.getByText('Choose one of the answers first.').waitFor();
        assert.equal(await page.locator('.quiz .explanation').count(), 0);
    },

    'the contents lead to their places': async (visit) => {
        const page = await visit.open('#/learn');
        for (const link of await page.locator('nav.contents a').all()) {
            await link.click();
            const place = paramsOf(await link.evaluate((each) => each.href));
            const [kind] = ['idea', 'myth', 'quiz'].filter((name) => place.has(name));
            await page.waitForFunction((begins) =>
                document.activeElement?.getAttribute('data-place')?.startsWith(begins),
            `${kind}=${place.get(kind)}`);
        }
    },
};
