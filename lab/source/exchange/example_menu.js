// SPDX-License-Identifier: MIT
// The menu of cases to begin with.
import {h, newId} from '../dom.js';
import {exampleCases} from '../example_cases.js';

/**
 * @param {(labCase: import('../lab_case.js').LabCase) => void} onChoose
 */
export function makeExampleMenu(onChoose) {
    /** @param {string} words @param {boolean} works */
    const group = (words, works) => h('optgroup', {label: words}, exampleCases
        .map((example, at) => ({example, at})).filter(({example}) => example.works === works)
        .map(({example, at}) => h('option', {value: at}, example.title)));
    const id = newId('examples');
    const menu = h('select', {id}, h('option', {value: ''}, 'Choose one …'),
        group('That fail', false), group('That work', true));
    menu.addEventListener('change', () => {
        const example = menu.value === '' ? undefined : exampleCases[Number(menu.value)];
        if (example) {
            onChoose(example.labCase);
        }
    });
    return {
        element: h('div', {class: 'examples'}, h('label', {for: id}, 'Examples'), menu),
        /** Shows which one is open. @param {string} written the case as the URL has it */
        show(written) {
            const at = exampleCases.findIndex((example) => example.written === written);
            menu.value = at < 0 ? '' : String(at);
        },
    };
}
