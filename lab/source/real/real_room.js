// SPDX-License-Identifier: MIT
// Try it for real: exchanges that this browser carries out against local origins.
import {h} from '../dom.js';
import {firstCase} from '../example_cases.js';
import {readCase, writeCase} from '../lab_case.js';
import {BATCH_USUAL, makeBatchView, newSeed, readCount} from './batch_view.js';
import {makeCaseView, TIMES_MAX} from './case_view.js';
import {makeLiveCall, readLiveCall, writeLiveCall} from './live_call.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {'case' | 'batch' | 'live'} Part
 * @typedef {{element: HTMLElement, show: (params: URLSearchParams) => void, stop: () => void}} View
 */

/** Which part of the room an address means. @param {URLSearchParams} params @returns {Part} */
function partOf(params) {
    if (params.has('batch')) {
        return 'batch';
    }
    return params.has('live') ? 'live' : 'case';
}

/** @param {URLSearchParams} params */
function readChosen(params) {
    const times = Number(params.get('times') ?? '1');
    const hasCase = [...params.keys()].some((name) => !/^(?:times|batch|seed|live.*)$/.test(name));
    return {
        labCase: hasCase ? readCase(params) : {...firstCase},
        times: Number.isInteger(times) && times >= 1 && times <= TIMES_MAX ? times : 1,
    };
}

/** @param {Shell} shell @param {number | null} port @returns {View} */
function caseView(shell, port) {
    const view = makeCaseView(shell, port, ({labCase, times}) => {
        const params = writeCase(labCase);
        if (times > 1) {
            params.set('times', String(times));
        }
        shell.setParams(params);
    });
    return {...view, show: (params) => view.show(readChosen(params))};
}

/** @param {Shell} shell @param {number} port @returns {View} */
function batchView(shell, port) {
    const view = makeBatchView(shell, port, ({seed, count}) =>
        shell.setParams(new URLSearchParams({batch: String(count), seed})));
    return {
        ...view,
        show: (params) => view.show(params.get('seed') || newSeed(), readCount(params.get('batch')),
            params.has('seed')),
    };
}

/** @param {Shell} shell @param {number} port @returns {View} */
function liveView(shell, port) {
    const view = makeLiveCall(shell, port, (call) => shell.setParams(writeLiveCall(call, port)));
    return {...view, show: (params) => view.fill(readLiveCall(params, port))};
}

/**
 * Why this page cannot carry exchanges out; null where it can.
 *
 * @param {import('../engine.js').LabInfo | null} lab
 */
function whyNot(lab) {
    if (lab && !['localhost', '127.0.0.1'].includes(location.hostname)) {
        const local = `http://localhost:${lab.port}/`;
        return h('div', {class: 'note warn'}, h('p', {},
            `Frames of the local origins open on localhost only, not on ${location.hostname}: `,
            h('a', {href: local}, `open the lab on ${local}`),
            ' to have the exchange carried out. Here is the prediction alone.'));
    }
    return lab ? null : h('div', {class: 'note warn'},
        h('p', {}, 'This page comes from a host without servers to play with. Run ',
            h('code', {}, 'cors lab'), ' on your machine and open the page that it names: there ' +
            'the exchange is carried out for real. Here is the prediction alone.'));
}

/** @param {Shell} shell @param {Part} part */
function partLinks(shell, part) {
    /** @type {Array<[Part, string, string]>} */
    const links = [
        ['case', 'One exchange', shell.hashOf('real')],
        ['batch', `Batch of ${BATCH_USUAL}`,
            shell.hashOf('real', new URLSearchParams({batch: String(BATCH_USUAL)}))],
        ['live', 'Your own call', shell.hashOf('real', new URLSearchParams({live: ''}))],
    ];
    return h('nav', {class: 'parts', 'aria-label': 'What to try'}, h('ul', {},
        links.map(([name, words, href]) => h('li', {},
            h('a', {href, 'aria-current': name === part ? 'true' : null}, words)))));
}

/** @type {import('../rooms.js').RoomModule['mountRoom']} */
export function mountRoom(main, params, shell) {
    const place = h('div', {class: 'stack'}, h('p', {class: 'muted'}, 'Looking for the lab …'));
    main.append(
        h('div', {class: 'room-head'}, h('h1', {}, 'Try it for real'),
            h('p', {class: 'muted'}, 'What the engine predicts, and what this very browser does: ' +
                'the same exchange, carried out against real origins on this machine.')),
        place);
    /** @type {View | null} */
    let view = null;
    /** @type {Part | null} */
    let open = null;
    let left = false;

    /** @param {Part} part @param {number | null} port @returns {View} */
    const makeView = (part, port) => {
        if (port === null || part === 'case') {
            return caseView(shell, port);
        }
        return part === 'batch' ? batchView(shell, port) : liveView(shell, port);
    };

    /** @param {URLSearchParams} next */
    const update = async (next) => {
        const lab = await shell.findLab();
        if (left) {
            return;
        }
        const note = whyNot(lab);
        const part = note ? 'case' : partOf(next);
        if (part !== open || view === null) {
            view?.stop();
            view = makeView(part, lab && !note ? lab.port : null);
            open = part;
            place.replaceChildren(note ?? partLinks(shell, part), view.element);
        }
        view.show(next);
    };
    update(params);

    return {
        update,
        leave() {
            left = true;
            view?.stop();
        },
    };
}
