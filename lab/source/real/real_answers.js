// SPDX-License-Identifier: MIT
// What the servers of a case answer, and the same as the lab's server can send it.
import {parseHead} from '../lab_case.js';
import {playCase, policyServer} from '../case_play.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Answer} Answer
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {{preflight: Answer | null, response: Answer | null}} CaseAnswers
 */

/**
 * Lines that stay away: what the lab's server writes itself, what would leave something behind in
 * this browser, and what decides about answers beside CORS.
 */
const WITHHELD = new Set(['content-length', 'transfer-encoding', 'connection', 'date', 'keep-alive',
    'upgrade', 'trailer', 'content-encoding', 'set-cookie', 'set-cookie2', 'clear-site-data',
    'www-authenticate', 'cross-origin-resource-policy', 'link', 'refresh']);

/** What elements take for their own. @type {Record<string, string>} */
const MEDIA_TYPES = {
    image: 'image/gif', script: 'text/javascript', module: 'text/javascript',
    stylesheet: 'text/css', font: 'font/woff', eventsource: 'text/event-stream',
};

/** @param {string} text @param {string} base */
function absolute(text, base) {
    try {
        const url = new URL(text, base);
        url.hash = url.username = url.password = '';
        return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
        return null; // while somebody types
    }
}

/**
 * Answers written by hand.
 *
 * @param {LabCase} labCase
 */
function handAnswers(labCase) {
    /** @type {Record<string, CaseAnswers>} */
    const answers = {};
    for (const hop of labCase.answers) {
        const url = absolute(hop.url, labCase.url);
        if (url !== null) {
            answers[url] = {
                preflight: parseHead(hop.preflight).answer,
                response: parseHead(hop.response).answer,
            };
        }
    }
    return answers;
}

/**
 * What a policy has answered where the case was played.
 *
 * @param {import('../rooms.js').Shell} shell
 * @param {LabCase} labCase
 */
async function policyAnswers(shell, labCase) {
    const lint = await shell.loadLint();
    const {policy} = lint(labCase.policy, {environment: labCase.environment});
    /** @type {Record<string, CaseAnswers>} */
    const answers = {};
    try {
        const trace = playCase(shell.cors, labCase, policyServer(shell.cors, labCase, policy),
            shell.thisBrowser());
        for (const {url, kind, answer} of trace.steps) {
            answers[url] ??= {preflight: null, response: null};
            answers[url][kind === 'preflight' ? 'preflight' : 'response'] ??= answer;
        }
    } finally {
        policy?.release();
    }
    return answers;
}

/**
 * By URL, without fragment.
 *
 * @param {import('../rooms.js').Shell} shell
 * @param {LabCase} labCase
 * @returns {Promise<Record<string, CaseAnswers>>}
 */
export async function answersOf(shell, labCase) {
    return labCase.server === 'policy' ? policyAnswers(shell, labCase) : handAnswers(labCase);
}

/**
 * The names that the answers have and this machine's do not.
 *
 * @param {Record<string, CaseAnswers>} answers
 */
export function leftOut(answers) {
    const names = Object.values(answers)
        .flatMap(({preflight, response}) => [preflight, response])
        .flatMap((answer) => answer?.headers ?? [])
        .map(([name]) => name)
        .filter((name) => WITHHELD.has(name.toLowerCase()));
    return [...new Set(names)].sort();
}

/**
 * The answer as the lab's server sends it: in the type that the element takes, kept by no cache.
 *
 * @param {Answer} answer
 * @param {string | undefined} initiator
 * @param {(name: string, value: string) => string} carry a field's value to this machine
 * @returns {Answer}
 */
export function localAnswer(answer, initiator, carry) {
    const type = MEDIA_TYPES[initiator ?? 'fetch'];
    const replaced = type ? ['content-type', 'x-content-type-options'] : [];
    /** @type {import('../../../bindings/wasm/libcors.js').FieldLine[]} */
    const headers = (answer.headers ?? [])
        .filter(([name]) => !WITHHELD.has(name.toLowerCase()) &&
            !replaced.includes(name.toLowerCase()))
        .map(([name, value]) => [name, carry(name, value)]);
    if (type) {
        headers.push(['Content-Type', type]);
    }
    headers.push(['Cache-Control', 'no-store']);
    return {status: answer.status, headers};
}
