// SPDX-License-Identifier: MIT
// What a trace says, in sentences. Every verdict is the engine's; this only puts it into words.
import {listed} from './learn_text.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../../../bindings/wasm/libcors.js').Step} Step
 * @typedef {import('../../../bindings/wasm/libcors.js').FieldLine} FieldLine
 * @typedef {{kind: 'good' | 'bad' | 'warn', mark: string, words: string}} Verdict
 */

/** @param {Trace} trace */
export function preflightsOf(trace) {
    return trace.steps.filter((step) => step.kind === 'preflight');
}

/** The requests proper. @param {Trace} trace */
export function requestsOf(trace) {
    return trace.steps.filter((step) => step.kind === 'request');
}

/**
 * A line's value, whatever the case of its name; null where there is none.
 *
 * @param {FieldLine[] | undefined} fields
 * @param {string} name
 */
export function valueOf(fields, name) {
    const found = (fields ?? []).find((field) => field[0].toLowerCase() === name.toLowerCase());
    return found ? found[1] : null;
}

/**
 * The last request that a server answered, preflights left out.
 *
 * @param {Trace} trace
 */
export function answeredRequest(trace) {
    return requestsOf(trace).filter((step) => step.answer !== null).pop() ?? null;
}

/** @param {Trace} trace @returns {Verdict} */
export function verdictOf({outcome}) {
    if (!outcome.ok) {
        const mark = outcome.preflight ? 'Stopped at the preflight' : 'Script gets an error';
        return {kind: 'bad', mark, words: outcome.cause};
    }
    if (outcome.type === 'opaque') {
        return {kind: 'warn', mark: 'Script learns nothing',
            words: `The answer is opaque: status ${outcome.status}, ` +
                `${headersWords(outcome.headers)}, and a body that cannot be read.`};
    }
    return {kind: 'good', mark: 'Script reads the answer', words: readable(outcome)};
}

/** @param {string[]} headers */
function headersWords(headers) {
    return headers.length === 0 ? 'no headers'
        : `the header${headers.length > 1 ? 's' : ''} ${listed(headers)}`;
}

/** @param {import('../../../bindings/wasm/libcors.js').Outcome} outcome */
function readable({status, headers}) {
    return `It sees status ${status}, the body and ${headersWords(headers)}.`;
}

/**
 * What reached the server, which script is not told.
 *
 * @param {Trace} trace
 * @param {string} [server]
 */
export function arrivals(trace, server = 'The server') {
    const request = answeredRequest(trace);
    if (request?.answer) {
        const word = trace.outcome.ok ? 'answered' : 'had already answered';
        return `${server} received the ${request.method} ${withCookies(request)} and ` +
            `${word} ${request.answer.status}.`;
    }
    const [preflight] = preflightsOf(trace);
    if (preflight?.answer) {
        return `${server} saw the preflight and answered ${preflight.answer.status}. ` +
            `The ${preflight.requested_method} itself was never sent.`;
    }
    return requestsOf(trace).length === 0 ? 'Nothing was sent.' : 'Nothing came back.';
}

/** @param {Step} step */
function withCookies(step) {
    return step.credentials ? 'with credentials' : 'without credentials';
}

/** Why there was a preflight; empty where there was none. @param {Trace} trace */
export function whyPreflight(trace) {
    return preflightsOf(trace).flatMap((step) => step.whys)
        .map(({why, what, advice}) => ({what: `${whyWords(why)} ${what}`.trim(), advice}));
}

/** @param {string} why */
function whyWords(why) {
    return why.replace(/-/g, ' ');
}
