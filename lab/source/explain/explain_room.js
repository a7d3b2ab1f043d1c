// SPDX-License-Identifier: MIT
// The room "Explain": a console message in, its cause, its fix, and the exchange behind it out.
import {h, newId} from '../dom.js';
import {playAnswers, provenCase} from '../case_for_code.js';
import {makeDiagram} from '../exchange/exchange_diagram.js';
import {writeCase} from '../lab_case.js';
import {explanationView, whatToPaste} from './explanation_view.js';
import {makeExampleMessages} from './message_examples.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../../../bindings/wasm/libcors.js').Explanation} Explanation
 */

const TYPING_MS = 250;
const MESSAGE_MAX = 20000; // what a URL can still hold; a console's scrollback is longer

/**
 * What the server has to send instead.
 *
 * @param {import('../../../bindings/wasm/libcors.js').Outcome} outcome
 */
function repairOf({repair}) {
    if (!repair) {
        return null;
    }
    const line = repair.name ? `${repair.name}: ${repair.value}` : `status ${repair.status}`;
    return h('p', {}, 'What mends it here: ', h('code', {}, line),
        repair.preflight ? ' on the preflight\'s answer.' : ' on the answer.');
}

/**
 * The exchange that ends in the code, drawn; and the way to play with it.
 *
 * @param {Shell} shell
 * @param {Explanation} explanation
 * @param {string} code
 */
function exchangeOf(shell, explanation, code) {
    const labCase = provenCase(shell.cors, code, explanation);
    if (!labCase) {
        return [h('p', {class: 'muted'}, 'No exchange of today\'s browsers ends like this.')];
    }
    const trace = playAnswers(shell.cors, labCase);
    const diagram = makeDiagram(shell);
    diagram.show(trace, {page: labCase.page, url: labCase.url, labCase});
    const isNamed = explanation.url !== null && labCase.url.startsWith(explanation.url);
    return [
        h('p', {class: 'muted small'}, isNamed
            ? 'The least that ends like this. Your own call may hold more.'
            : 'The least that ends like this, with names of its own.'),
        diagram.element,
        repairOf(trace.outcome),
        h('p', {}, h('a', {class: 'button primary', href: shell.hashOf('exchange',
            writeCase(labCase))}, 'Play with it in Exchange')),
    ];
}

/** @type {import('../rooms.js').RoomModule['mountRoom']} */
export function mountRoom(main, params, shell) {
    let message = '';
    let chosen = '';
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;

    const areaId = newId('message');
    const area = h('textarea', {id: areaId, class: 'code', rows: 7, spellcheck: 'false',
        autocapitalize: 'off', placeholder: 'Access to fetch at …'});
    const examples = makeExampleMessages(shell.cors, (text) => {
        area.value = text;
        take(text, '');
    });
    const words = h('div', {});
    const exchange = h('div', {class: 'stack'});

    function show() {
        const explanation = shell.cors.explain(message);
        examples.set(message);
        if (!explanation || explanation.code === 'ok') {
            words.replaceChildren(whatToPaste(message.trim() === ''));
            exchange.replaceChildren(h('p', {class: 'muted'},
                'The exchange behind the message will be drawn here.'));
            return message.trim() === '' ? '' : 'No known message.';
        }
        const codes = [explanation.code, ...explanation.also];
        const code = codes.includes(chosen) ? chosen : explanation.code;
        words.replaceChildren(explanationView(shell, explanation, code, (choice) => {
            take(message, choice);
            words.querySelector(/** @type {'input'} */ ('input:checked'))?.focus();
        }));
        exchange.replaceChildren(...exchangeOf(shell, explanation, code)
            .filter((node) => node !== null));
        return `${code}. ${explanation.cause}`;
    }

    /** @param {string} text @param {string} code */
    function take(text, code) {
        clearTimeout(timer);
        message = text;
        chosen = code;
        const next = new URLSearchParams();
        if (message !== '') {
            next.set('message', message.slice(0, MESSAGE_MAX));
        }
        if (chosen !== '') {
            next.set('code', chosen);
        }
        shell.setParams(next);
        shell.announce(show());
    }

    area.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(() => take(area.value, ''), TYPING_MS);
    });

    main.append(
        h('div', {class: 'room-head'}, h('h1', {}, 'Explain'),
            h('p', {class: 'muted'}, 'Paste what the console of Chrome, Firefox or Safari says, ' +
                'today\'s or an old one: its cause, the fix, and the exchange behind it.')),
        h('div', {class: 'columns explain-columns'},
            h('section', {class: 'panel stack', 'aria-label': 'Message and meaning'},
                h('label', {for: areaId}, h('span', {}, 'The console\'s message'), area),
                examples.element, words),
            h('section', {class: 'panel stack', 'aria-labelledby': 'exchange-title'},
                h('h2', {id: 'exchange-title'}, 'The exchange'), exchange)));

    /** @param {URLSearchParams} changed */
    function update(changed) {
        message = changed.get('message') ?? '';
        chosen = changed.get('code') ?? '';
        area.value = message;
        show();
    }

    update(params);
    return {update, leave: () => clearTimeout(timer)};
}
