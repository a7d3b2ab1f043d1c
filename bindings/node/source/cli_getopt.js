// SPDX-License-Identifier: MIT
/** Options of a command line, as getopt_long() of the C library takes them apart. */

/**
 * @typedef {{name: string, argument: string | null}} Given
 *
 * What was given, in order, up to a `fault`: words for the person, without the command's name.
 * @typedef {{given: Given[], words: string[], fault: string | null}} Arguments
 */

/**
 * Which of the options is meant; a fault where none or several are.
 * @param {Map<string, boolean>} known
 * @param {string} name as written, without the dashes
 * @returns {{name: string} | {fault: string}}
 */
function findOption(known, name) {
    const meant = known.has(name) ? [name]
        : [...known.keys()].filter((each) => each.startsWith(name));
    if (meant.length === 1) {
        return {name: meant[0]};
    }
    return {fault: `unrecognized option '--${name}'`};
}

/**
 * @param {string[]} argv
 * @param {Record<string, boolean>} options by name, whether they take an argument
 * @returns {Arguments}
 */
export function readArguments(argv, options) {
    const known = new Map(Object.entries(options));
    /** @type {Arguments} */
    const read = {given: [], words: [], fault: null};
    for (let i = 0; i < argv.length && read.fault === null; i++) {
        const word = argv[i];
        if (word === '--') {
            read.words.push(...argv.slice(i + 1));
            break;
        } else if (word.startsWith('--')) {
            i += readLong(word.slice(2), argv[i + 1], known, read);
        } else if (word.startsWith('-') && word !== '-') {
            read.fault = `invalid option -- '${[...word][1]}'`;
        } else {
            read.words.push(word);
        }
    }
    return read;
}

/**
 * Returns how many of the words behind it the option took. A fault names no value, which may be a
 * secret.
 * @param {string} text
 * @param {string | undefined} next
 * @param {Map<string, boolean>} known
 * @param {Arguments} read
 */
function readLong(text, next, known, read) {
    const equals = text.indexOf('=');
    const written = equals === -1 ? text : text.slice(0, equals);
    const found = findOption(known, written);
    if ('fault' in found) {
        read.fault = found.fault;
        return 0;
    }
    const {name} = found;
    if (!known.get(name)) {
        read.fault = equals === -1 ? null : `option '--${written}' takes no argument`;
        read.given.push(...read.fault === null ? [{name, argument: null}] : []);
        return 0;
    }
    const argument = equals === -1 ? next : text.slice(equals + 1);
    if (argument === undefined) {
        read.fault = `option '--${written}' requires an argument`;
        return 0;
    }
    read.given.push({name, argument});
    return equals === -1 ? 1 : 0;
}
