// SPDX-License-Identifier: MIT
/** What the subcommands share: where they read and write, what they end with. */

import {readArguments} from './cli_getopt.js';

/** What a command ends with. */
export const EXIT = {
    FINE: 0,
    FINDING: 1, // a problem
    USAGE: 2, // wrong options, or a bad policy for a command that needs a good one
    FAILED: 3, // reading or writing
};

/** What the package's command is called. */
export const COMMAND = 'libcors';

/**
 * Where to write: a stream of Node's, or what is like one.
 * @typedef {{write(text: string | Uint8Array): unknown, isTTY?: boolean}} Output
 *
 * @typedef {object} Surroundings
 * @property {AsyncIterable<Uint8Array | string> & {isTTY?: boolean}} stdin
 * @property {Output} stdout
 * @property {Output} stderr
 * @property {Record<string, string | undefined>} env
 *
 * @typedef {'auto' | 'always' | 'never'} ColourChoice
 */

/** @param {Output} output @param {ColourChoice} choice @param {Surroundings['env']} env */
export function wantsColour(output, choice, env) {
    return choice === 'auto' ? !env.NO_COLOR && output.isTTY === true : choice === 'always';
}

/** One run of a subcommand. */
export class Run {
    /** @type {ColourChoice} */
    colour = 'auto';

    /**
     * @param {string} name of the subcommand
     * @param {Surroundings} surroundings
     */
    constructor(name, surroundings) {
        this.words = `${COMMAND} ${name}`;
        this.around = surroundings;
    }

    /** @param {string} message */
    complain(message) {
        this.around.stderr.write(`${this.words}: ${message}\n`);
        return EXIT.USAGE;
    }

    /** Whether to colour what goes to standard output, or error. @param {'stdout' | 'stderr'} to */
    wantsColour(to) {
        return wantsColour(this.around[to], this.colour, this.around.env);
    }

    /**
     * Takes the options; the words that are none, or the exit code where the run ends here.
     * @param {string[]} argv
     * @param {string} help
     * @param {Record<string, (argument: string) => number | void>} takers by option; one that
     *     takes no argument has no parameter
     * @returns {string[] | number}
     */
    takeArguments(argv, help, takers) {
        const known = Object.entries(takers).map(([name, take]) => [name, take.length > 0]);
        const {given, words, fault} =
            readArguments(argv, {...Object.fromEntries(known), color: true, help: false});
        for (const {name, argument} of given) {
            const code = this.#take(name, argument ?? '', help, takers);
            if (code !== undefined) {
                return code;
            }
        }
        if (fault !== null) {
            this.complain(fault);
            return this.complain(`\`${this.words} --help\` lists the options`);
        }
        return words;
    }

    /**
     * @param {string} name
     * @param {string} argument
     * @param {string} help
     * @param {Record<string, (argument: string) => number | void>} takers
     */
    #take(name, argument, help, takers) {
        if (name === 'help') {
            this.around.stdout.write(help);
            return EXIT.FINE;
        }
        if (name !== 'color') {
            return takers[name](argument) ?? undefined;
        }
        if (argument !== 'auto' && argument !== 'always' && argument !== 'never') {
            this.around.stderr.write(`${COMMAND}: --color is auto, always or never\n`);
            return EXIT.USAGE;
        }
        this.colour = argument;
        return undefined;
    }
}
