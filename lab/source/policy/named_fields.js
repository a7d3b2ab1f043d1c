// SPDX-License-Identifier: MIT
// Rows of a name and what stands behind it: variables, and files that a policy names.
import {h, labelled} from '../dom.js';
import {writeInto} from './policy_editor.js';

/**
 * @typedef {import('./policy_state.js').Named} Named
 * @typedef {{title: string, hint: string, nameWords: string, valueWords: string, add: string,
 *   isText: boolean}} NamedWords
 */

/**
 * @param {NamedWords} words
 * @param {(rows: Named[]) => void} onChange
 */
export function makeNamedFields(words, onChange) {
    /** @type {Named[]} */
    let rows = [];
    const list = h('div', {class: 'stack named-rows'});
    const add = h('button', {type: 'button', onclick: () => {
        change([...rows, {name: '', value: ''}]);
        draw();
        /** @type {HTMLInputElement | null} */ (
            list.querySelector('.named-row:last-child input'))?.focus();
    }}, words.add);

    /** @param {Named[]} changed */
    function change(changed) {
        rows = changed;
        onChange(rows);
    }

    /** @param {number} at @param {Partial<Named>} part */
    function set(at, part) {
        change(rows.map((row, index) => index === at ? {...row, ...part} : row));
    }

    /** @param {Named} row @param {number} at */
    function rowView(row, at) {
        const name = h('input', {class: 'code', value: row.name, autocomplete: 'off'});
        const value = words.isText
            ? h('textarea', {class: 'code', rows: 4, value: row.value, spellcheck: 'false',
                wrap: 'off'})
            : h('input', {class: 'code', value: row.value, autocomplete: 'off'});
        name.addEventListener('input', () => set(at, {name: name.value}));
        value.addEventListener('input', () => set(at, {value: value.value}));
        return h('div', {class: `named-row${words.isText ? ' tall' : ''}`},
            labelled(words.nameWords, name), labelled(words.valueWords, value),
            h('button', {type: 'button', class: 'quiet', onclick: () => {
                change(rows.filter((_, index) => index !== at));
                draw();
                add.focus();
            }}, 'Remove', h('span', {class: 'unseen'}, ` ${row.name || words.nameWords}`)));
    }

    function draw() {
        list.replaceChildren(...rows.map(rowView));
    }

    /** @param {string} name */
    function fieldOf(name) {
        const at = rows.findIndex((row) => row.name === name);
        return list.children[at]?.querySelector('textarea') ?? null;
    }

    return {
        element: h('fieldset', {class: 'stack'}, h('legend', {}, words.title),
            h('p', {class: 'muted small'}, words.hint), list, h('p', {}, add)),
        /** @param {Named[]} given */
        set(given) {
            if (JSON.stringify(given) !== JSON.stringify(rows)) {
                rows = given;
                draw();
            }
        },
        /**
         * Selects a part of a row's text.
         *
         * @param {string} name
         * @param {number} start
         * @param {number} end
         */
        goTo(name, start, end) {
            const field = fieldOf(name);
            field?.focus();
            field?.setSelectionRange(start, end);
        },
        /** @param {string} name @param {import('./suggested_edit.js').Edit} edit */
        write(name, edit) {
            const field = fieldOf(name);
            if (field) {
                writeInto(field, edit);
            }
        },
    };
}
