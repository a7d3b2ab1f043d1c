// SPDX-License-Identifier: MIT
// The switches of a figure: a choice of a few, or a check box; their values live in the URL.
import {h, newId} from '../dom.js';

/**
 * @typedef {{value: string, words: string}} Option
 * @typedef {{name: string, words: string, options: Option[]}} Choice the first is the default
 * @typedef {{name: string, words: string, checked: boolean}} Check
 * @typedef {Choice | Check} Switch
 * @typedef {Record<string, string>} Values by the switch's name; a check box has "yes" or "no"
 */

/** @param {Switch} it */
export function valuesOf(it) {
    return 'options' in it ? it.options.map(({value}) => value)
        : it.checked ? ['yes', 'no'] : ['no', 'yes'];
}

/**
 * The values that a URL holds for a figure. What no switch knows is as it was at first.
 *
 * @param {Switch[]} switches
 * @param {string} figure
 * @param {(name: string) => string | null} get
 * @returns {Values}
 */
export function readValues(switches, figure, get) {
    return Object.fromEntries(switches.map((it) => {
        const known = valuesOf(it);
        const given = get(`${figure}.${it.name}`) ?? '';
        return [it.name, known.includes(given) ? given : known[0]];
    }));
}

/**
 * @param {Choice} it
 * @param {(value: string) => void} onChange
 */
function choiceControl(it, onChange) {
    const group = newId(it.name);
    const inputs = it.options.map(({value}) => h('input', {
        type: 'radio', name: group, value, onchange: () => onChange(value),
    }));
    const element = h('fieldset', {class: 'switch'},
        h('legend', {}, it.words),
        h('div', {class: 'choice'}, it.options.map(({words}, at) =>
            h('label', {}, inputs[at], words))));
    return {
        element,
        /** @param {string} value */
        show(value) {
            for (const input of inputs) {
                input.checked = input.value === value;
            }
        },
    };
}

/**
 * @param {Check} it
 * @param {(value: string) => void} onChange
 */
function checkControl(it, onChange) {
    const input = h('input', {
        type: 'checkbox', onchange: () => onChange(input.checked ? 'yes' : 'no'),
    });
    return {
        element: h('label', {class: 'check switch'}, input, it.words),
        /** @param {string} value */
        show(value) {
            input.checked = value === 'yes';
        },
    };
}

/**
 * @param {Switch[]} switches
 * @param {(name: string, value: string | null) => void} onChange null: what it was at first
 */
export function switchBoard(switches, onChange) {
    const controls = switches.map((it) => {
        const [initial] = valuesOf(it);
        /** @param {string} value */
        const tell = (value) => onChange(it.name, value === initial ? null : value);
        return 'options' in it ? choiceControl(it, tell) : checkControl(it, tell);
    });
    return {
        element: h('div', {class: 'switches'}, controls.map(({element}) => element)),
        /** @param {Values} values */
        show(values) {
            switches.forEach((it, at) => controls[at].show(values[it.name]));
        },
    };
}
