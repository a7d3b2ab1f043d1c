// SPDX-License-Identifier: MIT
/** Field lines of a request, as Node's rawHeaders have them: names and values in turns. */

/**
 * The values of all lines with a name, in the order received.
 * @param {readonly string[]} lines
 * @param {string} name
 * @returns {string[]}
 */
export function valuesOf(lines, name) {
    const folded = name.toLowerCase();
    const values = [];
    for (let i = 1; i < lines.length; i += 2) {
        if (lines[i - 1].length === folded.length && lines[i - 1].toLowerCase() === folded) {
            values.push(lines[i]);
        }
    }
    return values;
}

/**
 * The lines of an object of names and values, for requests that have nothing else.
 * @param {Record<string, unknown> | undefined} headers a value may be a list of them
 * @returns {string[]}
 */
export function linesOf(headers) {
    const lines = [];
    for (const [name, value] of Object.entries(headers ?? {})) {
        for (const one of Array.isArray(value) ? value : [value]) {
            if (one !== undefined && one !== null) {
                lines.push(name, String(one));
            }
        }
    }
    return lines;
}

/**
 * The lines with one for Host, where HTTP/2 has the pseudo-header for it, or only the URL does.
 * @param {readonly string[]} lines
 * @param {string | undefined} authority
 * @returns {readonly string[]}
 */
export function withHost(lines, authority) {
    const isKnown = !authority || valuesOf(lines, 'host').length > 0;
    return isKnown ? lines : [...lines, 'host', authority];
}
