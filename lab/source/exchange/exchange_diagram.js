// SPDX-License-Identifier: MIT
// The sequence diagram of a trace: an ordered list of what is said, drawn between three lifelines.
import {h} from '../dom.js';
import {arrowsOf, hopCount, hostOf, targetOf, whoSpeaks} from './diagram_arrows.js';
import {callCode} from './call_code.js';
import {dismissTips, headerLines} from './header_line.js';
import {browserTitles} from './play_everywhere.js';
import {scriptView} from './script_view.js';
import {standardRule} from '../standard_rules.js';

/**
 * @typedef {import('./diagram_arrows.js').Arrow} Arrow
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../engine.js').BrowserName} BrowserName
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 *
 * @typedef {{
 *   page: string,
 *   upTo?: number | null,
 *   url?: string,
 *   labCase?: LabCase,
 *   browser?: BrowserName,
 *   remembered?: boolean,
 * }} DiagramOptions `upTo`: only so many arrows; null: all. `url`: the call's, for when nothing is
 *   sent. `labCase`, the case behind the trace, lets the diagram show the call as code.
 *   `remembered`: the preflight of an earlier call serves this one.
 *
 * @typedef {{
 *   shell: Shell,
 *   trace: Trace,
 *   options: DiagramOptions,
 *   withCredentials: boolean,
 * }} Drawing
 */

/** @param {Drawing} drawing */
function browserOf({options}) {
    return options.browser ?? options.labCase?.browser ?? 'chromium';
}

/** @param {Drawing} drawing */
function initiatorOf({options}) {
    return options.labCase?.initiator ?? 'fetch';
}

