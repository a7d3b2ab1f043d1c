// SPDX-License-Identifier: MIT
// The lessons' prose: `code` between backticks, _terms_ between underscores, all else as it stands.
import {h} from '../dom.js';

const MARKED = /`([^`]+)`|_([^_]+)_/g;

/**
 * @param {string} text
 * @returns {Array<Node | string>}
 */
export function prose(text) {
    /** @type {Array<Node | string>} */
    const pieces = [];
    let end = 0;
    for (const found of text.matchAll(MARKED)) {
        pieces.push(text.slice(end, found.index));
        pieces.push(found[1] ? h('code', {}, found[1]) : h('em', {}, found[2]));
        end = found.index + found[0].length;
    }
    return [...pieces, text.slice(end)];
}

/** @param {string[]} texts */
export function paragraphs(texts) {
    return texts.map((text) => h('p', {}, prose(text)));
}

/**
 * The same without marks, for readers of the screen.
 *
 * @param {string} text
 */
export function plain(text) {
    return text.replace(MARKED, '$1$2');
}

/**
 * "a", "a and b", "a, b and c".
 *
 * @param {string[]} words
 */
export function listed(words) {
    return words.length < 2 ? words.join('')
        : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
