// SPDX-License-Identifier: MIT
// Messages to try: what the engine's browsers print about a case of each code.
import {h, labelled} from '../dom.js';
import {caseForCode, codesWithCase} from '../case_for_code.js';
import {playCase, handServer} from '../case_play.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {'chromium' | 'firefox' | 'safari'} ConsoleName
 */

/** @type {Array<{name: ConsoleName, title: string}>} */
const consoles = [
    {name: 'chromium', title: 'Chrome, Edge and others of Chromium'},
    {name: 'firefox', title: 'Firefox'},
    {name: 'safari', title: 'Safari'},
];

/**
 * What a console prints about a case of the code; null where it prints nothing.
 *
 * @param {Cors} cors
 * @param {string} code
 * @param {ConsoleName} browser
 */
export function messageOf(cors, code, browser) {
    const labCase = caseForCode(code);
    return labCase === null ? null
        : playCase(cors, {...labCase, browser}, handServer(labCase), browser)
            .outcome.messages[browser];
}

/**
 * A menu of messages, by browser.
 *
 * @param {Cors} cors
 * @param {(message: string) => void} onChoose
 */
export function makeExampleMessages(cors, onChoose) {
    /** @type {string[]} */
    const messages = [];
    const menu = h('select', {}, h('option', {value: ''}, 'Choose…'),
        consoles.map(({name, title}) => h('optgroup', {label: title},
            codesWithCase.map((code) => {
                const message = messageOf(cors, code, name);
                return message && h('option', {value: messages.push(message) - 1},
                    code.replaceAll('-', ' '));
            }))));
    menu.addEventListener('change', () => {
        if (menu.value !== '') {
            onChoose(messages[Number(menu.value)]);
        }
    });
    return {
        element: labelled('Or try a message', menu),
        /** @param {string} message the one that is shown */
        set(message) {
            const at = messages.indexOf(message);
            menu.value = at < 0 ? '' : String(at);
        },
    };
}
