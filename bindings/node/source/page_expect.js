// SPDX-License-Identifier: MIT
/** Assertions about calls, whose failures tell the whole story. */

import {AssertionError} from 'node:assert';
import {Blocked} from './page_blocked.js';
import {engine} from './embedded_engine.js';
import {storyOf} from './page_kept_stories.js';
import {tellStory} from './page_story.js';

/**
 * @typedef {Promise<Response> | (() => Promise<Response>)} PendingCall
 * @typedef {(words: {message: string, actual: string, expected: string}) => AssertionError} Fail
 */

/** What stands for the code where any will do. */
const ANY = 'blocked';

/**
 * Failures that point to who called the assertion, wherever the call itself ended.
 * @param {Function} assertion
 * @returns {Fail}
 */
function failuresAt(assertion) {
    const place = {stack: ''};
    Error.captureStackTrace(place, assertion);
    const frames = place.stack.slice(place.stack.indexOf('\n'));
    return ({message, actual, expected}) => {
        const error = new AssertionError({message, actual, expected, operator: assertion.name});
        error.stack = `${error.name} [${error.code}]: ${message}${frames}`;
        return error;
    };
}

/**
 * Why a call was blocked; anything else that it rejected with is thrown on.
 * @param {unknown} error
 * @returns {Blocked}
 */
function blockedIn(error) {
    if (error instanceof Error && error.cause instanceof Blocked) {
        return error.cause;
    }
    throw error;
}

/** @param {PendingCall} call @param {string} name */
async function settle(call, name) {
    const pending = typeof call === 'function' ? call() : call;
    if (typeof pending?.then !== 'function') {
        throw new TypeError(`${name} takes a call of a browser's fetch(), or a function that ` +
            'makes one');
    }
    return pending;
}

/** @param {PendingCall} call @param {Fail} fail */
async function waitAllowed(call, fail) {
    try {
        return await settle(call, 'expectAllowed');
    } catch (error) {
        const blocked = blockedIn(error);
        throw fail({message: `The browser blocked the call.\n\n${blocked}`,
            actual: blocked.code, expected: 'ok'});
    }
}

/**
 * @param {PendingCall} call
 * @returns {Promise<Response>}
 */
export function expectAllowed(call) {
    return waitAllowed(call, failuresAt(expectAllowed));
}

/** @param {PendingCall} call @param {string} expected @param {Fail} fail */
async function waitBlocked(call, expected, fail) {
    let response;
    checkCode(call, expected);
    try {
        response = await settle(call, 'expectBlocked');
    } catch (error) {
        const blocked = blockedIn(error);
        if (expected === ANY || blocked.code === expected) {
            return blocked;
        }
        throw fail({
            message: `The browser blocked the call, but with ${blocked.code} in place of ` +
                `${expected}.\n\n${blocked}`,
            actual: blocked.code, expected,
        });
    }
    const story = storyOf(response);
    throw fail({
        message: `The browser did not block the call.${story ? `\n\n${tellStory(story)}` : ''}`,
        actual: 'ok', expected,
    });
}

/** @param {PendingCall} call @param {string} code */
function checkCode(call, code) {
    const names = engine().tables.codes.map(({name}) => name).filter((name) => name !== 'ok');
    if (code !== ANY && !names.includes(code)) {
        settle(call, 'expectBlocked').catch(() => {}); // nobody waits for it any more
        throw new TypeError(`expectBlocked: the code must be one of ${names.join(', ')}`);
    }
}

/**
 * @param {PendingCall} call
 * @param {string} [code]
 * @returns {Promise<Blocked>}
 */
export function expectBlocked(call, code) {
    return waitBlocked(call, code ?? ANY, failuresAt(expectBlocked));
}
