// SPDX-License-Identifier: MIT
/**
 * JSON Lines in, JSON Lines out: a line for each line, in the same order, written whenever no
 * further line is ready.
 */

import {EXIT} from './cli_command.js';
import {plainValue, readJson, writeJson} from './cli_json.js';
import {JsonFault} from './cli_json_lexer.js';
import {Writer, faultText} from './cli_output.js';

/** A longer line is answered with an error and passed over: nobody means it. */
const LINE_MAX = 64 * 1024 * 1024;

const LINE_BREAK = 0x0A;

/** @param {unknown} value */
const line = (value) => `${writeJson(value)}\n`;

/**
 * @param {unknown} id
 * @param {string} error
 */
const errorLine = (id, error) => line({id: id ?? null, error});

const TOO_LONG = errorLine(null, 'the line is longer than 64 MiB');

/**
 * What is answered to a line.
 * @param {Buffer} text
 * @param {(request: any) => object} answer throws what is wrong with the line
 * @returns {string}
 */
export function answerLine(text, answer) {
    let value;
    try {
        value = readJson(text);
    } catch (fault) {
        if (fault instanceof JsonFault) {
            return errorLine(null,
                `the line is no JSON: ${fault.message}, at byte ${fault.position}`);
        }
        throw fault;
    }
    if (!(value instanceof Map)) {
        return errorLine(null, 'the line is no JSON object');
    }
    const id = value.get('id');
    try {
        return line({id: id ?? null, ...answer(plainValue(value))});
    } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError) {
            return errorLine(id, error.message);
        }
        throw error;
    }
}

/** What came and is not answered yet. */
class Lines {
    /** @type {Buffer[]} of a line that is not whole */
    #parts = [];
    #size = 0;
    #isDropped = false;

    /** @param {(text: Buffer) => string} answer */
    constructor(answer) {
        this.answer = answer;
    }

    /**
     * The answers to the lines that a chunk ends.
     * @param {Buffer} chunk
     * @returns {string}
     */
    take(chunk) {
        const answers = [];
        let start = 0;
        for (let end = chunk.indexOf(LINE_BREAK); end !== -1;
            end = chunk.indexOf(LINE_BREAK, start)) {
            answers.push(this.#end(chunk.subarray(start, end)));
            start = end + 1;
        }
        this.#add(chunk.subarray(start));
        return answers.join('');
    }

    /** The answer to a line without a break, at the end. */
    rest() {
        return this.#size > 0 || this.#isDropped ? this.#end(Buffer.alloc(0)) : '';
    }

    /** @param {Buffer} part */
    #add(part) {
        this.#size += part.length;
        this.#isDropped ||= this.#size > LINE_MAX;
        if (this.#isDropped) {
            this.#parts = [];
        } else if (part.length > 0) {
            this.#parts.push(part);
        }
    }

    /** @param {Buffer} part */
    #end(part) {
        this.#add(part);
        const isDropped = this.#isDropped;
        const text = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
        this.#parts = [];
        this.#size = 0;
        this.#isDropped = false;
        return isDropped ? TOO_LONG : this.answer(text);
    }
}

/**
 * Answers standard input to its end; the exit code.
 * @param {import('./cli_command.js').Run} run
 * @param {(request: any) => object} answer
 */
export async function runLines(run, answer) {
    const lines = new Lines((text) => answerLine(text, answer));
    const writer = new Writer(run.around.stdout);
    try {
        for await (const chunk of run.around.stdin) {
            const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk);
            const answers = lines.take(bytes);
            if (answers !== '' && !await writer.write(answers)) {
                break;
            }
        }
        await writer.write(lines.rest());
    } catch (error) {
        writer.fault ??= error;
    } finally {
        writer.close();
    }
    if (writer.fault !== null) {
        run.complain(`standard input or output failed: ${faultText(writer.fault)}`);
        return EXIT.FAILED;
    }
    return EXIT.FINE;
}
