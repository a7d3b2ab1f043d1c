// SPDX-License-Identifier: MIT
/** The command of this package: finds the subcommand. */

import {COMMAND, EXIT, Run} from './cli_command.js';
import {runDecide} from './cli_decide.js';
import {runExplain} from './cli_explain.js';
import {runLint} from './cli_lint.js';
import {Writer} from './cli_output.js';
import {runSimulate} from './cli_simulate.js';
import {cleanBytes} from './cli_text.js';
import {engine} from './embedded_engine.js';

/** @typedef {import('./cli_command.js').Surroundings} Surroundings */

const COMMANDS = {
    lint: {run: runLint, summary: 'check policy files and show what is wrong, and where'},
    decide: {run: runDecide, summary: 'say what a policy answers to requests, as JSON Lines'},
    simulate: {run: runSimulate,
        summary: 'say what browsers do with calls and answers, as JSON Lines'},
    explain: {run: runExplain,
        summary: 'say what a browser\'s console message means, and what to do'},
};

/** What only the native command has. */
const NATIVE = ['check', 'audit', 'test', 'serve', 'lab'];

function helpText() {
    const list = Object.entries(COMMANDS)
        .map(([name, {summary}]) => `  ${name.padEnd(10)} ${summary}\n`).join('');
    return `Usage: ${COMMAND} COMMAND [OPTION]...

CORS policies: checked before they are used, and answered exactly right.

Commands:
${list}
Options:
  --help     this text; \`${COMMAND} COMMAND --help\` has that of a command
  --version  the version

Examples:
  ${COMMAND} lint cors.yaml
  ${COMMAND} decide --policy cors.yaml < requests.jsonl

Exit status: 0 fine, 1 a finding, 2 wrong usage or a bad policy, 3 something
needed failed.
`;
}

/** @param {string} given */
function unknownText(given) {
    if (NATIVE.includes(given)) {
        return `"${given}" is a command of \`cors\` itself, which needs the native package`;
    }
    const meant = Object.keys(COMMANDS).find((name) => given !== '' && name.startsWith(given));
    return `there is no command "${cleanBytes(given)}"; ` +
        `${meant === undefined ? '' : `did you mean "${meant}"? `}` +
        `\`${COMMAND} --help\` lists the commands`;
}

/**
 * @param {string[]} argv
 * @param {Surroundings} around
 * @returns {Promise<number>}
 */
async function runCommand([name, ...argv], around) {
    if (Object.hasOwn(COMMANDS, name)) {
        const {run} = COMMANDS[/** @type {keyof typeof COMMANDS} */ (name)];
        return run(argv, new Run(name, around));
    }
    around.stderr.write(`${COMMAND}: ${unknownText(name)}\n`);
    return EXIT.USAGE;
}

/**
 * @param {string} text
 * @param {Surroundings} around
 */
async function print(text, around) {
    const writer = new Writer(around.stdout);
    const isWritten = await writer.write(text);
    writer.close();
    return isWritten ? EXIT.FINE : EXIT.FAILED;
}

/**
 * @param {string[]} argv
 * @param {Surroundings} around
 * @returns {Promise<number>} the exit code
 */
export async function runCli(argv, around) {
    if (argv.length === 0) {
        around.stderr.write(`${COMMAND}: name a command; \`${COMMAND} --help\` lists them\n`);
        return EXIT.USAGE;
    }
    if (argv[0] === '--help' || argv[0] === 'help') {
        return print(helpText(), around);
    }
    const isVersion = argv[0] === '--version' ||
        Object.hasOwn(COMMANDS, argv[0]) && argv.length === 2 && argv[1] === '--version';
    return isVersion ? print(`${COMMAND} ${engine().version}\n`, around)
        : runCommand(argv, around);
}
