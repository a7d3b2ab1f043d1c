// SPDX-License-Identifier: MIT
// What a policy is read with: the environment, variables, and files that it names.
import {h, labelled, newId} from '../dom.js';
import {makeNamedFields} from './named_fields.js';

/**
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 * @typedef {import('./policy_reading.js').PolicyReading} PolicyReading
 * @typedef {(part: Partial<PolicyState>) => void} Change
 */

/**
 * A field for a text of the state.
 *
 * @param {'environment' | 'path' | 'headers' | 'server'} member
 * @param {Change} change
 * @param {string} placeholder
 */
export function stateField(member, change, placeholder = '') {
    const listId = newId(member);
    const input = h('input', {class: 'code', autocomplete: 'off', spellcheck: 'false',
        autocapitalize: 'off', list: listId, placeholder});
    const list = h('datalist', {id: listId});
    input.addEventListener('input', () => change({[member]: input.value.trim()}));
    return {
        input,
        list,
        /** @param {string} value @param {string[]} [choices] */
        set(value, choices = []) {
            if (input.value.trim() !== value) {
                input.value = value;
            }
            list.replaceChildren(...choices.map((choice) => h('option', {value: choice})));
        },
    };
}

/** @param {Change} change */
export function makePolicyFields(change) {
    const environment = stateField('environment', change, 'production');
    const variables = makeNamedFields({
        title: 'Variables', hint: 'For { from_env: NAME }. What is not here is not set.',
        nameWords: 'Name', valueWords: 'Value', add: 'Add a variable', isText: false,
    }, (rows) => change({variables: rows}));
    const files = makeNamedFields({
        title: 'Files', hint: 'For { from_file: NAME }: an origin a line, # begins a comment.',
        nameWords: 'Name', valueWords: 'What it holds', add: 'Add a file', isText: true,
    }, (rows) => change({files: rows}));
    const more = h('details', {class: 'policy-more'},
        h('summary', {}, 'Variables and files'), h('div', {class: 'stack'},
            variables.element, files.element));
    return {
        environment: labelled('Environment', h('span', {}, environment.input, environment.list)),
        more,
        files,
        /** @param {PolicyState} state @param {PolicyReading | null} reading */
        set(state, reading) {
            environment.set(state.environment,
                [...new Set(['production', ...reading?.environments ?? []])]);
            variables.set(state.variables);
            files.set(state.files);
        },
        /** Opens what holds something. @param {PolicyState} state */
        reveal(state) {
            more.open = more.open || state.variables.length > 0 || state.files.length > 0;
        },
    };
}
