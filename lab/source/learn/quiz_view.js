// SPDX-License-Identifier: MIT
// The quiz: one question at a time, the score, and the way through.
import {h} from '../dom.js';
import {judge} from './quiz_judge.js';
import {readAnswers, readPlace, writeAnswers} from './quiz_progress.js';
import {questionView} from './quiz_question.js';
import {questions} from './quiz_questions.js';

/**
 * @typedef {import('./learn_state.js').Tools} Tools
 * @typedef {import('./learn_state.js').Part} Part
 * @typedef {import('./quiz_progress.js').Answers} Answers
 * @typedef {'right' | 'wrong' | 'open'} Mark
 */

const words = {right: 'right', wrong: 'not right', open: 'not answered'};
const signs = {right: '✓', wrong: '✕', open: ''};

/**
 * @param {Tools['shell']} shell
 * @param {Answers} answers
 * @returns {Mark[]}
 */
function marksOf({cors}, answers) {
    return answers.map((choice, at) => choice === null ? 'open'
        : judge(cors, questions[at])[choice].right ? 'right' : 'wrong');
}

/** @param {Mark[]} marks */
function scoreWords(marks) {
    const right = marks.filter((mark) => mark === 'right').length;
    const answered = marks.filter((mark) => mark !== 'open').length;
    if (answered === 0) {
        return `${questions.length} questions, none answered yet.`;
    }
    if (answered < questions.length) {
        return `${right} right of ${answered} answered.`;
    }
    return `All answered: ${right} of ${questions.length} right.` +
        (right < answered ? ' Those marked ✕ are worth another try.' : '');
}

/**
 * @param {Tools} tools
 * @param {Mark[]} marks
 * @param {number} place
 */
function progress({state}, marks, place) {
    return h('ol', {class: 'progress', 'aria-label': 'Questions'}, marks.map((mark, at) =>
        h('li', {}, h('a', {
            href: state.hrefTo({quiz: String(at + 1)}), class: mark,
            'aria-current': at === place ? 'step' : null,
        }, h('span', {class: 'unseen'}, 'Question '), String(at + 1),
        h('span', {'aria-hidden': 'true'}, signs[mark]),
        h('span', {class: 'unseen'}, `, ${words[mark]}`)))));
}

/**
 * The next question that is not answered yet, from `place` on and around.
 *
 * @param {Mark[]} marks
 * @param {number} place
 */
function nextOpen(marks, place) {
    const order = marks.map((_, at) => (place + 1 + at) % marks.length);
    return order.find((at) => marks[at] === 'open') ?? null;
}

/**
 * @param {Tools} tools
 * @returns {Part}
 */
export function quizView(tools) {
    const {shell, state} = tools;
    const element = h('div', {class: 'panel stack quiz'});
    let shown = '';

    const read = () => ({
        place: readPlace(state.get('quiz'), questions.length),
        answers: readAnswers(state.get('answers'), questions),
    });

    /** @param {Answers} answers @param {number} place */
    function save(answers, place) {
        state.set({quiz: String(place + 1), answers: writeAnswers(answers)});
        return draw();
    }

    /** @param {number} place @param {number | null} choice */
    function withAnswer(place, choice) {
        return read().answers.map((given, at) => (at === place ? choice : given));
    }

    /**
     * @param {string} words
     * @param {string} look
     * @param {() => void} act
     */
    function step(words, look, act) {
        return h('button', {type: 'button', class: look, onclick: () => {
            act();
            element.querySelector('h3')?.focus();
        }}, words);
    }

    /** @param {Mark[]} marks @param {number} place */
    function steps(marks, place) {
        const next = nextOpen(marks, place);
        return [
            ...(next === null ? [] : [step(`Next: question ${next + 1}`, 'primary',
                () => save(read().answers, next))]),
            step('Try this one again', '', () => save(withAnswer(place, null), place)),
            step('Start over', 'quiet', () => save(questions.map(() => null), 0)),
        ];
    }

    /** @param {number} place @param {number} choice */
    function answer(place, choice) {
        const drawn = save(withAnswer(place, choice), place);
        const score = element.querySelector('.score')?.textContent ?? '';
        shell.announce(`${drawn.isRight ? 'Right' : 'Not right'}. ${score}`);
        drawn.focusResult();
    }

    function draw() {
        const {place, answers} = read();
        const marks = marksOf(shell, answers);
        const question = questions[place];
        const view = questionView(shell, question, answers[place],
            (choice) => answer(place, choice), steps(marks, place));
        element.replaceChildren(
            h('div', {class: 'row quiz-head'}, progress(tools, marks, place),
                h('p', {class: 'score'}, scoreWords(marks))),
            h('h3', {tabindex: -1, 'data-place': `quiz=${place + 1}`},
                h('span', {class: 'muted'}, `Question ${place + 1} of ${questions.length}: `),
                question.title),
            view.element);
        shown = JSON.stringify([place, answers]);
        return view;
    }

    // A link keeps the switches of the figures as they are now, not as they were when it was drawn.
    state.onChange(() => element.querySelectorAll('.progress a').forEach((link, at) =>
        link.setAttribute('href', state.hrefTo({quiz: String(at + 1)}))));
    draw();
    return {
        element,
        refresh() {
            const {place, answers} = read();
            if (JSON.stringify([place, answers]) !== shown) {
                draw();
            }
        },
    };
}
