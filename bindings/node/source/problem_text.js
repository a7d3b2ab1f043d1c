// SPDX-License-Identifier: MIT
/** Problems of a policy as `cors lint` prints them, with the line and a caret. */

/** @typedef {import('../libcors.js').Problem} Problem */

/** Of a long line the part around the place is shown: so many characters, some before it. */
const SHOWN_MAX = 160;
const SHOWN_BEFORE = 60;
const SHOWN_COLUMN_MAX = 10000;

const encoder = new TextEncoder();

/** What must not reach a terminal: controls, turns of direction, and what is no character. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/gu;

/** Characters that stand on the one before them. */
const COMBINING = /^[\p{Mn}\p{Me}\u200B-\u200F\u2060-\u2064]$/u;

/** Scripts and signs whose characters take two columns of a terminal. */
const WIDE = new RegExp('^[\u1100-\u115F\u231A\u231B\u2329\u232A\u2E80-\u303E\u3041-\uA4CF' +
    '\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6' +
    '\u{16FE0}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}' +
    '\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]$', 'u');

/**
 * A text with U+FFFD for each byte that must not reach a terminal.
 * @param {string} text
 */
function cleanText(text) {
    return text.replace(UNPRINTABLE, (found) =>
        '\uFFFD'.repeat(/\p{Surrogate}/u.test(found) ? 1 : encoder.encode(found).length));
}

/** The columns of a terminal that a character takes. @param {string} character */
function columnsOf(character) {
    if (character < '\u0300') {
        return 1;
    }
    if (COMBINING.test(character)) {
        return 0;
    }
    return WIDE.test(character) ? 2 : 1;
}

/**
 * The line that a problem is in, and a caret below the place.
 * @param {string} line
 * @param {number} column
 */
function showPlace(line, column) {
    const characters = Array.from(cleanText(line.replaceAll('\t', ' ')));
    const isCut = column > SHOWN_MAX - SHOWN_BEFORE;
    const first = isCut ? column - SHOWN_BEFORE : 1;
    const shown = characters.slice(first - 1, first - 1 + SHOWN_MAX);
    const before = shown.slice(0, column - first);
    const indent = before.reduce((sum, character) => sum + columnsOf(character),
        isCut ? 5 : 4);
    const rest = characters.length > first - 1 + SHOWN_MAX ? '\u2026' : '';
    return `    ${isCut ? '\u2026' : ''}${shown.join('')}${rest}\n${' '.repeat(indent)}^\n`;
}

/**
 * @param {Problem} problem
 * @param {Map<string, string[]>} files the lines of each file that was read
 */
function showProblem({rule, severity, file, line, column, message, suggestion}, files) {
    const head = `${cleanText(file)}:${line}:${column}: ${severity}: ${cleanText(message)} ` +
        `[${rule}]\n`;
    const text = files.get(file)?.[line - 1]?.replace(/\r+$/, '') ?? '';
    const place = text !== '' && column <= SHOWN_COLUMN_MAX ? showPlace(text, column) : '';
    return head + place + (suggestion ? `    write: ${cleanText(suggestion)}\n` : '');
}

/**
 * @param {Problem[]} problems
 * @param {Map<string, string>} texts of the files that were read, by their names in problems
 * @returns {string} without a line break at its end
 */
export function showProblems(problems, texts) {
    /** @type {Map<string, string[]>} */
    const files = new Map();
    for (const {file} of problems) {
        const text = texts.get(file);
        if (text !== undefined && !files.has(file)) {
            files.set(file, text.replace(/^\uFEFF/, '').split('\n'));
        }
    }
    return problems.map((problem) => showProblem(problem, files)).join('').trimEnd();
}
