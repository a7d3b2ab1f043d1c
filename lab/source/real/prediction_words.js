// SPDX-License-Identifier: MIT
// Why the engine says that a call fails, and what the console should print.
import {h} from '../dom.js';
import {browserTitles} from '../exchange/play_everywhere.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../../../bindings/wasm/libcors.js').Simulation} Simulation
 */

/** @param {Shell} shell @param {Simulation['fetches'][number]} call */
function consoleLine(shell, {messages}) {
    const browser = shell.thisBrowser();
    const message = browser === 'standard' ? null : messages[browser];
    return message && h('details', {},
        h('summary', {}, `What ${browserTitles[browser]}'s console should say`),
        h('p', {class: 'small muted'}, 'Script cannot read it; the developer tools show it.'),
        h('pre', {}, message));
}

/**
 * The first call that fails, in words; an empty text where none does.
 *
 * @param {Shell} shell
 * @param {Simulation} prediction
 */
export function predictionWords(shell, {fetches}) {
    const failed = fetches.find(({result}) => result === 'error');
    const known = shell.cors.tables.codes.find(({name}) => name === failed?.code);
    if (!failed || !known) {
        return '';
    }
    return h('div', {class: 'stack'},
        h('p', {}, h('strong', {}, 'Why: '), known.cause, ' ',
            h('code', {class: 'muted'}, known.name)),
        h('p', {}, h('strong', {}, 'What helps: '), known.fix),
        consoleLine(shell, failed));
}
