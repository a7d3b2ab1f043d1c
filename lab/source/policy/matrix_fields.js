// SPDX-License-Identifier: MIT
// What the matrix asks about: a path, headers that script sets, origins, and the server's own.
import {h, labelled, newId} from '../dom.js';
import {readOrigins, suggestedMethods, suggestedOrigins, suggestedPaths} from './asked_origins.js';
import {stateField} from './policy_fields.js';

/**
 * @typedef {import('./policy_fields.js').Change} Change
 * @typedef {import('./policy_matrix.js').Question} Question
 * @typedef {import('./policy_reading.js').PolicyReading} PolicyReading
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 */

/** @param {string} text */
function isServer(text) {
    try {
        return /^https?:$/.test(new URL(text).protocol);
    } catch {
        return false;
    }
}

/** @param {string} headers */
function headerFaults(headers) {
    return headers.split(/[\s,]+/).filter((name) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/.test(name))
        .map((name) => `"${name}" is no header's name: write names with commas between.`);
}

/**
 * What is asked, and what is wrong with how it is asked.
 *
 * @param {PolicyState} state
 * @param {PolicyReading} reading
 * @returns {{question: Question, faults: string[]}}
 */
export function questionOf(state, reading) {
    const path = state.path || suggestedPaths(reading)[0];
    const {asked, faults} = state.origins ? readOrigins(state.origins)
        : {asked: suggestedOrigins(reading, path), faults: []};
    const pathFaults = path.startsWith('/') ? [] : [`A path begins with /: write /${path}.`];
    const serverFaults = isServer(state.server) ? []
        : [`"${state.server}" is no server: write it like https://api.example.com.`];
    return {
        question: {origins: asked, methods: suggestedMethods(reading, path), path},
        faults: [...pathFaults, ...serverFaults, ...headerFaults(state.headers), ...faults],
    };
}

/** Whether the matrix can be made of it. @param {PolicyState} state @param {Question} question */
export function canAsk(state, {path}) {
    return path.startsWith('/') && isServer(state.server) &&
        headerFaults(state.headers).length === 0;
}

/** @param {Change} change */
export function makeMatrixFields(change) {
    const path = stateField('path', change);
    const headers = stateField('headers', change, 'none');
    const server = stateField('server', change, 'https://api.example.com');
    const faultId = newId('faults');
    const faults = h('ul', {class: 'fault matrix-faults', id: faultId, role: 'status'});
    const origins = h('textarea', {class: 'code', rows: 6, spellcheck: 'false', wrap: 'off',
        'aria-describedby': faultId});
    const byPolicy = h('button', {type: 'button', class: 'quiet',
        onclick: () => change({origins: null})}, 'Let the policy choose');
    origins.addEventListener('input', () => change({origins: origins.value.split('\n')}));
    return {
        element: h('div', {class: 'stack'},
            h('div', {class: 'fields'},
                labelled('Path', h('span', {}, path.input, path.list)),
                labelled('Headers that script sets', h('span', {}, headers.input, headers.list))),
            h('details', {class: 'policy-more'}, h('summary', {}, 'Other origins, another server'),
                h('div', {class: 'stack'},
                    labelled('Pages to ask about, one origin a line', origins),
                    h('p', {}, byPolicy),
                    labelled('The server', h('span', {}, server.input, server.list)))),
            faults),
        /**
         * @param {PolicyState} state
         * @param {PolicyReading} reading
         * @param {ReturnType<typeof questionOf>} asked
         */
        set(state, reading, asked) {
            const paths = suggestedPaths(reading);
            path.set(state.path, paths);
            path.input.placeholder = paths[0];
            headers.set(state.headers, reading.policies.flatMap((values) => {
                const listed = (values.get('allow_headers') ?? []).filter((name) => name !== '*');
                return listed.length > 0 ? [listed.join(', ')] : [];
            }));
            server.set(state.server);
            byPolicy.disabled = state.origins === null;
            if (document.activeElement !== origins || state.origins === null) {
                origins.value = (state.origins ??
                    asked.question.origins.map(({origin}) => origin)).join('\n');
            }
            faults.replaceChildren(...asked.faults.map((words) => h('li', {}, words)));
        },
    };
}
