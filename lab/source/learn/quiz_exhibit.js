// SPDX-License-Identifier: MIT
// What a question shows: the call as code, and the answers as they come over the wire.
import {h} from '../dom.js';
import {callCode} from '../exchange/call_code.js';

/** @typedef {import('../lab_case.js').LabCase} LabCase */

/** @param {string} title @param {string} text */
function sheet(title, text) {
    return h('div', {class: 'sheet'}, h('h4', {}, title),
        h('pre', {class: 'code', tabindex: 0, 'aria-label': title}, text));
}

/** @param {LabCase} labCase */
export function exhibit(labCase) {
    const page = labCase.page === 'null' ? 'A page of origin null calls'
        : `A page of ${new URL(labCase.page).host} calls`;
    const several = labCase.answers.length > 1;
    return h('div', {class: 'exhibit'},
        sheet(page, callCode(labCase)),
        labCase.answers.flatMap(({url, preflight, response}) => {
            const where = several ? ` ${new URL(url).pathname}` : '';
            const same = preflight === response;
            const both = same ? 'preflight, and to the ' : '';
            return [
                preflight && !same ? sheet(`Answer to the preflight${where}`, preflight) : null,
                sheet(`Answer to the ${both}${labCase.method}${where}`, response),
            ];
        }));
}
