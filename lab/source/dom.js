// SPDX-License-Identifier: MIT
// Elements, made without markup: what others wrote can only ever become text.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined | EventListener>} Attributes
 */

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
function setAttributes(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === 'function') {
            element.addEventListener(name.replace(/^on/, ''), value);
        } else if (name === 'value' && 'value' in element) {
            element.value = String(value ?? '');
        } else if (value === true) {
            element.setAttribute(name, '');
        } else if (value !== false && value !== null && value !== undefined) {
            element.setAttribute(name, String(value));
        }
    }
}

/**
 * @param {Element} element
 * @param {Array<Child | Child[]>} children
 */
function addChildren(element, children) {
    for (const child of children.flat()) {
        if (child !== null && child !== undefined && child !== false) {
            element.append(typeof child === 'number' ? String(child) : child);
        }
    }
}

/**
 * An element: `h('button', {type: 'button', onclick: run}, 'Run')`. Attributes that are functions
 * are listeners; true is an empty attribute; false, null and undefined are none.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {Array<Child | Child[]>} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    addChildren(element, children); // before a select's value
    setAttributes(element, attributes);
    return element;
}

/**
 * The same for SVG.
 *
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {Array<Child | Child[]>} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
    const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
    addChildren(element, children);
    setAttributes(element, attributes);
    return element;
}

let lastNumber = 0;

/**
 * An id that no other element has, for labels and descriptions.
 *
 * @param {string} word
 */
export function newId(word) {
    lastNumber += 1;
    return `${word}-${lastNumber}`;
}

/**
 * A mark with a word: what happened.
 *
 * @param {'good' | 'bad' | 'warn'} kind
 * @param {string} words
 */
export function mark(kind, words) {
    const signs = {good: '✓', bad: '✕', warn: '!'};
    return h('span', {class: `mark ${kind}`},
        h('span', {'aria-hidden': 'true'}, signs[kind]), words);
}

/**
 * A labelled control.
 *
 * @param {string} words
 * @param {HTMLElement} control
 * @param {string} [className]
 */
export function labelled(words, control, className = '') {
    return h('label', {class: className}, h('span', {}, words), control);
}

/**
 * A select over values.
 *
 * @param {readonly string[]} values
 * @param {string} chosen
 * @param {(value: string) => void} onChange
 * @param {Attributes} [attributes]
 */
export function select(values, chosen, onChange, attributes = {}) {
    const element = h('select', {...attributes},
        values.map((value) => h('option', {value, selected: value === chosen}, value)));
    element.addEventListener('change', () => onChange(element.value));
    return element;
}

/**
 * A button that copies a text, and says so.
 *
 * @param {() => string} text
 * @param {string} [words]
 */
export function copyButton(text, words = 'Copy') {
    const button = h('button', {type: 'button'}, words);
    button.addEventListener('click', async () => {
        try {
            await navigator.clipboard.writeText(text());
            button.textContent = 'Copied';
        } catch {
            button.textContent = 'Select and copy by hand: the browser refused';
        }
        setTimeout(() => {
            button.textContent = words;
        }, 2000);
    });
    return button;
}
