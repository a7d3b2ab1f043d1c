// SPDX-License-Identifier: MIT
// The prediction alone, where there is no lab to carry the exchange out.
import {h, mark} from '../dom.js';
import {SENT_MEMBERS} from './real_comparison.js';
import {withoutRun} from './real_mapping.js';

/** @typedef {import('../../../bindings/wasm/libcors.js').Simulation} Simulation */

/** @param {Simulation['fetches'][number]} call */
function told({result, type, status, headers, code}) {
    if (result === 'error') {
        return h('p', {}, mark('bad', 'blocked'), ' ', h('code', {}, code));
    }
    return h('p', {}, mark('good', 'script gets it'), ` type ${type}, status ${status}, readable: `,
        h('code', {}, headers.join(', ') || 'none'));
}

/** @param {Simulation['sent'][number]} request @param {string} id */
function requestText(request, id) {
    const [method, url, ...fields] = SENT_MEMBERS.map((name) => [name, request[name]]);
    return [
        `${method[1]} ${withoutRun(String(url[1]), id)}`,
        ...fields.filter(([, value]) => value !== undefined)
            .map(([name, value]) => `${name}: ${value}`),
    ].join('\n');
}

/** @param {Simulation} prediction @param {string} id of the script */
export function predictionView({fetches, sent}, id) {
    return h('div', {class: 'stack'},
        fetches.map(told),
        h('h3', {}, 'Requests'),
        sent.length === 0 ? h('p', {class: 'muted'}, 'None.')
            : h('ol', {}, sent.map((request) =>
                h('li', {}, h('pre', {}, requestText(request, id))))));
}
