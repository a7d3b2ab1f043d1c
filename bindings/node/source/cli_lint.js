// SPDX-License-Identifier: MIT
/** libcors lint: the problems of policy files. */

import fs from 'node:fs';

import {EXIT} from './cli_command.js';
import {writeJson} from './cli_json.js';
import {Writer} from './cli_output.js';
import {TooLarge, readPolicyFile} from './cli_policy.js';
import {listProblems} from './cli_problems.js';

/** @typedef {import('../libcors.js').Problem} Problem */

const HELP = `\
Usage: libcors lint [--env NAME] [--strict] [--json] FILE...

Checks policy files and prints every problem with its line, a caret under the
place, and what to write instead.

Options:
  --env NAME                  environment; default $CORS_ENV, else production
  --strict                    exit with 1 for warnings too
  --json                      one JSON object: {"problems": [...]}
  --color auto|always|never   colours; NO_COLOR is honoured
  --help                      this text

Examples:
  libcors lint cors.yaml
  libcors lint --env development --strict cors.yaml
  libcors lint --json cors.yaml | jq '.problems[].rule'

Exit status: 0 fine, 1 an error (with --strict: or a warning), 2 wrong usage.
The rules are in cors-policy(5).
`;

const SEVERITIES = /** @type {const} */ (['error', 'warning', 'info']);

/** "2 errors, 1 warning": what there is of each, or that there is nothing. */
function summary(/** @type {Map<Problem['severity'], number>} */ counts) {
    const parts = SEVERITIES.map((severity) => ({severity, count: counts.get(severity) ?? 0}))
        .filter(({count}) => count > 0)
        .map(({severity, count}) => `${count} ${severity}${count === 1 ? '' : 's'}`);
    return parts.length === 0 ? 'no problems' : parts.join(', ');
}

/** One run over some files. */
class Lint {
    environment = '';
    isStrict = false;
    isJson = false;
    /** @type {Problem[]} */
    problems = [];
    /** @type {Map<Problem['severity'], number>} */
    counts = new Map();

    /** @param {import('./cli_command.js').Run} run */
    constructor(run) {
        this.run = run;
    }

    /** @param {Problem['severity']} severity */
    #count(severity) {
        this.counts.set(severity, (this.counts.get(severity) ?? 0) + 1);
    }

    /** @param {string} path */
    #read(path) {
        try {
            const {problems, policy} = readPolicyFile(path, this.environment, this.run.around.env);
            policy?.release();
            return problems;
        } catch (error) {
            if (!(error instanceof TooLarge)) {
                throw error;
            }
            this.run.complain(`the lists of ${path} are larger than a policy can be`);
            this.#count('error');
            return [];
        }
    }

    /** Checks a file; what is to be printed of it now. @param {string} path */
    file(path) {
        const problems = this.#read(path);
        problems.forEach(({severity}) => this.#count(severity));
        if (this.isJson) {
            this.problems.push(...problems);
            return '';
        }
        return listProblems(problems, this.run.wantsColour('stdout'), fs);
    }

    get exitCode() {
        const isFound = this.counts.has('error') || this.isStrict && this.counts.has('warning');
        return isFound ? EXIT.FINDING : EXIT.FINE;
    }
}

/**
 * @param {Lint} lint
 * @param {string[]} files
 * @param {Writer} writer
 */
async function print(lint, files, writer) {
    let isWritten = true;
    for (const file of files) {
        isWritten = isWritten && await writer.write(lint.file(file));
    }
    const json = `${writeJson({problems: lint.problems})}\n`;
    return isWritten && (!lint.isJson || await writer.write(json));
}

/**
 * @param {string[]} argv
 * @param {import('./cli_command.js').Run} run
 */
export async function runLint(argv, run) {
    const lint = new Lint(run);
    const files = run.takeArguments(argv, HELP, {
        env: (name) => {
            lint.environment = name;
        },
        strict: () => {
            lint.isStrict = true;
        },
        json: () => {
            lint.isJson = true;
        },
    });
    if (typeof files === 'number') {
        return files;
    }
    if (files.length === 0) {
        return run.complain(`name a policy file; \`${run.words} --help\` says more`);
    }
    const writer = new Writer(run.around.stdout);
    const isWritten = await print(lint, files, writer);
    writer.close();
    if (!isWritten) {
        run.complain('out of memory, or the output cannot be written');
        return EXIT.FAILED;
    }
    if (!lint.isJson) {
        run.around.stderr.write(`${summary(lint.counts)}\n`);
    }
    return lint.exitCode;
}
