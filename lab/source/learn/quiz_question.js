// SPDX-License-Identifier: MIT
// One question: what it shows, the choices, and, once it is answered, the engine's proof.
import {h, mark, newId} from '../dom.js';
import {exchangeView} from './learn_figure.js';
import {verdictOf} from './learn_reading.js';
import {prose} from './learn_text.js';
import {judge, rightChoice} from './quiz_judge.js';
import {exhibit} from './quiz_exhibit.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('./quiz_judge.js').Question} Question
 * @typedef {import('./quiz_judge.js').Judged} Judged
 */

/** @param {boolean} right */
function rightMark(right) {
    return mark(right ? 'good' : 'bad', right ? 'right' : 'wrong');
}

/** What the engine says of a change that one could choose. @param {Judged} judged */
function proofLine({right, trace}) {
    const verdict = verdictOf(trace);
    return h('span', {class: 'choice-proof small'}, rightMark(right),
        ` ${verdict.mark}. ${verdict.words}`);
}

/**
 * @param {Question} question
 * @param {Judged[]} judged
 * @param {number | null} given
 */
function choiceList(question, judged, given) {
    const group = newId('choice');
    const inputs = question.choices.map((_, at) => h('input', {
        type: 'radio', name: group, value: at, checked: at === given, disabled: given !== null,
    }));
    const labels = question.choices.map((choice, at) => {
        const answered = given !== null;
        const tells = answered && ('labCase' in choice || judged[at].right || at === given);
        const proof = !tells ? null : 'labCase' in choice ? proofLine(judged[at])
            : rightMark(judged[at].right);
        return h('label', {class: `option${answered && judged[at].right ? ' right' : ''}` +
            `${at === given && !judged[at].right ? ' wrong' : ''}`},
        inputs[at], h('span', {}, h('span', {}, prose(choice.words)), proof ? [' ', proof] : null));
    });
    return {
        element: h('fieldset', {class: 'options'}, h('legend', {}, question.ask), labels),
        chosen: () => {
            const at = inputs.findIndex((input) => input.checked);
            return at < 0 ? null : at;
        },
        focus: () => inputs[0].focus(),
    };
}

/**
 * @param {Shell} shell
 * @param {Question} question
 * @param {Judged[]} judged
 * @param {number} given
 * @param {Node[]} steps to go on with
 */
function explanation(shell, question, judged, given, steps) {
    const right = rightChoice(judged);
    const isRight = judged[given].right;
    const {labCase, trace} = judged[right];
    const view = exchangeView(shell);
    view.show(labCase, trace);
    const changed = 'labCase' in question.choices[right];
    const message = trace.outcome.messages.chromium;
    return h('section', {class: 'stack explanation', tabindex: -1, 'aria-label': 'Explanation'},
        h('div', {class: `note ${isRight ? 'good' : 'bad'}`},
            h('p', {}, mark(isRight ? 'good' : 'bad', isRight ? 'Right' : 'Not right'), ' ',
                isRight ? null : ['The answer is: ', ...prose(question.choices[right].words)]),
            h('p', {}, prose(question.why))),
        h('p', {class: 'row'}, steps),
        h('h4', {}, changed ? 'With that change, the engine plays' : 'The engine plays'),
        view.element,
        message ? h('p', {class: 'small'}, 'In Chromium\'s console: ', h('code', {}, message))
            : null);
}

/**
 * @param {Shell} shell
 * @param {Question} question
 * @param {number | null} given
 * @param {(choice: number) => void} onAnswer
 * @param {Node[]} steps to go on with, once it is answered
 */
export function questionView(shell, question, given, onAnswer, steps) {
    const judged = judge(shell.cors, question);
    const choices = choiceList(question, judged, given);
    const complaint = h('p', {class: 'fault', role: 'alert'});
    const form = h('form', {class: 'stack'},
        choices.element, complaint,
        given === null ? h('p', {class: 'row'},
            h('button', {type: 'submit', class: 'primary'}, 'Check the answer')) : null);
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const choice = choices.chosen();
        if (choice === null) {
            complaint.textContent = 'Choose one of the answers first.';
            choices.focus();
        } else {
            onAnswer(choice);
        }
    });
    const result = given === null ? null : explanation(shell, question, judged, given, steps);
    return {
        element: h('div', {class: 'stack'}, h('p', {class: 'situation'}, prose(question.text)),
            exhibit(question.labCase), form, result),
        isRight: given !== null && judged[given].right,
        focusResult: () => result?.focus(),
    };
}
