// SPDX-License-Identifier: MIT
// The editor: a plain text area, with the lines' numbers and marks beside it and colours behind it.
// Tab leaves it as it leaves any other field.
import {h, newId} from '../dom.js';
import {linesOf, offsetOf, valueEnd} from './text_places.js';
import {colouredLine} from './yaml_colours.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 * @typedef {Problem['severity']} Severity
 */

export const severitySigns = /** @type {Record<Severity, string>} */ ({
    error: '✕', warning: '!', info: 'i',
});

/** Colours and lines are drawn up to here; a text may be longer. */
const LINES_MAX = 2000;
const ROWS = {least: 12, most: 26};

/** The gravest problem of each line. @param {Problem[]} problems */
function graveByLine(problems) {
    const order = ['error', 'warning', 'info'];
    /** @type {Map<number, Severity>} */
    const grave = new Map();
    for (const {line, severity} of problems) {
        const known = grave.get(line);
        if (!known || order.indexOf(severity) < order.indexOf(known)) {
            grave.set(line, severity);
        }
    }
    return grave;
}

/**
 * Changes a field's text so that the browser's own undo takes it back.
 *
 * @param {HTMLTextAreaElement} area
 * @param {import('./suggested_edit.js').Edit} edit
 */
export function writeInto(area, {start, end, text}) {
    area.focus();
    area.setSelectionRange(start, end);
    if (!document.execCommand('insertText', false, text)) {
        area.setRangeText(text, start, end, 'end');
        area.dispatchEvent(new Event('input'));
    }
}

/**
 * @param {string} label
 * @param {(text: string) => void} onChange
 */
export function makeEditor(label, onChange) {
    const countId = newId('count');
    const area = h('textarea', {
        class: 'editor-area', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off',
        wrap: 'off', 'aria-label': label, 'aria-describedby': countId,
    });
    const gutter = h('div', {class: 'editor-gutter', 'aria-hidden': 'true'});
    const back = h('pre', {class: 'editor-back', 'aria-hidden': 'true'});
    const element = h('div', {class: 'editor'}, gutter,
        h('div', {class: 'editor-text'}, back, area));
    const count = h('p', {id: countId, class: 'editor-count small'});
    /** @type {Problem[]} */
    let problems = [];

    function follow() {
        back.scrollTop = gutter.scrollTop = area.scrollTop;
        back.scrollLeft = area.scrollLeft;
    }

    function draw() {
        const lines = linesOf(area.value);
        const grave = graveByLine(problems);
        area.rows = Math.min(ROWS.most, Math.max(ROWS.least, lines.length + 1));
        const shown = lines.slice(0, LINES_MAX);
        gutter.replaceChildren(...shown.map((_, at) => {
            const severity = grave.get(at + 1);
            return h('div', {class: severity ? `has-${severity}` : ''},
                h('span', {class: 'gutter-sign'}, severity ? severitySigns[severity] : ''), at + 1);
        }), h('div', {class: 'editor-foot'}));
        back.replaceChildren(...shown.map((line, at) => h('div',
            {class: grave.has(at + 1) ? `has-${grave.get(at + 1)}` : ''}, colouredLine(line))),
        h('div', {class: 'editor-foot'}), lines.slice(LINES_MAX).join('\n'));
        follow();
    }

    area.addEventListener('scroll', follow);
    area.addEventListener('input', () => {
        draw();
        onChange(area.value);
    });
    return {
        element,
        count,
        /** @param {string} text */
        setText(text) {
            if (area.value !== text) {
                area.value = text;
                draw();
            }
        },
        /** @param {Problem[]} found of this text */
        setProblems(found) {
            problems = found;
            area.setAttribute('aria-invalid',
                String(found.some(({severity}) => severity === 'error')));
            draw();
        },
        /** Selects what a problem is about. @param {Problem} problem */
        goTo({line, column}) {
            const start = offsetOf(area.value, line, column);
            area.focus();
            area.setSelectionRange(start, Math.max(valueEnd(area.value, start), start));
            const height = area.scrollHeight / Math.max(1, linesOf(area.value).length);
            area.scrollTop = Math.max(0, (line - 4) * height);
            area.scrollIntoView({block: 'nearest'});
        },
        /** @param {import('./suggested_edit.js').Edit} edit */
        write(edit) {
            writeInto(area, edit);
        },
    };
}
