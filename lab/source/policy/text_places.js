// SPDX-License-Identifier: MIT
// Places in a text: line and column as findings name them, and the value that stands there.

/** @param {string} text */
export function linesOf(text) {
    return text.split(/\r\n|\r|\n/);
}

/**
 * The offset of a place. Lines and columns count from 1, columns in code points.
 *
 * @param {string} text
 * @param {number} line
 * @param {number} column
 */
export function offsetOf(text, line, column) {
    const breaks = /\r\n|\r|\n/g;
    let start = 0;
    for (let at = 1; at < line; at++) {
        if (!breaks.exec(text)) {
            return text.length;
        }
        start = breaks.lastIndex;
    }
    const rest = /[^\r\n]*/y;
    rest.lastIndex = start;
    const words = [...rest.exec(text)?.[0] ?? ''].slice(0, Math.max(0, column - 1));
    return start + words.join('').length;
}

/** Whether brackets are open before a place, on its own line. @param {string} before */
function isInFlow(before) {
    const line = before.replace(/^.*[\r\n]/s, '').replace(/"[^"]*"|'[^']*'/g, '');
    const opened = line.match(/(?<![^\s:,[{-])[[{]/g)?.length ?? 0;
    return opened > (line.match(/[\]}]/g)?.length ?? 0);
}

/**
 * Where the value ends that begins at an offset: a quoted one at its quote, a plain one before what
 * ends it in YAML.
 *
 * @param {string} text
 * @param {number} start
 */
export function valueEnd(text, start) {
    const line = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
    const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(line);
    if (quoted) {
        return start + quoted[0].length;
    }
    const end = line.search(isInFlow(text.slice(0, start))
        ? /[,[\]{}]|\s#|:(?=\s|$)/ : /\s#|:(?=\s|$)/);
    return start + (end < 0 ? line : line.slice(0, end)).trimEnd().length;
}

/**
 * How a value is written in place of another: in its quotes, if it had any.
 *
 * @param {string} old
 * @param {string} value
 */
export function writtenLike(old, value) {
    if (/^["']/.test(value) || !/^["']/.test(old)) {
        return value;
    }
    return old.startsWith('"') ? JSON.stringify(value) : `'${value.replaceAll('\'', '\'\'')}'`;
}
