// SPDX-License-Identifier: MIT
// What a trace is as a sequence of arrows: who says what to whom, and which line is at fault.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../../../bindings/wasm/libcors.js').Step} Step
 * @typedef {import('../../../bindings/wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('../lab_case.js').LabCase} LabCase
 *
 * @typedef {'call' | 'preflight' | 'request' | 'answer' | 'unsent' | 'result'} ArrowKind
 *
 * @typedef {{name: string, value: string | null, flaw: string}} Line `value` null: the line is
 *   missing; `flaw`: what is wrong with it, empty where nothing is
 *
 * @typedef {{
 *   kind: ArrowKind,
 *   hop: number,
 *   step: Step | null,
 *   url: string,
 *   method: string,
 *   isBad: boolean,
 *   statusFlaw: string,
 *   lines: Line[],
 * }} Arrow `hop` counts from 0: a hop is the request to one URL, with its preflight; `isBad`: the
 *   exchange failed here
 */

/** What a missing or refused line should have been. @param {Trace} trace */
function wantedValue({outcome}) {
    const {field, repair} = outcome;
    return repair && repair.name === field && repair.value ? repair.value : '';
}

/**
 * The lines of the answer that failed, with the one at fault marked, or put in where it is missing.
 *
 * @param {Trace} trace
 * @param {FieldLine[]} headers
 * @returns {Line[]}
 */
function judgedLines(trace, headers) {
    const {outcome} = trace;
    const field = outcome.field?.toLowerCase();
    const wanted = wantedValue(trace);
    const flaw = wanted ? `has to be: ${wanted}` : outcome.cause;
    const lines = headers.map(([name, value]) =>
        ({name, value, flaw: name.toLowerCase() === field ? flaw : ''}));
    return outcome.field === null || lines.some((line) => line.flaw) ? lines
        : [{name: outcome.field, value: null, flaw}, ...lines];
}

/** @param {Trace} trace @param {number} at */
function answerArrow(trace, at) {
    const step = trace.steps[at];
    const {outcome} = trace;
    const isBad = !outcome.ok && outcome.failed_step === at;
    const headers = step.answer?.headers ?? [];
    const isStatus = isBad && (outcome.field === null || outcome.repair?.status != null);
    return {
        isBad,
        statusFlaw: isStatus ? outcome.cause : '',
        lines: isBad ? judgedLines(trace, headers)
            : headers.map(([name, value]) => ({name, value, flaw: ''})),
    };
}

/**
 * The arrows of a trace, in order.
 *
 * @param {Trace} trace
 * @param {{url?: string, labCase?: LabCase}} [options] `url`: the call's, where no request was sent
 * @returns {Arrow[]}
 */
export function arrowsOf(trace, {url = '', labCase} = {}) {
    const {outcome, steps} = trace;
    const plain = {hop: 0, step: null, isBad: false, statusFlaw: '', lines: []};
    const callUrl = url || labCase?.url || steps[0]?.url || '';
    const method = labCase?.method ?? steps[0]?.requested_method ?? steps[0]?.method ?? 'GET';
    /** @type {Arrow[]} */
    const arrows = [{...plain, kind: 'call', url: callUrl, method}];
    let hop = 0;
    steps.forEach((step, at) => {
        const {url: to, method: by, kind} = step;
        const lines = step.fields.map(([name, value]) => ({name, value, flaw: ''}));
        arrows.push({...plain, kind, hop, step, url: to, method: by, lines});
        arrows.push({...plain, kind: 'answer', hop, step, url: to, method: by,
            ...answerArrow(trace, at)});
        hop += kind === 'request' ? 1 : 0;
    });
    const last = arrows[arrows.length - 1];
    const failed = outcome.failed_step === null ? null : steps[outcome.failed_step];
    if (!outcome.ok && failed?.kind === 'preflight') {
        arrows.push({...plain, kind: 'unsent', hop: last.hop, url: failed.url,
            method: failed.requested_method ?? method});
    }
    arrows.push({...plain, kind: 'result', hop: last.hop, url: last.url, method,
        isBad: !outcome.ok});
    return arrows;
}

/** How many URLs a trace comes to. @param {Arrow[]} arrows */
export function hopCount(arrows) {
    return arrows[arrows.length - 1].hop + 1;
}

/**
 * How many arrows there are up to the end of a hop.
 *
 * @param {Arrow[]} arrows
 * @param {number} hop
 */
export function arrowsUpToHop(arrows, hop) {
    const next = arrows.findIndex((arrow) => arrow.hop > hop);
    return next < 0 ? arrows.length : next;
}

/** The host of a URL, or what stands there as long as it is none. @param {string} url */
export function hostOf(url) {
    try {
        return new URL(url).host || url;
    } catch {
        return url;
    }
}

/** Path and query, as a request has them in its first line. @param {string} url */
export function targetOf(url) {
    try {
        const {pathname, search} = new URL(url);
        return pathname + search;
    } catch {
        return url;
    }
}

/** @param {Arrow} arrow */
export function whoSpeaks({kind, url}) {
    const server = hostOf(url);
    return {
        call: ['Page', 'browser'],
        preflight: ['Browser', server],
        request: ['Browser', server],
        answer: [server, 'browser'],
        unsent: ['Browser', server],
        result: ['Browser', 'page'],
    }[kind];
}
