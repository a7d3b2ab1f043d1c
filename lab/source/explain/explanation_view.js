// SPDX-License-Identifier: MIT
// What a console message means, in words.
import {copyButton, h, mark} from '../dom.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Explanation} Explanation
 */

const browserTitles = {
    chromium: 'Chromium', firefox: 'Firefox', safari: 'Safari', standard: 'a browser',
};

/** What to paste, where nothing was understood. @param {boolean} isEmpty */
export function whatToPaste(isEmpty) {
    return h('div', {class: `note ${isEmpty ? '' : 'warn '}explain-hint stack`},
        h('p', {}, isEmpty ? 'Paste the red line of the console, whole. Lines around it do no harm.'
            : 'No console message about CORS that is known stands in this text.'),
        h('p', {}, 'It begins with words like these:'),
        h('ul', {class: 'explain-beginnings'},
            h('li', {}, 'Chromium: ',
                h('q', {}, 'Access to fetch at … has been blocked by CORS policy: …')),
            h('li', {}, 'Firefox: ', h('q', {}, 'Cross-Origin Request Blocked: … (Reason: …)')),
            h('li', {}, 'Safari: ',
                h('q', {}, 'Origin … is not allowed by Access-Control-Allow-Origin.'))),
        !isEmpty && h('p', {}, h('q', {}, 'TypeError: Failed to fetch'), ' alone says nothing: ',
            'the cause stands in the console only, since script must not learn it.'));
}

/** @param {string} term @param {Node | string | null} value */
function fact(term, value) {
    return value === null ? [] : [h('dt', {}, term), h('dd', {}, value)];
}

/** @param {Explanation} explanation */
function facts({url, origin, preflight}) {
    return h('dl', {class: 'explain-facts'},
        fact('Page', origin && h('code', {}, origin)),
        fact('URL', url && h('code', {}, url)),
        fact('Failed', preflight === null ? null
            : preflight ? 'the preflight; the request itself was never sent'
                : 'the request itself; the server got it, and answered'));
}

/** @param {string} check */
function checkPart(check) {
    return h('div', {class: 'stack explain-part'}, h('h2', {}, 'Ask the real server'),
        h('div', {class: 'explain-check'}, h('pre', {class: 'code', tabindex: 0, role: 'region',
            'aria-label': 'Command line'}, check), copyButton(() => check)));
}

/**
 * The codes that fit, to choose whose exchange is shown.
 *
 * @param {Cors} cors
 * @param {Explanation} explanation
 * @param {string} chosen
 * @param {(code: string) => void} onChoose
 */
function alsoPart(cors, {code, also}, chosen, onChoose) {
    const causes = new Map(cors.tables.codes.map(({name, cause}) => [name, cause]));
    return h('fieldset', {class: 'explain-also explain-part'},
        h('legend', {}, `The words fit ${also.length + 1} causes`),
        [code, ...also].map((name, at) => h('label', {class: 'check'},
            h('input', {type: 'radio', name: 'also', value: name, checked: name === chosen,
                onchange: () => onChoose(name)}),
            h('span', {}, h('code', {}, name), at === 0 && ', the likeliest',
                h('span', {class: 'explain-cause'}, causes.get(name) ?? '')))));
}

/**
 * @param {Shell} shell
 * @param {Explanation} explanation
 * @param {string} chosen the code whose exchange is shown
 * @param {(code: string) => void} onChoose
 */
export function explanationView(shell, explanation, chosen, onChoose) {
    const {browser, code, also, check} = explanation;
    const row = shell.cors.tables.codes.find(({name}) => name === chosen);
    return h('div', {class: 'stack'},
        h('p', {class: 'row'}, mark('bad', chosen),
            h('span', {class: 'muted'},
                `as ${browserTitles[browser ?? 'standard']} says it`)),
        facts(explanation),
        h('div', {class: 'explain-part'}, h('h2', {}, 'Cause'),
            h('p', {}, chosen === code ? explanation.cause : row?.cause ?? '')),
        h('div', {class: 'explain-part note good'}, h('h2', {}, 'Fix'),
            h('p', {}, chosen === code ? explanation.fix : row?.fix ?? '')),
        also.length > 0 && alsoPart(shell.cors, explanation, chosen, onChoose),
        check && checkPart(check));
}
