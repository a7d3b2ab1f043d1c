// SPDX-License-Identifier: MIT
/** libcors simulate: what a browser does with calls and answers. */

import {EXIT} from './cli_command.js';
import {runLines} from './cli_lines.js';
import {engine} from './embedded_engine.js';

/** @typedef {import('../../wasm/libcors.js').BrowserName} BrowserName */

const HELP = `\
Usage: libcors simulate [--browser NAME]

Reads calls of a page and the answers of servers as JSON Lines, and says for each what
the browser sends, whether script gets the answer, and what the console prints.

A line:      {"id": 1, "page": "https://app.example",
              "fetches": [{"url": "https://api.example/x", "method": "PUT"}],
              "server": {"https://api.example/x": {"preflight": {"status": 204,
               "headers": [[name, value], ...]}, "response": {...}}}}
Its answer:  {"id": 1, "fetches": [{"result": "ok", "type": "cors", ...}],
              "sent": [{"method": "OPTIONS", ...}]}

Options:
  --browser NAME              standard (default), chromium, firefox, safari
  --json                      accepted; the answers are JSON anyway
  --color auto|always|never   colours in complaints; NO_COLOR is honoured
  --help                      this text

Example:
  libcors simulate --browser firefox < calls.jsonl

Exit status: 0 whatever the verdicts, 2 wrong usage, 3 input or output failed.
`;

/**
 * @param {string[]} argv
 * @param {import('./cli_command.js').Run} run
 */
export async function runSimulate(argv, run) {
    let browser = /** @type {BrowserName} */ ('standard');
    const words = run.takeArguments(argv, HELP, {
        browser: (name) => {
            if (!engine().tables.browsers.includes(/** @type {BrowserName} */ (name))) {
                run.complain('--browser is standard, chromium, firefox or safari');
                return EXIT.USAGE;
            }
            browser = /** @type {BrowserName} */ (name);
        },
        json: () => {},
    });
    if (typeof words === 'number') {
        return words;
    }
    if (words.length > 0) {
        return run.complain('calls come from standard input, not from an argument');
    }
    return runLines(run, (scenario) => engine().simulate(scenario, {browser}));
}
