// SPDX-License-Identifier: MIT
// The server's half of a case with a policy: reads the policy, answers by it, and remembers why.
import {policyServer} from '../case_play.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../case_play.js').Server} Server
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 * @typedef {import('../../../bindings/wasm/libcors.js').Policy} Policy
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 */

/** Which key of a policy decides, by the engine's reason. @type {Record<string, string>} */
const deciding = {
    'origin-not-allowed': 'allow_origins',
    'origin-null': 'allow_origins',
    'method-not-allowed': 'allow_methods',
    'header-not-allowed': 'allow_headers',
    'no-policy': 'path',
};

/** The key behind a field of the answer. @type {Record<string, string>} */
const keyOfField = {
    ALLOW_ORIGIN: 'allow_origins',
    ALLOW_CREDENTIALS: 'allow_credentials',
    ALLOW_METHODS: 'allow_methods',
    ALLOW_HEADERS: 'allow_headers',
};

/**
 * "line 3" where a key stands once, "lines 3, 9" where it stands twice.
 *
 * @param {string} text
 * @param {string} key
 */
function whereIs(text, key) {
    const lines = text.split('\n')
        .map((line, at) => (new RegExp(`^[\\s-]*${key}\\s*:`).test(line) ? at + 1 : 0))
        .filter(Boolean);
    if (lines.length === 0) {
        return 'which no policy has yet';
    }
    return lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(', ')}`;
}

/** @param {Shell} shell @param {LabCase} labCase */
export function makePolicySide(shell, labCase) {
    /** @type {Map<string, string>} */
    const reasons = new Map();
    const {cors} = shell;
    /** @param {Trace} trace @returns {string} */
    function advise({steps, outcome}) {
        const failed = outcome.failed_step === null ? null : steps[outcome.failed_step];
        if (!failed) {
            return '';
        }
        const kind = failed.kind === 'preflight' ? 'preflight' : 'actual';
        const reason = reasons.get(`${kind} ${failed.method}`) ??
            reasons.get(`no-policy ${failed.method}`) ?? '';
        const known = cors.tables.reasons.find(({name}) => name === reason);
        const field = Object.entries(cors.tables.fields)
            .find(([, name]) => name === outcome.field)?.[0] ?? '';
        const key = deciding[reason] ?? keyOfField[field];
        const says = reason && reason !== 'allowed' && known ? `${known.sentence} ` : '';
        return key ? `${says}Mend ${key} in the policy (${whereIs(labCase.policy, key)}).` : says;
    }

    return {
        /** @param {Policy | null} policy */
        server: (policy) => policyServer(cors, labCase, policy, ({kind, reason}, {method}) => {
            reasons.set(`${kind} ${method}`, reason);
        }),
        advise,
    };
}

/**
 * What the policy of a case is.
 *
 * @param {Shell} shell
 * @param {LabCase} labCase
 */
export async function readPolicy(shell, {policy, environment}) {
    const lint = await shell.loadLint();
    return lint(policy, {environment});
}
