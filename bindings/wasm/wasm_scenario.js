// SPDX-License-Identifier: MIT
/**
 * Calls and answers as callers write them, checked and put into records. The checks and their
 * sentences are those of `cors simulate`.
 */

import {RecordWriter} from './wasm_record.js';

/**
 * @typedef {import('./libcors.js').Call} Call
 * @typedef {import('./libcors.js').PageContext} PageContext
 * @typedef {import('./libcors.js').FieldLine} FieldLine
 * @typedef {Record<string, Map<string, number>>} Choices
 */

/** No header can hold a NUL: what no byte stands for is as invalid to script as that is. */
const IMPOSSIBLE = '\0';

/**
 * A member of something that may be no object at all.
 * @param {unknown} value
 * @param {string} key
 * @returns {unknown}
 */
export function member(value, key) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && Object.hasOwn(value, key)
        ? /** @type {Record<string, unknown>} */ (value)[key] : undefined;
}

/**
 * A string that may be missing.
 * @param {unknown} value
 * @param {string} sentence what is said where it is something else
 * @returns {string | undefined}
 */
function optionalString(value, sentence) {
    if (value !== undefined && typeof value !== 'string') {
        throw new TypeError(sentence);
    }
    return value;
}

/**
 * @param {unknown} value
 * @param {string} sentence
 * @returns {string}
 */
function requiredString(value, sentence) {
    const text = optionalString(value, sentence);
    if (text === undefined) {
        throw new TypeError(sentence);
    }
    return text;
}

/**
 * A field value's bytes: as in script, a character up to U+00FF is a byte.
 * @param {string} value
 * @param {boolean} ofScript
 * @returns {string | Uint8Array}
 */
function fieldBytes(value, ofScript) {
    if (/[^\u0000-\u00FF]/.test(value)) { // eslint-disable-line no-control-regex
        return ofScript ? IMPOSSIBLE : value;
    }
    return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

/**
 * @param {unknown} list
 * @param {boolean} ofScript
 * @returns {Array<[string, string | Uint8Array]>}
 */
function readFields(list, ofScript) {
    const pairs = Array.isArray(list) ? list : [];
    return pairs.map((pair) => {
        if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string' ||
            typeof pair[1] !== 'string') {
            throw new TypeError('"headers" must be a list of [name, value] pairs of strings');
        }
        return [pair[0], fieldBytes(pair[1], ofScript)];
    });
}

/**
 * The number of a choice; 0, the usual one, where it is missing.
 * @param {Map<string, number>} choices
 * @param {unknown} call
 * @param {string} key
 * @returns {number}
 */
function readChoice(choices, call, key) {
    const value = member(call, key);
    const number = value === undefined ? 0 : choices.get(/** @type {string} */ (value));
    if (number === undefined) {
        throw new TypeError(`"${key}" must be one of ${[...choices.keys()].join(', ')}`);
    }
    return number;
}

/**
 * @param {Map<string, number>} kinds
 * @param {unknown} body
 * @returns {{kind: number, type: string | undefined}}
 */
function readBody(kinds, body) {
    if (body === undefined || body === null) {
        return {kind: 0, type: undefined};
    }
    const kind = kinds.get(/** @type {string} */ (member(body, 'kind')));
    if (kind === undefined) {
        throw new TypeError('"body" must be null or have a "kind": ' +
                            [...kinds.keys()].filter((name) => name !== 'none').join(', '));
    }
    return {kind, type: optionalString(member(body, 'type'), 'a body\'s "type" must be a string')};
}

/**
 * @param {unknown} hosts
 * @returns {string[]}
 */
function readHosts(hosts) {
    const list = hosts ?? [];
    if (hosts === null || !Array.isArray(list) ||
        !list.every((host) => typeof host === 'string')) {
        throw new TypeError('"hsts" must be a list of host names');
    }
    return list;
}

/**
 * The milliseconds that a page waits before a call.
 * @param {unknown} wait
 * @param {string} sentence
 * @returns {number}
 */
function readWait(wait, sentence) {
    if (wait !== undefined && !Number.isInteger(wait)) {
        throw new TypeError(sentence);
    }
    return Math.max(0, /** @type {number} */ (wait ?? 0));
}

/**
 * Reads a call of a page.
 * @param {Choices} choices
 * @param {unknown} context
 * @param {unknown} call
 * @returns {{record: Uint8Array, wait: number}}
 */
export function readCall(choices, context, call) {
    const page = requiredString(member(context, 'page'),
        '"page" must be a string: the origin of the page, or null in quotes');
    const url = requiredString(member(call, 'url'),
        'each of "fetches" must have a "url", a string');
    const sentence =
        '"method", "top" and "page_address" must be strings, "wait" a whole number';
    const method = optionalString(member(call, 'method'), sentence) ?? 'GET';
    const top = optionalString(member(context, 'top'), sentence);
    const address = optionalString(member(context, 'page_address'), sentence);
    const wait = readWait(member(call, 'wait'), sentence);
    const record = new RecordWriter();
    record.text(page).text(top).text(address).text(url).text(method);
    for (const key of ['initiator', 'mode', 'credentials', 'redirect', 'cache']) {
        record.word(readChoice(choices[key], call, key));
    }
    const body = readBody(choices.body, member(call, 'body'));
    record.word(body.kind).text(body.type).flag(member(call, 'upload_listener') === true);
    record.fields(readFields(member(call, 'headers'), true));
    const hosts = readHosts(member(context, 'hsts'));
    record.word(hosts.length);
    hosts.forEach((host) => record.text(host));
    return {record: record.record(), wait};
}

/**
 * Reads a server's answer.
 * @param {unknown} answer
 * @returns {Uint8Array}
 */
export function readAnswer(answer) {
    const sentence =
        'a server\'s answer must have a "status" from 100 to 999, and "address" as a string';
    const status = member(answer, 'status');
    if (typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 999) {
        throw new TypeError(sentence);
    }
    const address = optionalString(member(answer, 'address'), sentence);
    const fields = readFields(member(answer, 'headers'), false);
    return new RecordWriter().word(status).text(address).fields(fields).record();
}
