// SPDX-License-Identifier: MIT
// What stands for what on this machine, and what that cannot show.
import {h} from '../dom.js';

/** @param {import('./real_mapping.js').LocalCase} localCase */
export function mappingView({page, origins, notes}) {
    const rows = [...origins].map(([origin, local]) => h('tr', {},
        h('td', {}, h('code', {}, origin)), h('td', {}, h('code', {}, local))));
    if (page === 'null') {
        rows.unshift(h('tr', {}, h('td', {}, h('code', {}, 'null')),
            h('td', {}, 'a sandboxed frame')));
    }
    return h('div', {class: 'stack'},
        h('div', {class: 'table-wrap'}, h('table', {},
            h('caption', {}, 'Where it happens'),
            h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'In the exchange'),
                h('th', {scope: 'col'}, 'On this machine'))),
            h('tbody', {}, rows))),
        h('ul', {class: 'small muted notes'}, notes.map((note) => h('li', {}, note))));
}
