// SPDX-License-Identifier: MIT
/** What is said of a file that is no YAML: where, why, and what to write instead. */

/** @typedef {import('./yaml_document.js').YamlFault} YamlFault */

/** Of a word that should stand in quotes, a suggestion repeats as many bytes. */
const WORD_SIZE_MAX = 100;

const STAR = 'In YAML a value that starts with * must stand in quotes; without them it is an ' +
    'alias, which policies do not have.';
const RESERVED = 'In YAML a value that starts with @, % or ` must stand in quotes.';
const TAB = 'YAML takes no tabs before a value or key: indent with spaces.';

/**
 * The word at a place, in quotes; of a character that is cut, each byte becomes U+FFFD.
 * @param {string} text
 * @param {number} offset
 */
function quoted(text, offset) {
    const [word] = text.slice(offset, offset + WORD_SIZE_MAX).split(/[ \t\r\n,[\]{}"]/);
    const bytes = new TextEncoder().encode(word).subarray(0, WORD_SIZE_MAX);
    const {read, written} = new TextEncoder().encodeInto(word, new Uint8Array(WORD_SIZE_MAX));
    return `"${word.slice(0, read)}${'\uFFFD'.repeat(bytes.length - written)}"`;
}

/** @typedef {(text: string, fault: YamlFault) => number} Place where a fault is shown */

/** @type {Place} */
const asFound = (_text, {offset}) => offset;

/** @type {Place} */
const behindSpaces = (text, {offset}) => offset + text.slice(offset).search(/[^ ]|$/);

/** The colon that makes a key of what cannot be one. @type {Place} */
const colonBehind = (text, {offset}) => {
    const colon = /:(?=\s|$)/.exec(text.slice(offset));
    return colon ? offset + colon.index : offset;
};

/** A key without a colon is noticed where the next line goes on. @type {Place} */
const nextLine = (text, {offset}) => {
    const found = /\n[\s]*(?:#.*\n\s*)*/.exec(text.slice(offset));
    return found ? offset + found.index + found[0].length : text.length;
};

/** @type {Place} */
const openingQuote = (text, {offset, message}) =>
    text.lastIndexOf(message.includes('"') ? '"' : "'", offset - 1);

/** @type {Place} */
const openingBracket = (text, {offset, message}) =>
    text.lastIndexOf(message.startsWith('Flow map') ? '{' : '[', offset - 1);

/**
 * What npm's yaml says, by the beginning of its words; where that is shown, and what people read.
 * Places are those of the command, which goes by libyaml, as far as one rule tells them.
 * @type {Array<[words: RegExp, place: Place, message: string]>}
 */
const faults = [
    [/^All mapping items must start/, behindSpaces,
        'this line is indented neither as the keys above it nor as their values'],
    [/^Sequence item without - /, behindSpaces,
        'an item of a list begins with a dash, indented as the items above it'],
    [/^A block sequence may not be used as/, behindSpaces,
        'this line is indented neither as the keys above it nor as their values'],
    [/^Nested mappings are not allowed/, colonBehind,
        'a second colon in one line: put the value in quotes'],
    [/^Implicit map keys need to be followed/, nextLine, 'a key in the line before has no colon'],
    [/^Implicit keys need to be on a single/, nextLine, 'a key in the line before has no colon'],
    [/^Missing closing ["']quote/, openingQuote, 'this quote is not closed'],
    [/^Flow (sequence|map) .*must .*end with/, openingBracket,
        'this bracket is not closed, or what is in it is not indented deeper than its key'],
    [/^Missing ,/, asFound, 'a comma is missing before this'],
];

/**
 * @param {string} text
 * @param {YamlFault} fault
 * @returns {{offset: number, message: string, suggestion?: string}}
 */
export function explainFault(text, fault) {
    const {code, message, offset} = fault;
    switch (code) {
    case 'BAD_ALIAS':
        return {offset, message: STAR, suggestion: quoted(text, offset)};
    case 'BAD_SCALAR_START':
        return {offset, message: RESERVED, suggestion: quoted(text, offset)};
    case 'TAB_AS_INDENT':
        return {offset, message: TAB};
    default: {
        const [, place, words] = faults.find(([known]) => known.test(message)) ??
            [null, asFound, message];
        return {offset: place(text, fault),
            message: `The file is no YAML from here on: ${words}.`};
    }
    }
}
