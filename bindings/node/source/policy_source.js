// SPDX-License-Identifier: MIT
/** Where a policy comes from: a file that may change, or data. */

import {lintPolicy} from '../../wasm/policy_yaml.js';
import {engine} from './embedded_engine.js';
import {PolicyError, warnOfProblems} from './policy_error.js';
import {showProblems} from './problem_text.js';

/**
 * @typedef {import('../libcors.js').Problem} Problem
 * @typedef {import('../../wasm/libcors.js').Policy} Policy
 * @typedef {import('./policy_files.js').PolicyFiles} PolicyFiles
 * @typedef {import('./policy_files.js').FileStamp} FileStamp
 * @typedef {import('./policy_guard.js').View} View
 *
 * @typedef {object} SourceOptions
 * @property {string} [environment]
 * @property {boolean} [reload]
 * @property {(problems: Problem[], message: string) => void} [onProblem]
 * @property {WebAssembly.Module} [wasm]
 *
 * `read`: the policy's text. `file`: where that is in a file.
 * @typedef {object} PolicyText
 * @property {string} name in problems
 * @property {string | null} file
 * @property {() => {text: string} | {fault: string}} read
 *
 * @typedef {object} Reading
 * @property {Policy | null} policy
 * @property {Problem[]} problems
 * @property {Map<string, string>} texts of all files that could be read
 * @property {Map<string, FileStamp>} stamps of all files, as they were before they were read
 */

/** How often a request may look at the files, in milliseconds. */
const LOOK_INTERVAL = 500;

/** @type {(path: string) => {fault: string}} */
const noList = () => ({fault: 'there are no files here'});

/** @returns {Record<string, string | undefined>} */
function variables() {
    return /** @type {any} */ (globalThis).process?.env ?? {};
}

/** @param {string | undefined} given */
export function selectEnvironment(given) {
    return given || variables().CORS_ENV || 'production';
}

/**
 * @param {string} name
 * @param {string} fault
 * @returns {{policy: null, problems: Problem[]}}
 */
function unreadable(name, fault) {
    return {policy: null, problems: [{
        rule: 'unreadable-file', severity: 'error', file: name, line: 1, column: 1,
        message: `The policy file "${name}" cannot be read: ${fault}.`, suggestion: null,
    }]};
}

/**
 * Reads a policy with all that it names.
 * @param {PolicyText} source
 * @param {SourceOptions} options
 * @param {PolicyFiles | null} files
 * @returns {Reading}
 */
function readPolicy(source, options, files) {
    /** @type {Map<string, FileStamp>} */
    const stamps = new Map();
    /** @type {Map<string, string>} */
    const texts = new Map();
    const stamp = (/** @type {string} */ path) => {
        if (files !== null) {
            stamps.set(path, files.stamp(path));
        }
    };
    const readList = (/** @type {string} */ path) => {
        stamp(path);
        const list = files === null ? noList(path) : files.readList(path);
        if ('text' in list) {
            texts.set(path, list.text);
        }
        return list;
    };
    if (source.file !== null) {
        stamp(source.file);
    }
    const read = source.read();
    if ('text' in read) {
        texts.set(source.name, read.text);
    }
    const {policy, problems} = 'fault' in read ? unreadable(source.name, read.fault)
        : lintPolicy(engine(options.wasm), read.text, {
            file: source.name, environment: selectEnvironment(options.environment),
            variables: variables(), files: readList,
        });
    return {policy, problems, texts, stamps};
}

/** @param {Problem} problem */
const isWarning = ({severity}) => severity === 'warning';

/** A policy that is read at once, and again when one of its files has changed. */
export class PolicySource {
    #source;
    #options;
    #files;
    #tell;
    /** @type {View} */
    #view;
    #stamps;
    #nextLook = 0;
    #told = '';

    /**
     * Throws a PolicyError where the policy is refused.
     * @param {PolicyText} source
     * @param {SourceOptions} options
     * @param {PolicyFiles | null} files
     */
    constructor(source, options, files) {
        this.#source = source;
        this.#options = options;
        this.#tell = options.onProblem ?? warnOfProblems;
        const reading = readPolicy(source, options, files);
        if (reading.policy === null) {
            throw new PolicyError(showProblems(reading.problems, reading.texts), reading.problems);
        }
        this.#view = {policy: reading.policy};
        this.#stamps = reading.stamps;
        const isFixed = options.reload === false || reading.stamps.size === 0;
        this.#files = isFixed ? null : files;
        this.#nextLook = performance.now() + LOOK_INTERVAL;
        this.#warn(reading);
    }

    view() {
        if (this.#files !== null && performance.now() >= this.#nextLook) {
            this.#look(this.#files);
        }
        return this.#view;
    }

    close() {
        this.#files = null;
        this.#view.policy?.release();
    }

    /** @param {PolicyFiles} files */
    #look(files) {
        this.#nextLook = performance.now() + LOOK_INTERVAL;
        for (const [path, {key, settled}] of this.#stamps) {
            if (!settled || files.stamp(path).key !== key) {
                this.#reload(files);
                return;
            }
        }
    }

    /** @param {PolicyFiles} files */
    #reload(files) {
        const reading = readPolicy(this.#source, this.#options, files);
        this.#stamps = reading.stamps;
        if (reading.policy === null) {
            this.#tellOnce(reading.problems, 'The policy has changed and is refused; the one ' +
                `before stays in force.\n${showProblems(reading.problems, reading.texts)}`);
            return;
        }
        this.#view.policy?.release();
        this.#view = {policy: reading.policy};
        this.#warn(reading);
    }

    /** @param {Reading} reading */
    #warn({problems, texts}) {
        const warnings = problems.filter(isWarning);
        if (warnings.length > 0) {
            this.#tellOnce(warnings, showProblems(warnings, texts));
        } else {
            this.#told = '';
        }
    }

    /**
     * @param {Problem[]} problems
     * @param {string} message
     */
    #tellOnce(problems, message) {
        if (message !== this.#told) {
            this.#told = message;
            this.#tell(problems, message);
        }
    }
}
