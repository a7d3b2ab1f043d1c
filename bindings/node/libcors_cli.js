// SPDX-License-Identifier: MIT
/** The command line as functions, and as a command; libcors_cli.d.ts says what each does. */

import {runCli} from './source/cli_run.js';
import {decideOnce, explainText, lintPolicies, simulateOnce} from './source/cli_calls.js';

/** @typedef {import('./libcors_cli.js').CliStreams} CliStreams */

/**
 * @param {string[]} argv
 * @param {CliStreams} [streams]
 */
export function run(argv, streams = {}) {
    return runCli(argv, {
        get stdin() {
            return streams.stdin ?? process.stdin;
        },
        stdout: streams.stdout ?? process.stdout,
        stderr: streams.stderr ?? process.stderr,
        env: streams.env ?? process.env,
    });
}

/** The command `libcors`. */
export async function main() {
    process.exitCode = await run(process.argv.slice(2));
}

export {
    decideOnce as decide, explainText as explain, lintPolicies as lint, simulateOnce as simulate,
};
