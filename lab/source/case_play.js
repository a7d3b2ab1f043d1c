// SPDX-License-Identifier: MIT
// Plays a case in the engine: the browser's half against answers written by hand, or against the
// server's half with a policy.
import {callOf, parseFields, parseHead} from './lab_case.js';

/**
 * @typedef {import('../../bindings/wasm/libcors.js').SentRequest} SentRequest
 * @typedef {import('../../bindings/wasm/libcors.js').Answer} Answer
 * @typedef {import('../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../../bindings/wasm/libcors.js').Policy} Policy
 * @typedef {import('../../bindings/wasm/libcors.js').Decision} Decision
 * @typedef {import('../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('./engine.js').BrowserName} BrowserName
 * @typedef {import('./lab_case.js').LabCase} LabCase
 * @typedef {(request: SentRequest) => Answer | null} Server what answers a request; null: nothing does
 */

/** @param {string} url */
function withoutFragment(url) {
    return url.replace(/#.*/s, '');
}

/** The path that a server sees, decoded as servers do. @param {string} url */
function pathOf(url) {
    const {pathname} = new URL(url);
    try {
        return decodeURIComponent(pathname);
    } catch {
        return pathname;
    }
}

/**
 * Answers written by hand: each URL has its own; a URL without any gets no answer.
 *
 * @param {LabCase} labCase
 * @returns {Server}
 */
export function handServer(labCase) {
    /** @type {Map<string, import('./lab_case.js').HopAnswers>} */
    const byUrl = new Map();
    for (const hop of labCase.answers) {
        try {
            byUrl.set(withoutFragment(new URL(hop.url, labCase.url).href), hop);
        } catch {
            // What is no URL yet, while somebody types, answers nothing.
        }
    }
    return (request) => {
        const hop = byUrl.get(request.url);
        return hop ? parseHead(request.kind === 'preflight' ? hop.preflight : hop.response).answer
            : null;
    };
}

/**
 * An application behind a policy: the policy answers preflights, and has its say on what the
 * application answers to all else.
 *
 * @param {Cors} cors
 * @param {LabCase} labCase
 * @param {Policy | null} policy
 * @param {(decision: Decision, request: SentRequest) => void} [onDecision] is told each decision
 * @returns {Server}
 */
export function policyServer(cors, labCase, policy, onDecision = () => {}) {
    const application = {
        status: /^\d{3}$/.test(labCase.status) ? Number(labCase.status) : 200,
        headers: parseFields(labCase.application).fields,
    };
    return (request) => {
        const decision = cors.decide(policy, {
            method: request.method, path: pathOf(request.url), headers: request.fields,
        });
        onDecision(decision, request);
        const status = decision.status ?? application.status;
        const headers = decision.status === null ? application.headers : [];
        return {status, headers: cors.applyDecision(decision, headers)};
    };
}

/**
 * What a browser makes of it.
 *
 * @param {Cors} cors
 * @param {LabCase} labCase
 * @param {Server} server
 * @param {BrowserName} [browserName]
 * @returns {Trace}
 */
export function playCase(cors, labCase, server, browserName = labCase.browser) {
    const {context, call} = callOf(labCase);
    const browser = cors.createBrowser(browserName);
    try {
        return browser.play(context, call, server);
    } finally {
        browser.release();
    }
}
