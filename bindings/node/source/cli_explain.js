// SPDX-License-Identifier: MIT
/** libcors explain: what a pasted console message means. */

import {EXIT} from './cli_command.js';
import {writeJson} from './cli_json.js';
import {Writer} from './cli_output.js';
import {STYLE, decodeBytes, cleanBytes, styled} from './cli_text.js';
import {engine} from './embedded_engine.js';

/** @typedef {import('../../wasm/libcors.js').Explanation} Explanation */

/** A console's scrollback, not a file. */
const TEXT_MAX = 1024 * 1024;

const HELP = `\
Usage: libcors explain [--json] [MESSAGE]

Reads a console message of Chromium, Firefox or Safari about a blocked call, of today
or of former years, and says what it means and what to do. Without an argument the
message comes from standard input; other console lines around it do no harm.

Options:
  --json                      the explanation as JSON
  --color auto|always|never   colours; NO_COLOR is honoured
  --help                      this text

Example:
  libcors explain "Access to fetch at 'https://api.example/x' from origin
    'https://app.example' has been blocked by CORS policy: Response to preflight
    request doesn't pass access control check: It does not have HTTP ok status."

Exit status: 0 explained, 1 no message that is known, 2 wrong usage, 3 input or output
failed.
`;

const UNKNOWN = 'this holds no console message about CORS that is known; paste the whole red ' +
    'line, from "Access to" or "Cross-Origin Request Blocked" on';

/** @param {string} name */
function adviceOf(name) {
    return engine().tables.whys.find((why) => why.name === name)?.advice ?? '';
}

/**
 * Why there was a preflight, as far as the message tells.
 * @param {Explanation} explanation
 */
function explainPreflight({code, preflight, named: {method, header}}) {
    if (code === 'method-not-allowed' && method !== null) {
        return `the method ${method} made a preflight necessary. ${adviceOf('method')}`;
    }
    if (code === 'header-not-allowed' && header !== null) {
        const why = header.toLowerCase() === 'content-type' ? 'content-type' : 'header';
        return `the header ${header} made a preflight necessary. ${adviceOf(why)}`;
    }
    return preflight ? 'it failed before the call itself was sent; `cors check` says what made ' +
        'it necessary.' : null;
}

/** @param {string} name */
function causeOf(name) {
    return engine().tables.codes.find((code) => code.name === name)?.cause ?? '';
}

/**
 * @param {Explanation} explanation
 * @param {boolean} colour
 */
function explanationText(explanation, colour) {
    const {browser, code, also, preflight, url, origin, cause, fix, check} = explanation;
    const failed = preflight === null ? ''
        : preflight ? ' (the preflight failed)' : ' (the request itself failed)';
    /** @type {Array<[title: string, text: string | null]>} */
    const lines = [['URL', url], ['Page', origin], ['Cause', cause],
        ...also.map((name, index) => /** @type {[string, string]} */ (
            [index === 0 ? 'Or' : '', causeOf(name)])),
        ['Fix', fix], ['Preflight', explainPreflight(explanation)], ['Check', check]];
    const shown = lines.filter(([, text]) => text !== null).map(([title, text]) =>
        `${styled(colour, STYLE.bold, title.padEnd(10))}${cleanBytes(text ?? '')}\n`);
    return `${browser ?? 'a browser'}: ${code}${failed}\n\n${shown.join('')}`;
}

/** @param {AsyncIterable<Uint8Array | string>} input */
async function readMessage(input) {
    const parts = [];
    let size = 0;
    for await (const chunk of input) {
        const part = Buffer.from(/** @type {Uint8Array} */ (chunk));
        parts.push(part);
        size += part.length;
        if (size >= TEXT_MAX) {
            break;
        }
    }
    return decodeBytes(Buffer.concat(parts).subarray(0, TEXT_MAX));
}

/**
 * @param {string[]} words
 * @param {import('./cli_command.js').Run} run
 * @returns {Promise<string | null>} null: it cannot be read
 */
async function takeMessage(words, run) {
    if (words.length > 0) {
        return words.join(' ');
    }
    const {stdin, stderr} = run.around;
    if (stdin.isTTY) {
        stderr.write(`${run.words}: paste the message, then press Ctrl-D\n`);
    }
    try {
        return await readMessage(stdin);
    } catch {
        run.complain('standard input failed');
        return null;
    }
}

/**
 * @param {string[]} argv
 * @param {import('./cli_command.js').Run} run
 */
export async function runExplain(argv, run) {
    let isJson = false;
    const words = run.takeArguments(argv, HELP, {
        json: () => {
            isJson = true;
        },
    });
    if (typeof words === 'number') {
        return words;
    }
    const message = await takeMessage(words, run);
    if (message === null) {
        return EXIT.FAILED;
    }
    const explanation = engine().explain(message);
    if (explanation === null) {
        run.complain(UNKNOWN);
        return EXIT.FINDING;
    }
    const writer = new Writer(run.around.stdout);
    const isWritten = await writer.write(isJson ? `${writeJson(explanation)}\n`
        : explanationText(explanation, run.wantsColour('stdout')));
    writer.close();
    return isWritten ? EXIT.FINE : EXIT.FAILED;
}
