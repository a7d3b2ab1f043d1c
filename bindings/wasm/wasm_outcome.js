// SPDX-License-Identifier: MIT
/** How calls ended: what script has of them, or why they failed. */

/**
 * @typedef {import('./libcors.js').Outcome} Outcome
 * @typedef {import('./wasm_record.js').RecordReader} RecordReader
 */

/**
 * Lower case of ASCII letters alone, as header names have it.
 * @param {string} text
 */
function lowerCase(text) {
    return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The names once each, sorted.
 * @param {string[]} names
 * @returns {string[]}
 */
function sortedNames(names) {
    return [...new Set(names.map(lowerCase))].sort();
}

/** What outcomes have of a call that failed, where script sees nothing. */
const NOTHING_SEEN = {type: null, status: null, redirected: null, url: null, headers: []};

/** What outcomes have of a call that went well. */
const NO_FAILURE = {
    preflight: false, failed_step: null, field: null, value: '', header: '',
    messages: {chromium: null, firefox: null, safari: null}, repair: null,
};

/** @param {RecordReader} reader */
function readSuccess(reader) {
    return {
        ...NO_FAILURE,
        type: reader.text(),
        status: reader.word(),
        redirected: reader.flag(),
        url: reader.text(),
        headers: sortedNames(reader.list(() => reader.text())),
    };
}

/** @param {RecordReader} reader */
function readRepair(reader) {
    if (!reader.flag()) {
        return null;
    }
    const preflight = reader.flag();
    const status = reader.word() || null;
    const name = reader.text() || null;
    return {preflight, status, name, value: reader.text()};
}

/**
 * @param {RecordReader} reader
 * @param {number | null} lastStep
 */
function readFailure(reader, lastStep) {
    return {
        ...NOTHING_SEEN,
        preflight: reader.flag(),
        failed_step: lastStep,
        field: reader.optionalText(),
        value: reader.text(),
        header: reader.text(),
        messages: {
            chromium: reader.optionalText(),
            firefox: reader.optionalText(),
            safari: reader.optionalText(),
        },
        repair: readRepair(reader),
    };
}

/**
 * @param {RecordReader} reader behind the code
 * @param {{name: string, cause: string, fix: string}} code
 * @param {number | null} lastStep the index of the one that was answered last
 * @returns {Outcome}
 */
export function readOutcome(reader, {name: code, cause, fix}, lastStep) {
    const ok = code === 'ok';
    const rest = ok ? readSuccess(reader) : readFailure(reader, lastStep);
    const {preflight, type, status, redirected, url, headers, ...failure} = rest;
    return {ok, code, preflight, type, status, redirected, url, headers, cause, fix, ...failure};
}
