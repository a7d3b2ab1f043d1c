// SPDX-License-Identifier: MIT
/** Problems of policies for people: each with its line, a caret and what to write instead. */

import {STYLE, characterAt, cleanBytes, styled} from './cli_text.js';

/**
 * @typedef {import('../libcors.js').Problem} Problem
 * @typedef {Pick<typeof import('node:fs'), 'readFileSync' | 'statSync'>} FileSystem
 */

/** Of a long line the part around the place is shown: so many characters, some before it. */
const SHOWN_MAX = 160;
const SHOWN_BEFORE = 60;
const SHOWN_COLUMN_MAX = 10000;

const SEVERITY_STYLES = {info: STYLE.blue, warning: STYLE.yellow, error: STYLE.red};

const LINE_BREAK = 0x0A;
const RETURN = 0x0D;
const TAB = 0x09;

/** The file whose lines were asked for last. */
class SourceLines {
    #path = '';
    /** @type {Buffer | null} null: it cannot be shown */
    #bytes = null;
    #line = 1;
    #start = 0; // of the line

    /** @param {FileSystem} fs */
    constructor(fs) {
        this.fs = fs;
    }

    /** @param {string} path */
    #open(path) {
        this.#path = path;
        this.#line = 1;
        this.#bytes = null;
        try {
            // Not a pipe: that was read already.
            this.#bytes = this.fs.statSync(path).isFile() ? this.fs.readFileSync(path) : null;
        } catch { /* it cannot be shown */ }
        this.#start = this.#bytes?.subarray(0, 3).equals(Buffer.from('\uFEFF')) ? 3 : 0;
    }

    /**
     * A line without its break; empty where there is none.
     * @param {string} path
     * @param {number} number
     */
    line(path, number) {
        if (path !== this.#path || number < this.#line) {
            this.#open(path);
        }
        const bytes = this.#bytes ?? Buffer.alloc(0);
        while (this.#line < number && this.#start < bytes.length) {
            const end = bytes.indexOf(LINE_BREAK, this.#start);
            this.#start = end === -1 ? bytes.length : end + 1;
            this.#line++;
        }
        const end = bytes.indexOf(LINE_BREAK, this.#start);
        return withoutReturns(bytes.subarray(this.#start, end === -1 ? bytes.length : end));
    }
}

/** @param {Buffer} line */
function withoutReturns(line) {
    let end = line.length;
    while (end > 0 && line[end - 1] === RETURN) {
        end--;
    }
    return line.subarray(0, end);
}

/**
 * The line, or the part of it around the place, and the caret.
 * @param {Buffer} line
 * @param {number} column
 * @param {boolean} colour
 */
function showPlace(line, column, colour) {
    const isCut = column > SHOWN_MAX - SHOWN_BEFORE;
    const first = isCut ? column - SHOWN_BEFORE : 1;
    let at = 0;
    for (let i = 1; i < first && at < line.length; i++) {
        at += characterAt(line, at).size;
    }
    let text = isCut ? '    \u2026' : '    ';
    let indent = isCut ? 5 : 4;
    for (let i = first; i < first + SHOWN_MAX && at < line.length; i++) {
        const character = characterAt(line, at);
        text += line[at] === TAB ? ' ' : character.text;
        indent += i < column ? character.columns : 0;
        at += character.size;
    }
    const rest = at < line.length ? '\u2026' : '';
    return `${text}${rest}\n${' '.repeat(indent)}${styled(colour, STYLE.green, '^')}\n`;
}

/**
 * @param {Problem} problem
 * @param {SourceLines} source
 * @param {boolean} colour
 */
function showProblem(problem, source, colour) {
    const {file, line, column, severity, message, rule, suggestion} = problem;
    const head = styled(colour, STYLE.bold, `${cleanBytes(file)}:${line}:${column}: `) +
        styled(colour, SEVERITY_STYLES[severity], `${severity}: `) +
        `${cleanBytes(message)} [${rule}]\n`;
    const text = source.line(file, line);
    const place = text.length > 0 && column <= SHOWN_COLUMN_MAX
        ? showPlace(text, column, colour) : '';
    return head + place +
        (suggestion === null ? '' : `    write: ${cleanBytes(suggestion)}\n`);
}

/**
 * @param {Problem[]} problems in the order of files and lines
 * @param {boolean} colour
 * @param {FileSystem} fs
 */
export function listProblems(problems, colour, fs) {
    const source = new SourceLines(fs);
    return problems.map((problem) => showProblem(problem, source, colour)).join('');
}
