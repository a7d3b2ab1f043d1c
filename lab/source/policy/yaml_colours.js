// SPDX-License-Identifier: MIT
// A light hand of colour for YAML, line by line. It judges nothing: what is wrong, the engine says.
import {h} from '../dom.js';

const pieces = new RegExp([
    /(?<comment>(?<=^|\s)#.*$)/,
    /(?<string>"(?:[^"\\]|\\.)*"?|'[^']*'?)/,
    /(?<key>[A-Za-z_][\w-]*(?=\s*:(?:\s|$)))/,
    /(?<sign>(?<=^\s*)-(?=\s|$)|[[\]{},]|:(?=\s|$))/,
].map(({source}) => source).join('|'), 'g');

/**
 * The line as nodes: plain text, and spans of class `yaml-comment`, `-string`, `-key`, `-sign`.
 *
 * @param {string} line
 */
export function colouredLine(line) {
    /** @type {Array<string | HTMLElement>} */
    const nodes = [];
    let at = 0;
    for (const found of line.matchAll(pieces)) {
        const kind = Object.entries(found.groups ?? {}).find(([, text]) => text !== undefined);
        nodes.push(line.slice(at, found.index),
            h('span', {class: `yaml-${kind?.[0] ?? ''}`}, found[0]));
        at = found.index + found[0].length;
    }
    nodes.push(line.slice(at));
    return nodes;
}
