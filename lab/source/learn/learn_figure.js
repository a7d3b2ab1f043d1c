// SPDX-License-Identifier: MIT
// A figure of a lesson: an exchange with switches, played by the engine at once.
import {h, mark} from '../dom.js';
import {writeCase} from '../lab_case.js';
import {makeDiagram} from '../exchange/exchange_diagram.js';
import {playOnce} from './learn_case.js';
import {arrivals, verdictOf, whyPreflight} from './learn_reading.js';
import {readValues, switchBoard} from './learn_switches.js';
import {plain, prose} from './learn_text.js';

/**
 * @typedef {import('./learn_state.js').Tools} Tools
 * @typedef {import('./learn_state.js').Part} Part
 * @typedef {import('./learn_switches.js').Switch} Switch
 * @typedef {import('./learn_switches.js').Values} Values
 * @typedef {import('./learn_reading.js').Verdict} Verdict
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 *
 * What a figure shows for the values of its switches: notes, then the exchange; or, where no
 * browser takes part, what a terminal shows. `server`: who answers, if not the server;
 * `remembered`: the preflight of an earlier call serves this one.
 * @typedef {{
 *   labCase: LabCase,
 *   trace: Trace,
 *   notes?: Verdict[],
 *   server?: string,
 *   remembered?: boolean,
 * } | {terminal: string, notes: Verdict[]}} Run
 *
 * @typedef {{
 *   name: string,
 *   caption: string,
 *   switches: Switch[],
 *   run: (cors: Cors, values: Values) => Run,
 * }} FigureSpec
 */

/**
 * @param {(values: Values) => LabCase} makeCase
 * @returns {FigureSpec['run']}
 */
export function played(makeCase) {
    return (cors, values) => {
        const labCase = makeCase(values);
        return {labCase, trace: playOnce(cors, labCase)};
    };
}

/**
 * Links that take a case to the rooms where it can be changed and tried.
 *
 * @param {Tools['shell']} shell
 */
export function caseLinks(shell) {
    const exchange = h('a', {}, 'Open in Exchange');
    const real = h('a', {}, 'Try it for real');
    return {
        element: h('p', {class: 'row small case-links'}, exchange, real),
        /** @param {LabCase} labCase */
        show(labCase) {
            exchange.href = shell.hashOf('exchange', writeCase(labCase));
            real.href = shell.hashOf('real', writeCase(labCase));
        },
    };
}

/** The verdict of a trace, the server's view of it, and why there was a preflight. */
export function verdictLines() {
    const element = h('div', {class: 'lesson-verdict'});
    return {
        element,
        /** @param {Trace} trace @param {string} [server] */
        show(trace, server) {
            const verdict = verdictOf(trace);
            element.className = `lesson-verdict note ${verdict.kind}`;
            element.replaceChildren(
                h('p', {}, mark(verdict.kind, verdict.mark), ' ', verdict.words),
                h('p', {class: 'small'}, arrivals(trace, server)),
                ...whyPreflight(trace).map(({what, advice}) => h('p', {class: 'small'},
                    'Preflight because of ', h('strong', {}, what), `. ${advice}`)));
        },
        /** @param {Trace} trace @param {string} [server] */
        words(trace, server) {
            const verdict = verdictOf(trace);
            return `${verdict.mark}. ${verdict.words} ${arrivals(trace, server)}`;
        },
    };
}

/**
 * A drawn exchange with its verdict and links.
 *
 * @param {Tools['shell']} shell
 */
export function exchangeView(shell) {
    const diagram = makeDiagram(shell);
    const verdict = verdictLines();
    const links = caseLinks(shell);
    return {
        element: h('div', {class: 'stack exchange-view'}, verdict.element, diagram.element,
            links.element),
        /**
         * @param {LabCase} labCase
         * @param {Trace} trace
         * @param {{server?: string, remembered?: boolean}} [how]
         */
        show(labCase, trace, {server, remembered} = {}) {
            const {page, url} = labCase;
            diagram.show(trace, {page, url, upTo: null, labCase, remembered});
            verdict.show(trace, server);
            links.show(labCase);
        },
        words: verdict.words,
    };
}

/** @param {Verdict} note */
function noteLine({kind, mark: word, words}) {
    return h('li', {}, word ? [mark(kind, word), ' '] : null, prose(words));
}

/**
 * @param {Tools} tools
 * @param {string} idea that the figure belongs to
 * @param {FigureSpec} spec
 * @returns {Part}
 */
export function lessonFigure({shell, state, whenSeen}, idea, {name, caption, switches, run}) {
    const view = exchangeView(shell);
    const notes = h('ol', {class: 'figure-notes'});
    const terminal = h('pre', {class: 'terminal', tabindex: 0, 'aria-label': 'A terminal'});
    const board = switchBoard(switches, (changed, value) => {
        state.set({idea, [`${name}.${changed}`]: value});
        shell.announce(play());
    });
    let seen = false;
    board.show(readValues(switches, name, state.get));
    for (const later of [notes, terminal, view.element]) {
        later.hidden = true;
    }

    /** Plays the exchange; what it says, for readers of the screen. */
    function play() {
        const values = readValues(switches, name, state.get);
        const result = run(shell.cors, values);
        board.show(values);
        notes.replaceChildren(...(result.notes ?? []).map(noteLine));
        notes.hidden = !result.notes;
        terminal.hidden = 'trace' in result;
        view.element.hidden = !('trace' in result);
        if ('trace' in result) {
            view.show(result.labCase, result.trace, result);
        } else {
            terminal.textContent = result.terminal;
        }
        return [...(result.notes ?? []).map(({mark: word, words}) => `${word} ${plain(words)}`),
            'trace' in result ? view.words(result.trace, result.server) : ''].join(' ');
    }

    const element = h('figure', {class: 'panel lesson-figure waiting'},
        h('figcaption', {}, prose(caption)), board.element, notes, terminal, view.element);
    whenSeen(element, () => {
        seen = true;
        element.classList.remove('waiting');
        play();
    });
    return {
        element,
        refresh() {
            if (seen) {
                play();
            }
        },
    };
}
