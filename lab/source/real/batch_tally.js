// SPDX-License-Identifier: MIT
// What has come out of a batch so far: counts, and a square for each case.
import {h} from '../dom.js';
import {writeCase} from '../lab_case.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('./batch_run.js').Verdict} Verdict
 */

/** @param {Shell} shell @param {Verdict} verdict */
function hashOfCase(shell, {drawn}) {
    const params = writeCase(drawn.labCase);
    if (drawn.times > 1) {
        params.set('times', String(drawn.times));
    }
    return shell.hashOf('real', params);
}

/**
 * A case that differs, with a link that opens it here.
 *
 * @param {Shell} shell
 * @param {Verdict} verdict
 */
function differing(shell, verdict) {
    const {number, drawn, differences} = verdict;
    return h('li', {},
        h('a', {href: hashOfCase(shell, verdict)}, `Case ${number + 1}`),
        ` (${drawn.kind}): ${drawn.labCase.method} ${drawn.labCase.url}`,
        h('ul', {}, differences.map((difference) => h('li', {}, h('code', {}, difference)))));
}

/** @typedef {{agree: number, all: number, first: Verdict, row: HTMLTableRowElement}} Kind */

/** @param {Shell} shell @param {string} name @param {Kind} kind */
function fillRow(shell, name, {agree, all, first, row}) {
    row.className = agree < all ? 'differs' : '';
    row.replaceChildren(h('th', {scope: 'row'}, name), h('td', {}, agree), h('td', {}, all),
        h('td', {}, h('a', {
            href: hashOfCase(shell, first), 'aria-label': `Open case ${first.number + 1}: ${name}`,
        }, `case ${first.number + 1}`)));
}

/**
 * @param {Shell} shell
 * @param {number} count
 */
export function makeTally(shell, count) {
    const squares = Array.from({length: count}, () => h('span', {}));
    const rows = h('tbody', {});
    const list = h('ol', {class: 'differing'});
    /** @type {Map<string, Kind>} */
    const kinds = new Map();
    let agree = 0;
    let differ = 0;

    /** @param {Verdict} verdict @param {boolean} agrees */
    const countKind = (verdict, agrees) => {
        const name = verdict.drawn.kind;
        const kind = kinds.get(name) ?? {agree: 0, all: 0, first: verdict, row: h('tr')};
        kind.agree += Number(agrees);
        kind.all += 1;
        kinds.set(name, kind);
        fillRow(shell, name, kind);
        rows.append(...[...kinds].sort(([one], [other]) => one.localeCompare(other))
            .map(([, {row}]) => row));
    };

    return {
        element: h('div', {class: 'stack'},
            h('div', {class: 'squares', 'aria-hidden': 'true'}, squares),
            list,
            h('div', {class: 'table-wrap kinds'}, h('table', {},
                h('caption', {}, 'By kind of exchange'),
                h('thead', {}, h('tr', {}, ['Kind', 'Agree', 'Of', 'Look at one'].map((word) =>
                    h('th', {scope: 'col'}, word)))),
                rows))),
        /** @param {Verdict} verdict */
        add(verdict) {
            const agrees = verdict.differences.length === 0;
            squares[verdict.number].className = agrees ? 'agrees' : 'differs-too';
            agree += Number(agrees);
            differ += Number(!agrees);
            countKind(verdict, agrees);
            if (!agrees) {
                list.append(differing(shell, verdict));
            }
        },
        get counts() {
            return {agree, differ, done: agree + differ, count};
        },
    };
}
