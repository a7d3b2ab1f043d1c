// SPDX-License-Identifier: MIT
// The room Learn: seven ideas, the myths, and a quiz.
import {h, newId} from '../dom.js';
import {ideas} from './ideas.js';
import {contents} from './learn_contents.js';
import {lessonFigure} from './learn_figure.js';
import {makeState, watchScreen} from './learn_state.js';
import {paragraphs} from './learn_text.js';
import {mythList} from './myth_list.js';
import {quizView} from './quiz_view.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../rooms.js').Room} Room
 * @typedef {import('./learn_state.js').Tools} Tools
 * @typedef {import('./learn_state.js').Part} Part
 * @typedef {import('./learn_contents.js').Chapter} Chapter
 */

/**
 * @param {string} number
 * @param {string} title
 * @param {string} place
 * @param {HTMLElement[]} children
 */
function section(number, title, place, ...children) {
    const id = newId('lesson');
    return h('section', {class: 'lesson', 'aria-labelledby': id},
        h('h2', {id, tabindex: -1, 'data-place': place},
            number ? h('span', {class: 'lesson-number', 'aria-hidden': 'true'}, number) : null,
            title),
        children);
}

/**
 * @param {Tools} tools
 * @param {import('./ideas.js').Idea} idea
 * @param {number} at
 */
function ideaSection(tools, idea, at) {
    const aside = (idea.build?.(tools) ?? []);
    const figures = (idea.figures ?? []).map((spec) => lessonFigure(tools, idea.name, spec));
    const element = section(String(at + 1), idea.title, `idea=${idea.name}`,
        h('div', {class: 'lesson-text'}, paragraphs(idea.text)),
        h('div', {class: 'lesson-figures stack'},
            [...aside, ...figures].map((part) => part.element)));
    return {element, parts: [...aside, ...figures]};
}

/** Where the URL points; null: nowhere. @param {Tools['state']} state */
function placeOf(state) {
    const kind = ['idea', 'myth', 'quiz'].find((name) => state.get(name) !== null);
    return kind ? `${kind}=${state.get(kind)}` : null;
}

/**
 * @param {HTMLElement} main
 * @param {URLSearchParams} params
 * @param {Shell} shell
 * @returns {Room}
 */
export function mountRoom(main, params, shell) {
    const screen = watchScreen();
    const state = makeState(shell, params);
    /** @type {Tools} */
    const tools = {shell, state, whenSeen: screen.whenSeen};
    const lessons = ideas.map((idea, at) => ideaSection(tools, idea, at));
    const myths = mythList(tools);
    const quiz = quizView(tools);
    const parts = [...lessons.flatMap((lesson) => lesson.parts), myths, quiz];
    const mythSection = section('', 'Often said, and not so', 'myth=', myths.element);
    const quizSection = section('', 'Twelve questions', 'quiz=', quiz.element);

    /** @type {Chapter[]} */
    const chapters = [
        ...ideas.map(({name, short}, at) => /** @type {Chapter} */ (
            {place: ['idea', name], title: short, section: lessons[at].element})),
        {place: ['myth', ''], title: 'Often said, not so', section: mythSection},
        {place: ['quiz', ''], title: 'Twelve questions', section: quizSection},
    ];
    const list = contents(state, chapters, (chapter) => goTo(chapter.place.join('=')));

    /** Scrolls to a place and lets the next Tab, and readers of the screen, begin there. */
    function goTo(/** @type {string} */ place) {
        const found = [...main.querySelectorAll('[data-place]')].find((element) =>
            /** @type {HTMLElement} */ (element).dataset.place === place);
        const title = found?.matches('article') ? found.querySelector('h3') : found;
        if (title instanceof HTMLElement) {
            title.scrollIntoView({block: 'start'});
            title.focus({preventScroll: true});
        }
    }

    /** After the shell has put the page to its top. */
    function goThere() {
        const place = placeOf(state);
        if (place !== null) {
            requestAnimationFrame(() => goTo(place));
        }
    }

    main.append(
        h('div', {class: 'room-head'}, h('h1', {}, 'Learn CORS'),
            h('p', {class: 'muted'}, 'Seven ideas, each with an exchange to play with; what is ' +
                'often said and not so, with proof; and twelve questions from real mistakes. ' +
                'Every verdict on this page is worked out by the engine as you watch.')),
        h('div', {class: 'learn'}, list.element,
            h('div', {class: 'lessons'},
                lessons.map(({element}) => element), mythSection, quizSection)));
    goThere();
    return {
        update(next) {
            state.replace(next);
            parts.forEach((part) => part.refresh());
            goThere();
        },
        leave() {
            screen.stop();
            list.stop();
        },
    };
}
