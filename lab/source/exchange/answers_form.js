// SPDX-License-Identifier: MIT
// The server by hand: for each URL the heads of its two answers, as they go over the wire.
import {h, labelled} from '../dom.js';
import {parseHead} from '../lab_case.js';
import {fill} from './call_form.js';
import {faultList} from './fault_list.js';

/**
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../lab_case.js').HopAnswers} HopAnswers
 * @typedef {(change: Partial<LabCase>) => void} OnChange
 */

/** @param {() => void} onInput */
function headField(onInput) {
    const field = h('textarea', {class: 'code head-field', spellcheck: 'false',
        placeholder: 'Empty: the connection is closed.'});
    const faults = faultList();
    field.addEventListener('input', onInput);
    return {
        field, faults,
        /** @param {string} head */
        show(head) {
            fill(field, head);
            field.rows = Math.min(Math.max(head.split('\n').length, 2), 12);
            faults.show(parseHead(head).faults, field);
        },
    };
}

/**
 * The fields of one URL.
 *
 * @param {(hop: HopAnswers) => void} onChange
 * @param {() => void} onRemove
 */
function hopForm(onChange, onRemove) {
    const read = () => onChange({url: url.value, preflight: preflight.field.value,
        response: response.field.value});
    const url = h('input', {type: 'text', class: 'code', spellcheck: 'false'});
    url.addEventListener('input', read);
    const preflight = headField(read);
    const response = headField(read);
    const title = h('h3', {});
    const remove = h('button', {type: 'button', class: 'quiet', onclick: onRemove}, 'Remove');
    const unreached = h('p', {class: 'muted small'}, 'Nothing comes here now.');
    const urlField = labelled('Answers for', url);
    const element = h('li', {class: 'hop-form'},
        h('div', {class: 'hop-title'}, title, remove), unreached, urlField,
        h('div', {}, labelled('To the preflight', preflight.field), preflight.faults.element),
        h('div', {}, labelled('To the request', response.field), response.faults.element));
    return {
        element,
        /** @param {HopAnswers} hop @param {number} at @param {boolean} isReached */
        show(hop, at, isReached) {
            title.textContent = at === 0 ? 'The URL called' : `URL ${at + 1}`;
            remove.hidden = at === 0 || isReached;
            unreached.hidden = isReached;
            urlField.hidden = at === 0;
            fill(url, hop.url);
            preflight.show(hop.preflight);
            response.show(hop.response);
        },
    };
}

/**
 * @param {OnChange} onChange
 */
export function makeAnswersForm(onChange) {
    /** @type {HopAnswers[]} */
    let answers = [];
    /** @type {ReturnType<typeof hopForm>[]} */
    let forms = [];
    const element = h('ol', {class: 'hops'});

    /** @param {number} at @param {HopAnswers} hop */
    function change(at, hop) {
        onChange({answers: answers.map((other, index) => (index === at ? hop : other))});
    }

    /** @param {number} at */
    function remove(at) {
        onChange({answers: answers.filter((_, index) => index !== at)});
        const before = forms[at - 1]?.element.querySelector('textarea');
        before?.focus(); // what had it is gone
    }

    return {
        element,
        /**
         * @param {LabCase} labCase
         * @param {Set<number>} reached which of the answers were asked for
         */
        show(labCase, reached) {
            answers = labCase.answers;
            while (forms.length < answers.length) {
                const at = forms.length;
                const form = hopForm((hop) => change(at, hop), () => remove(at));
                forms.push(form);
                element.append(form.element);
            }
            forms.slice(answers.length).forEach((form) => form.element.remove());
            forms = forms.slice(0, answers.length);
            forms.forEach((form, at) => form.show(answers[at], at, reached.has(at)));
        },
    };
}
