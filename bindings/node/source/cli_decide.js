// SPDX-License-Identifier: MIT
/** libcors decide: what a policy answers to requests. */

import fs from 'node:fs';

import {EXIT} from './cli_command.js';
import {runLines} from './cli_lines.js';
import {TooLarge, readPolicyFile} from './cli_policy.js';
import {listProblems} from './cli_problems.js';
import {engine} from './embedded_engine.js';

/** @typedef {import('../../wasm/libcors.js').Policy} Policy */

const HELP = `\
Usage: libcors decide --policy FILE [--env NAME]

Reads requests as JSON Lines and answers each with what the policy decides.

A request:   {"id": 1, "method": "GET", "path": "/api/x",
              "headers": [["Origin", "https://app.example.com"]]}
Its answer:  {"id": 1, "kind": "actual", "allowed": true, "reason": "allowed",
              "status": null, "set": [[name, value], ...], "vary": [...]}

Options:
  --policy FILE               the policy
  --env NAME                  environment; default $CORS_ENV, else production
  --json                      accepted; the answers are JSON anyway
  --color auto|always|never   colours in complaints; NO_COLOR is honoured
  --help                      this text

Example:
  echo '{"method":"GET","path":"/","headers":[["Origin","https://a.example"]]}' |
    libcors decide --policy cors.yaml

Exit status: 0 whatever the decisions, 2 wrong usage or a bad policy, 3 input or
output failed.
`;

/**
 * What a policy answers to a request as it stands in a line.
 * @param {Policy} policy
 * @param {any} request
 */
export function decideRequest(policy, request) {
    const {method, path, headers} = request;
    const {kind, allowed, reason, status, set, vary} = engine().decide(policy,
        // A missing list is an empty one; any other that is none is the engine's to refuse.
        {method, path, headers: headers === null ? 'none' : headers});
    return {kind, allowed, reason, status, set, vary};
}

/**
 * @param {string} path
 * @param {string} environment
 * @param {import('./cli_command.js').Run} run
 */
function openPolicy(path, environment, run) {
    try {
        const {policy, problems} = readPolicyFile(path, environment, run.around.env);
        if (policy === null) {
            run.around.stderr.write(listProblems(problems, run.wantsColour('stderr'), fs));
            run.complain('the policy has errors and is refused');
        }
        return policy;
    } catch (error) {
        if (error instanceof TooLarge) {
            run.complain('the policy\'s lists are larger than a policy can be');
            return null;
        }
        throw error;
    }
}

/**
 * @param {string[]} argv
 * @param {import('./cli_command.js').Run} run
 */
export async function runDecide(argv, run) {
    let path = null;
    let environment = '';
    const words = run.takeArguments(argv, HELP, {
        policy: (file) => {
            path = file;
        },
        env: (name) => {
            environment = name;
        },
        json: () => {},
    });
    if (typeof words === 'number') {
        return words;
    }
    if (path === null) {
        return run.complain('name the policy with --policy FILE');
    }
    if (words.length > 0) {
        return run.complain('requests come from standard input, not from an argument');
    }
    const policy = openPolicy(path, environment, run);
    if (policy === null) {
        return EXIT.USAGE;
    }
    try {
        return await runLines(run, (request) => decideRequest(policy, request));
    } finally {
        policy.release();
    }
}
