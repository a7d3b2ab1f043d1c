// SPDX-License-Identifier: MIT
// Header lines, each with its meaning: shown on hover and focus, gone with Escape, and the
// description of the line to a reader of the screen.
import {h, newId} from '../dom.js';
import {isCorsField, meaningOf} from '../header_meanings.js';

/**
 * @typedef {import('./diagram_arrows.js').Line} Line
 * @typedef {import('../header_meanings.js').Where} Where
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 */

/** @param {Line} line */
function lineText({name, value}) {
    return [
        h('span', {class: 'line-name'}, `${name}: `),
        value === null ? h('em', {}, 'missing') : h('span', {class: 'line-value'}, value),
    ];
}

/**
 * A line with its meaning.
 *
 * @param {Cors} cors
 * @param {Line} line
 * @param {Where} where
 */
export function lineItem(cors, line, where) {
    const id = newId('meaning');
    const kind = [line.flaw && 'bad', line.value === null && 'missing'].filter(Boolean).join(' ');
    return h('li', {class: `line ${kind}`},
        h('button', {type: 'button', class: 'line-text', 'aria-describedby': id},
            line.flaw ? h('span', {class: 'line-cross', 'aria-hidden': 'true'}, '✕') : null,
            h('span', {}, lineText(line))),
        h('span', {class: 'tip', role: 'tooltip', id},
            meaningOf(cors, line.name, line.value, where)),
        line.flaw ? h('span', {class: 'flaw'}, line.flaw) : null);
}

/**
 * Lines as a list: what CORS reads first; of an answer, all else is folded away.
 *
 * @param {Cors} cors
 * @param {Line[]} lines
 * @param {Where} where
 * @param {Line[]} [spoken] lines that stand for what the engine does not spell out, such as cookies
 */
export function headerLines(cors, lines, where, spoken = []) {
    const isShown = (/** @type {Line} */ line) =>
        !where.isAnswer || line.flaw || isCorsField(cors, line.name);
    const shown = [...lines.filter(isShown), ...spoken];
    const folded = lines.filter((line) => !isShown(line));
    /** @param {Line[]} some */
    const list = (some) =>
        h('ul', {class: 'lines'}, some.map((line) => lineItem(cors, line, where)));
    return [
        shown.length ? list(shown) : h('p', {class: 'muted small'}, where.isAnswer
            ? 'Not one line about CORS.' : 'No header of its own.'),
        folded.length ? h('details', {class: 'folded'},
            h('summary', {}, `${folded.length} other ${folded.length === 1 ? 'line' : 'lines'}`),
            list(folded)) : null,
    ];
}

/**
 * Escape takes the open meaning away until another line is pointed at or focused.
 *
 * @param {HTMLElement} root
 */
export function dismissTips(root) {
    const dismiss = (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'Escape') {
            root.classList.add('tips-off');
        }
    };
    root.addEventListener('keydown', dismiss);
    // What the pointer shows goes too, wherever the focus is.
    root.addEventListener('pointerenter', () => addEventListener('keydown', dismiss));
    root.addEventListener('pointerleave', () => removeEventListener('keydown', dismiss));
    for (const back of ['focusin', 'pointerover']) {
        root.addEventListener(back, (event) => {
            if (event.target instanceof Element && event.target.closest('.line')) {
                root.classList.remove('tips-off');
            }
        });
    }
}