/** The three who speak. @param {Drawing} drawing @param {Arrow[]} arrows */
function actors(drawing, arrows) {
    const hosts = [...new Set(arrows.map((arrow) => hostOf(arrow.url)))];
    const more = hosts.length > 1 ? ` and ${hosts.length - 1} more` : '';
    /** @param {string} kind @param {string} role @param {string} who */
    const actor = (kind, role, who) => h('li', {class: `actor ${kind}`},
        h('span', {class: 'actor-role'}, role), h('span', {class: 'actor-name'}, who));
    return h('ul', {class: 'actors', 'aria-label': 'Who speaks'},
        actor('page', 'Page', drawing.options.page.replace(/^https?:\/\//, '')),
        actor('browser', 'Browser', browserTitles[browserOf(drawing)]),
        actor('server', 'Server', hosts[0] + more));
}

/** @param {Drawing} drawing @param {Arrow} arrow */
function requestLines({shell, withCredentials}, {lines, step, kind}) {
    const sendsCookies = step?.credentials === true;
    const cookies = sendsCookies
        ? [{name: 'Cookie', value: 'whatever this site has stored', flaw: ''}] : [];
    return [
        ...headerLines(shell.cors, lines, {isAnswer: false, withCredentials}, cookies),
        kind === 'preflight' || sendsCookies ? null
            : h('p', {class: 'small muted'}, 'No cookies, no login.'),
    ];
}

/** @param {Drawing} drawing @param {Arrow} arrow */
function answerLines({shell, withCredentials}, {lines, step, statusFlaw}) {
    if (!step?.answer) {
        return [h('p', {class: 'flaw'}, 'The connection is closed without an answer.')];
    }
    return [
        statusFlaw ? h('p', {class: 'flaw'}, statusFlaw) : null,
        ...headerLines(shell.cors, lines, {isAnswer: true, withCredentials}),
    ];
}

/**
 * Why a request goes out without a question.
 *
 * @param {string | null} origin
 * @param {string} url
 * @param {DiagramOptions} options
 */
function unasked(origin, url, {remembered}) {
    if (remembered) {
        return 'An earlier preflight allowed it, and that still holds.';
    }
    if (origin === null) {
        return 'No Origin line: an ordinary request, as without CORS.';
    }
    return new URL(url).origin === origin ? 'The page calls its own origin.'
        : 'Any page could always send this, by a form for one.';
}

/**
 * What the browser thinks of an arrow; it stands in its margin.
 *
 * @param {Drawing} drawing
 * @param {Arrow} arrow
 * @param {Arrow | undefined} before
 */
function thought({trace, options}, arrow, before) {
    if (arrow.kind === 'preflight') {
        return h('div', {class: 'thought'}, h('strong', {}, 'Must ask first'),
            h('ul', {}, (arrow.step?.whys ?? []).map(({why, what}) => h('li', {},
                why.replace('-', ' '), what ? ' ' : null, what ? h('code', {}, what) : null))));
    }
    if (arrow.kind === 'request' && before?.step?.kind === 'preflight') {
        return h('div', {class: 'thought good'}, h('strong', {}, 'May send it'));
    }
    if (arrow.kind === 'request') {
        const {origin} = arrow.step ?? {};
        return h('div', {class: 'thought'}, h('strong', {}, 'No need to ask'),
            h('p', {}, unasked(origin ?? null, arrow.url, options)),
            origin === 'null' && options.page !== 'null' ? h('p', {}, 'Origin is null now: the ' +
                'redirect led from one foreign origin to another.') : null);
    }
    if (arrow.kind === 'answer' && arrow.isBad) {
        const rule = standardRule(trace.outcome.code);
        return h('div', {class: 'thought bad'}, h('strong', {}, '✕ Blocked here'),
            rule ? h('p', {}, `by the standard’s “${rule.section}”`) : null);
    }
    return null;
}

/** @param {Arrow} arrow */
function arrowTitle(arrow) {
    const line = h('code', {}, `${arrow.method} ${targetOf(arrow.url)}`);
    const status = arrow.step?.answer?.status;
    const isPreflight = arrow.step?.kind === 'preflight';
    const what = isPreflight ? 'Answer to the preflight' : 'Answer';
    return {
        call: ['Call'],
        preflight: ['Preflight ', line],
        request: ['Request ', line],
        answer: [`${what} `, h('code', {class: arrow.statusFlaw ? 'status bad' : 'status'},
            status === undefined ? 'none' : String(status))],
        unsent: ['Never sent: ', line],
        result: [arrow.isBad ? 'Blocked' : 'Answer'],
    }[arrow.kind];
}

/** @param {Drawing} drawing @param {Arrow} arrow */
function cardOf(drawing, arrow) {
    const {labCase} = drawing.options;
    switch (arrow.kind) {
    case 'call':
        return [h('pre', {class: 'code'}, labCase ? callCode(labCase)
            : `${arrow.method} ${arrow.url}`)];
    case 'preflight':
    case 'request':
        return requestLines(drawing, arrow);
    case 'answer':
        return answerLines(drawing, arrow);
    case 'unsent':
        return [h('p', {class: 'small muted'},
            'The preflight failed, so the server never sees this request.')];
    default:
        return [h('p', {class: 'card-title'}, 'What script gets'),
            ...scriptView(drawing.shell.cors, drawing.trace, browserOf(drawing),
                initiatorOf(drawing))];
    }
}

/** @param {Arrow} arrow */
function directionOf({kind}) {
    return {
        call: 'near there', result: 'near back', answer: 'far back', preflight: 'far there',
        request: 'far there', unsent: 'far there',
    }[kind];
}

/** @param {Drawing} drawing @param {Arrow[]} arrows @param {number} at */
function arrowItem(drawing, arrows, at) {
    const arrow = arrows[at];
    const [from, to] = whoSpeaks(arrow);
    const beside = thought(drawing, arrow, arrows[at - 1]);
    const ofPreflight = arrow.step?.kind === 'preflight' ? 'of-preflight' : '';
    const outcome = arrow.isBad ? 'bad' : '';
    return h('li', {
        class: `arrow ${arrow.kind} ${directionOf(arrow)} ${ofPreflight} ${outcome}`,
    },
    h('div', {class: 'message'},
        h('p', {class: 'route'}, `${from} → ${to}`),
        h('h3', {}, h('span', {class: 'number', 'aria-hidden': 'true'}, at + 1),
            h('span', {}, arrowTitle(arrow))),
        h('div', {class: 'wire', 'aria-hidden': 'true'})),
    h('div', {class: 'card'}, cardOf(drawing, arrow)),
    beside);
}

/** @param {Arrow} arrow @param {number} count */
function hopItem(arrow, count) {
    return h('li', {class: 'hop'}, h('h3', {},
        `Redirect ${arrow.hop} of ${count - 1} `, h('code', {}, arrow.url)));
}

/** @param {Drawing} drawing @param {Arrow[]} arrows */
function arrowList(drawing, arrows) {
    const count = hopCount(arrows);
    /** @type {Array<{item: HTMLLIElement, before: number}>} */
    const items = [];
    arrows.forEach((arrow, at) => {
        if (at > 0 && arrow.hop > arrows[at - 1].hop && arrow.kind !== 'result') {
            items.push({item: hopItem(arrow, count), before: at});
        }
        items.push({item: arrowItem(drawing, arrows, at), before: at});
    });
    return items;
}

/**
 * A sequence diagram.
 *
 * @param {Shell} shell
 */
export function makeDiagram(shell) {
    const element = h('div', {class: 'diagram'});
    /** @type {Trace | null} */
    let shown = null;
    /** @type {ReturnType<typeof arrowList>} */
    let items = [];

    /** @param {Trace} trace @param {DiagramOptions} options */
    function draw(trace, options) {
        const withCredentials = options.labCase?.credentials === 'include' ||
            trace.steps.some((step) => step.credentials);
        const drawing = {shell, trace, options, withCredentials};
        const arrows = arrowsOf(trace, options);
        items = arrowList(drawing, arrows);
        element.replaceChildren(h('div', {class: 'sequence'}, actors(drawing, arrows),
            h('ol', {class: 'arrows'}, items.map(({item}) => item))));
        shown = trace;
    }

    dismissTips(element);
    return {
        element,
        /**
         * @param {Trace} trace
         * @param {DiagramOptions} options
         */
        show(trace, options) {
            if (trace !== shown) {
                draw(trace, options);
            }
            const upTo = options.upTo ?? Infinity;
            items.forEach(({item, before}) => {
                item.hidden = before >= upTo;
                item.classList.toggle('current', before === upTo - 1);
            });
        },
    };
}
