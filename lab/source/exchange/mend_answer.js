// SPDX-License-Identifier: MIT
// Edits of answers that are written by hand: the engine's repair, and an answer for a new URL.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../lab_case.js').HopAnswers} HopAnswers
 * @typedef {NonNullable<import('../../../bindings/wasm/libcors.js').Outcome['repair']>} Repair
 */

const STATUS_LINE = /^\s*(?:HTTP\/[\d.]+\s+)?\d{3}(?:\s.*)?$/;

/** @param {string} line @param {string} name */
function isFieldLine(line, name) {
    return line.toLowerCase().startsWith(`${name.toLowerCase()}:`);
}

/**
 * A head with a repair applied; all other lines stay as they were written.
 *
 * @param {string} head
 * @param {Repair} repair
 */
export function mendHead(head, {status, name, value}) {
    let lines = head.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
    if (status !== null) {
        lines = [String(status), ...lines.slice(STATUS_LINE.test(lines[0] ?? '') ? 1 : 0)];
    }
    if (name !== null) {
        const first = lines.findIndex((line) => isFieldLine(line, name));
        const at = first < 0 ? lines.length : first;
        lines = lines.filter((line) => !isFieldLine(line, name));
        lines.splice(at, 0, `${name}: ${value}`);
    }
    return lines.join('\n');
}

/** A URL as requests have it: without the fragment. @param {string} url @param {string} base */
function sentUrl(url, base) {
    try {
        const parsed = new URL(url, base);
        parsed.hash = '';
        return parsed.href;
    } catch {
        return url;
    }
}

/**
 * Which of the answers is for a URL; -1: none.
 *
 * @param {LabCase} labCase
 * @param {string} url
 */
export function hopIndex(labCase, url) {
    return labCase.answers.findIndex((hop) => sentUrl(hop.url, labCase.url) === url);
}

/**
 * The answers with the repair of a failed trace applied.
 *
 * @param {LabCase} labCase
 * @param {Trace} trace
 * @returns {HopAnswers[]}
 */
export function mendAnswers(labCase, {steps, outcome}) {
    const failed = outcome.failed_step === null ? null : steps[outcome.failed_step];
    const at = failed ? hopIndex(labCase, failed.url) : -1;
    const {repair} = outcome;
    if (at < 0 || repair === null) {
        return labCase.answers;
    }
    const member = repair.preflight ? 'preflight' : 'response';
    return labCase.answers.map((hop, index) =>
        (index === at ? {...hop, [member]: mendHead(hop[member], repair)} : hop));
}

/** What a server without any CORS answers. @param {string} url @returns {HopAnswers} */
export function ordinaryAnswers(url) {
    return {url, preflight: '204', response: '200\nContent-Type: application/json'};
}
