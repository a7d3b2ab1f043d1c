// SPDX-License-Identifier: MIT
// The findings about a policy, as a list.
import {h} from '../dom.js';
import {POLICY_FILE} from './policy_reading.js';
import {severitySigns} from './policy_editor.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 *
 * @typedef {{
 *   goTo: (problem: Problem) => void,
 *   mayWrite: (problem: Problem) => boolean,
 *   write: (problem: Problem) => void,
 * }} FindingActions `mayWrite`: whether writing what it suggests mends something
 */

const kinds = /** @type {const} */ ({error: 'bad', warning: 'warn', info: 'plain'});
const FINDINGS_MAX = 200;

/** "2 errors, 1 warning", or that there is nothing. @param {Problem[]} problems */
export function countOf(problems) {
    const parts = /** @type {const} */ (['error', 'warning', 'info']).map((severity) => {
        const count = problems.filter((problem) => problem.severity === severity).length;
        const word = severity === 'info' ? 'note' : severity;
        return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
    }).filter(Boolean);
    return parts.length === 0 ? 'Nothing to find fault with.' : `${parts.join(', ')}.`;
}

/** @param {Problem} problem */
function placeOf({file, line, column}) {
    return file === POLICY_FILE ? `${line}:${column}` : `${file}:${line}:${column}`;
}

/**
 * @param {Problem} problem
 * @param {FindingActions} actions
 */
function finding(problem, actions) {
    const {severity, rule, message, suggestion} = problem;
    const place = placeOf(problem);
    return h('li', {class: `policy-finding ${kinds[severity]}`},
        h('p', {class: 'policy-finding-head'},
            h('span', {class: `mark ${kinds[severity]}`},
                h('span', {'aria-hidden': 'true'}, severitySigns[severity]),
                severity === 'info' ? 'note' : severity),
            h('span', {class: 'policy-finding-place'}, place), h('code', {class: 'muted'}, rule)),
        h('p', {}, message),
        suggestion && h('p', {}, 'Write: ', h('code', {}, suggestion)),
        h('p', {class: 'row'},
            h('button', {type: 'button', 'aria-label': `Go to ${place}`,
                onclick: () => actions.goTo(problem)}, 'Go to'),
            actions.mayWrite(problem) && h('button', {type: 'button',
                'aria-label': `Write this at ${place}`,
                onclick: () => actions.write(problem)}, 'Write this')));
}

/**
 * @param {Problem[]} problems
 * @param {FindingActions} actions
 */
export function findingsList(problems, actions) {
    if (problems.length === 0) {
        return h('p', {class: 'note good'}, 'This policy can be used as it is.');
    }
    const more = problems.length - FINDINGS_MAX;
    return h('div', {class: 'stack'},
        h('ol', {class: 'policy-findings'},
            problems.slice(0, FINDINGS_MAX).map((problem) => finding(problem, actions))),
        more > 0 && h('p', {class: 'muted'}, `And ${more} more.`));
}
