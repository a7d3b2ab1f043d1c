// SPDX-License-Identifier: MIT
/** Where origins come from besides the policy file itself: variables and lists of their own. */

/** @typedef {import('./libcors.js').PolicyBuilder} PolicyBuilder */
/** @typedef {import('./libcors.js').Position} Position */
/** @typedef {import('./policy_yaml.js').ListReader} ListReader */

/** @param {string} character */
function isBlank(character) {
    return character === ' ' || character === '\t' || character === '\r';
}

/**
 * What stands in a line of a list, and after how many blanks. A # that starts it or follows a
 * blank begins a comment.
 * @param {string} line
 * @returns {{origin: string, start: number}}
 */
function readLine(line) {
    const comment = line.search(/(?:^|[ \t\r])#/);
    let end = comment === -1 ? line.length : comment;
    let start = 0;
    while (start < end && isBlank(line[start])) {
        start++;
    }
    while (end > start && isBlank(line[end - 1])) {
        end--;
    }
    return {origin: line.slice(start, end), start};
}

/**
 * A reader of lists whose texts are there already, by the names that the policy gives them.
 * @param {Record<string, string>} files
 * @returns {ListReader}
 */
function readerOf(files) {
    return (_path, name) => Object.hasOwn(files, name)
        ? {text: files[name]} : {fault: 'No such file or directory'};
}

export class PolicySources {
    /**
     * @param {PolicyBuilder} builder
     * @param {string} policyFile whose folder names of lists are relative to
     * @param {Record<string, string | undefined>} variables
     * @param {Record<string, string> | ListReader} files
     */
    constructor(builder, policyFile, variables, files) {
        this.builder = builder;
        this.folder = policyFile.slice(0, policyFile.lastIndexOf('/') + 1);
        this.variables = variables;
        this.readList = typeof files === 'function' ? files : readerOf(files);
    }

    /**
     * @param {string} rule
     * @param {Position} position
     * @param {string} message
     */
    #report(rule, position, message) {
        this.builder.markIncomplete();
        this.builder.report(rule, position, message);
    }

    /**
     * Adds the origins in a variable, separated by commas or white space; an unset one has none.
     * @param {string} name
     * @param {string} environment '' is every one
     * @param {Position} position
     */
    addVariable(name, environment, position) {
        if (name === '' || name.includes('\0')) {
            this.#report('wrong-type', position, 'No variable can have this name.');
            return;
        }
        const value = Object.hasOwn(this.variables, name) ? this.variables[name] ?? '' : '';
        for (const origin of value.split(/[, \t\r\n]+/)) {
            if (origin !== '') {
                this.builder.addOriginFor(environment, origin, position);
            }
        }
    }

    /**
     * Adds the origins in a file, one a line, # before comments.
     * @param {string} name
     * @param {string} environment '' is every one
     * @param {Position} position
     */
    addFile(name, environment, position) {
        const path = name.startsWith('/') ? name : this.folder + name;
        const nameless = name === '' || name.includes('\0');
        const list = nameless ? {fault: 'no file can have this name'} : this.readList(path, name);
        if ('fault' in list) {
            const [shown] = path.split('\0');
            this.#report('unreadable-file', position,
                `The list "${shown}" cannot be read: ${list.fault}.`);
            if (!nameless) {
                this.builder.addFile(path);
            }
            return;
        }
        const text = list.text.replace(/^\uFEFF/, '');
        this.#addLines(text, environment, this.builder.addFile(path));
    }

    /**
     * @param {string} text
     * @param {string} environment
     * @param {number} file
     */
    #addLines(text, environment, file) {
        text.split('\n').forEach((line, index) => {
            const {origin, start} = readLine(line);
            if (origin !== '') {
                this.builder.addOriginFor(environment, origin,
                    {file, line: index + 1, column: start + 1});
            }
        });
    }
}
