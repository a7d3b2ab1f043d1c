// SPDX-License-Identifier: MIT
// The last arrow: what the browser hands to script, and what it keeps from it.
import {h} from '../dom.js';
import {lineItem} from './header_line.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../engine.js').BrowserName} BrowserName
 */

/** What a failed fetch() rejects with. */
const rejections = {
    chromium: 'TypeError: Failed to fetch',
    firefox: 'TypeError: NetworkError when attempting to fetch resource.',
    safari: 'TypeError: Load failed',
    standard: 'TypeError',
};

/** @param {string} initiator @param {BrowserName} browser */
function refusal(initiator, browser) {
    if (initiator === 'fetch') {
        return rejections[browser];
    }
    return initiator === 'beacon' ? 'Nothing: a beacon never hears.'
        : 'An error event: no status, no text.';
}

/** @param {Trace} trace @param {BrowserName} browser @param {string} initiator */
function refusedView({outcome}, browser, initiator) {
    return [
        h('p', {class: 'refusal code'}, refusal(initiator, browser)),
        h('p', {}, outcome.code === 'bad-request' ? outcome.cause
            : 'Script learns no more than this: the reason stands in the console alone.'),
    ];
}

/**
 * Each name of the answer once, with what script gets for it.
 *
 * @param {Trace} trace
 */
function namesOf({steps, outcome}) {
    const headers = steps[steps.length - 1]?.answer?.headers ?? [];
    const names = [...new Set(headers.map(([name]) => name.toLowerCase()))];
    return names.map((name) => ({
        name,
        isReadable: outcome.headers.includes(name),
        value: headers.filter(([other]) => other.toLowerCase() === name)
            .map(([, value]) => value).join(', '),
    }));
}

/** @param {string} term @param {string} words */
function fact(term, words) {
    return h('div', {}, h('dt', {}, term), h('dd', {class: 'code'}, words));
}

/** @param {Cors} cors @param {Trace} trace */
function answerView(cors, trace) {
    const where = {isAnswer: true, withCredentials: false};
    const {outcome} = trace;
    const names = namesOf(trace);
    const readable = names.filter((name) => name.isReadable);
    const hidden = names.filter((name) => !name.isReadable);
    return [
        h('dl', {class: 'facts'},
            fact('type', outcome.type ?? ''), fact('status', String(outcome.status ?? '')),
            outcome.redirected ? fact('redirected', 'true') : null,
            outcome.redirected ? fact('url', outcome.url ?? '') : null),
        readable.length ? h('ul', {class: 'lines'}, readable.map(({name, value}) =>
            lineItem(cors, {name, value, flaw: ''}, where))) : null,
        hidden.length ? h('div', {class: 'hidden-names'}, h('p', {}, 'Hidden from script:'),
            h('ul', {class: 'lines'},
                hidden.map(({name}) => h('li', {}, h('s', {}, name))))) : null,
        names.length ? null : h('p', {class: 'small muted'}, 'No headers.'),
    ];
}

/**
 * @param {Cors} cors
 * @param {Trace} trace
 * @param {BrowserName} browser
 * @param {string} initiator
 */
export function scriptView(cors, trace, browser, initiator) {
    return trace.outcome.ok ? answerView(cors, trace) : refusedView(trace, browser, initiator);
}
