// SPDX-License-Identifier: MIT
// What a `cors check` line says, read back: the engine writes it from a console message, with the
// method and the header that the message names.

/**
 * The words of a shell's line, without their single quotes.
 *
 * @param {string} line
 */
export function shellWords(line) {
    const words = line.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
    return words.map((word) => word.replace(/'([^']*)'|\\(.)/g, (_, quoted, escaped) =>
        quoted ?? escaped));
}

/**
 * @param {string | null} line
 * @returns {{url: string | null, method: string, header: string}} the URL that script called; the
 *   method and the field line, empty where the message tells none
 */
export function readCheck(line) {
    const words = shellWords(line ?? '').slice(2); // cors check
    /** @param {string} option */
    const after = (option) => words.includes(option) ? words[words.indexOf(option) + 1] ?? '' : '';
    return {url: words[0] ?? null, method: after('-X'), header: after('-H')};
}
