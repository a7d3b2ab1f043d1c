// SPDX-License-Identifier: MIT
// What is wrong with a text that somebody writes: below its field, and bound to it.
import {h, newId} from '../dom.js';

/** A list of faults for one field at a time. */
export function faultList() {
    const id = newId('faults');
    const element = h('ul', {class: 'faults', id, hidden: true});
    return {
        element,
        /**
         * @param {Array<{line: number, message: string}>} faults
         * @param {HTMLElement} field
         */
        show(faults, field) {
            element.hidden = faults.length === 0;
            element.replaceChildren(...faults.map(({line, message}) =>
                h('li', {class: 'fault'}, `Line ${line}: ${message}`)));
            if (faults.length === 0) {
                field.removeAttribute('aria-invalid');
                field.removeAttribute('aria-describedby');
            } else {
                field.setAttribute('aria-invalid', 'true');
                field.setAttribute('aria-describedby', id);
            }
        },
    };
}
