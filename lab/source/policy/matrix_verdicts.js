// SPDX-License-Identifier: MIT
// Who may do what, as the engine says it: each call is played through a browser, against the
// server's half with the policy.
import {plainCase, formatHead} from '../lab_case.js';
import {playCase, policyServer} from '../case_play.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Policy} Policy
 * @typedef {import('../../../bindings/wasm/libcors.js').Decision} Decision
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 *
 * @typedef {{labCase: LabCase, trace: Trace, reason: string, sent: boolean}} Played `reason` is the
 *   policy's, `sent`: whether the request itself went out, and not only its preflight
 *
 * @typedef {'credentials' | 'plain' | 'unread' | 'stopped' | 'home'} Verdict
 *
 * @typedef {{verdict: Verdict, reason: string, shown: Played, withCredentials: Played,
 *   without: Played}} Cell
 */

/**
 * The URL of a path at the state's server.
 *
 * @param {PolicyState} state
 * @param {string} path
 */
export function urlOf({server}, path) {
    return new URL(new URL(server).origin + path);
}

/**
 * The call that a cell is about.
 *
 * @param {PolicyState} state
 * @param {string} path
 * @param {string} origin
 * @param {string} method
 * @returns {LabCase}
 */
function caseOf(state, path, origin, method) {
    const names = state.headers.split(/[\s,]+/).filter(Boolean);
    return {
        ...plainCase, page: origin, url: urlOf(state, path).href, method,
        headers: names.map((name) =>
            `${name}: ${/^content-type$/i.test(name) ? 'application/json' : 'x'}`).join('\n'),
        server: 'policy', policy: state.policy, environment: state.environment,
    };
}

/**
 * @param {Cors} cors
 * @param {Policy} policy
 * @param {LabCase} labCase
 * @returns {Played}
 */
function play(cors, policy, labCase) {
    /** @type {Decision | null} */
    let last = null;
    const trace = playCase(cors, labCase, policyServer(cors, labCase, policy, (made) => {
        last = made;
    }));
    const decision = /** @type {Decision | null} */ (last);
    const isDenied = decision !== null &&
        (decision.allowed === false || decision.kind === 'no-policy');
    return {
        labCase, trace, sent: trace.steps.some(({kind}) => kind === 'request'),
        reason: trace.outcome.ok ? '' : isDenied ? decision.reason : trace.outcome.code,
    };
}

/**
 * @param {Played} withCredentials
 * @param {Played} without
 * @returns {Verdict}
 */
function verdictOf(withCredentials, without) {
    if (without.trace.outcome.ok && without.trace.outcome.type === 'basic') {
        return 'home';
    }
    if (withCredentials.trace.outcome.ok) {
        return 'credentials';
    }
    if (without.trace.outcome.ok) {
        return 'plain';
    }
    return without.sent ? 'unread' : 'stopped';
}

/**
 * @param {Cors} cors
 * @param {Policy} policy
 * @param {PolicyState} state
 * @param {string} path
 * @param {string} origin
 * @param {string} method
 * @returns {Cell}
 */
export function judgeCell(cors, policy, state, path, origin, method) {
    const labCase = caseOf(state, path, origin, method);
    const without = play(cors, policy, labCase);
    const withCredentials = play(cors, policy, {...labCase, credentials: 'include'});
    const verdict = verdictOf(withCredentials, without);
    const shown = verdict === 'credentials' ? withCredentials : without;
    return {verdict, reason: shown.reason, shown, withCredentials, without};
}

/**
 * What the room Exchange can play by itself. It knows no variables and no files: where the policy
 * may need them, it gets the answers in place of the policy.
 *
 * @param {PolicyState} state
 * @param {Played} played
 * @returns {LabCase}
 */
export function exchangeCase(state, {labCase, trace}) {
    if (state.variables.length === 0 && state.files.length === 0) {
        return labCase;
    }
    const answer = {url: labCase.url, preflight: '', response: ''};
    for (const step of trace.steps) {
        answer[step.kind === 'preflight' ? 'preflight' : 'response'] = formatHead(step.answer);
    }
    return {...labCase, server: 'answers', answers: [answer]};
}
