// SPDX-License-Identifier: MIT
/** The subcommands as functions: what they print as JSON, as values. */

import {decideRequest} from './cli_decide.js';
import {readPolicyFile} from './cli_policy.js';
import {listProblems} from './cli_problems.js';
import {PolicyError} from './policy_error.js';
import {engine} from './embedded_engine.js';
import fs from 'node:fs';

/**
 * @typedef {import('../libcors.js').Problem} Problem
 * @typedef {import('../libcors_cli.js').LintOptions} LintOptions
 * @typedef {import('../libcors_cli.js').DecideRequest} DecideRequest
 * @typedef {import('../../wasm/libcors.js').BrowserName} BrowserName
 * @typedef {import('../../wasm/libcors.js').Scenario} Scenario
 */

/** @param {LintOptions} options */
function variablesOf({env}) {
    return env ?? process.env;
}

/**
 * @param {string | string[]} files
 * @param {LintOptions} [options]
 */
export function lintPolicies(files, options = {}) {
    const problems = [files].flat().flatMap((file) => {
        const read = readPolicyFile(file, options.environment, variablesOf(options));
        read.policy?.release();
        return read.problems;
    });
    return {problems};
}

/**
 * @param {string} policyFile
 * @param {any} requests one, or a list of them
 * @param {LintOptions} [options]
 * @returns {any}
 */
export function decideOnce(policyFile, requests, options = {}) {
    const {policy, problems} =
        readPolicyFile(policyFile, options.environment, variablesOf(options));
    if (policy === null) {
        throw new PolicyError(listProblems(problems, false, fs).trimEnd(), problems);
    }
    try {
        const decide = (/** @type {any} */ request) =>
            ({id: request?.id ?? null, ...decideRequest(policy, request)});
        return Array.isArray(requests) ? requests.map(decide) : decide(requests);
    } finally {
        policy.release();
    }
}

/** @param {string} message */
export function explainText(message) {
    return engine().explain(message);
}

/**
 * @param {Scenario} scenario
 * @param {{browser?: BrowserName}} [options]
 */
export function simulateOnce(scenario, options = {}) {
    return {id: scenario?.id ?? null, ...engine().simulate(scenario, options)};
}
