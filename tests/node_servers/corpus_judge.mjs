// SPDX-License-Identifier: MIT
/**
 * The guard without a server: corpus_judge.mjs settings.json prints a decision for each case,
 * and for a refused policy the rules that it breaks. A character is a byte.
 */
import {readFileSync} from 'node:fs';

import {cors} from '../../bindings/node/source/connect_adapter.js';
import {nodeFiles} from '../../bindings/node/source/node_files.js';
import {createGuard} from '../../bindings/node/source/policy_guard.js';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function withVariables(variables, run) {
    Object.assign(process.env, variables);
    try {
        return run();
    } finally {
        Object.keys(variables).forEach((variable) => delete process.env[variable]);
    }
}

function decisions({file, environment, variables, cases}) {
    const options = {environment, onProblem() {}};
    const guard = withVariables(variables, () => createGuard(file, options, nodeFiles));
    const judged = cases.map((request) => guard.judge(request).judgement);
    guard.close();
    return judged;
}

function refusal({file, environment, variables}) {
    try {
        withVariables(variables, () => cors(file, {environment})).close();
        return null;
    } catch (error) {
        return {name: error.name, code: error.code, message: error.message,
            problems: error.problems};
    }
}

console.log(JSON.stringify({
    policies: settings.policies.map(decisions), refusals: settings.refusals.map(refusal),
}));
