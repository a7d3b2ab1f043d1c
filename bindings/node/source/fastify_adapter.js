// SPDX-License-Identifier: MIT
/** The plugin for Fastify 4 and 5. */

import {guardOf} from './guard_opening.js';
import {nodeFiles} from './node_files.js';
import {readRequest} from './node_request.js';
import {holdResponse} from './node_response.js';

/** What register() itself takes of a plugin's options. */
const REGISTER_OPTIONS = ['prefix', 'logLevel', 'logSerializers'];

/** @param {any} given what register() was given; a function is one that gives the options */
function openGuard(given) {
    if (typeof given === 'function') {
        return guardOf({options: given}, {}, nodeFiles, 'fastify');
    }
    const {policy, delegator, ...options} = Object.fromEntries(
        Object.entries(given).filter(([key]) => !REGISTER_OPTIONS.includes(key)));
    return policy === undefined
        ? guardOf({options: delegator ?? options}, {}, nodeFiles, 'fastify')
        : guardOf(policy, options, nodeFiles, 'fastify');
}

/**
 * Sends an answer of the guard's own the way of the framework, with its hooks and its log.
 * @param {any} reply
 * @param {import('./policy_guard.js').Answer} answer
 */
function sendReply(reply, {status, lines, body}) {
    reply.code(status);
    for (const [name, value] of lines) {
        reply.header(name, value);
    }
    reply.send(body === '' ? undefined : body);
}

/**
 * @param {import('./policy_guard.js').Guard} guard
 * @returns {(request: any, reply: any, done: (error?: any) => void) => void}
 */
function requestHook(guard) {
    /**
     * @param {import('./policy_guard.js').Verdict} verdict
     * @param {any} reply
     * @param {(error?: any) => void} done
     */
    const proceed = (verdict, reply, done) => {
        holdResponse(reply.raw, guard, verdict);
        if (verdict.error !== undefined) {
            done(verdict.error);
        } else if (verdict.answer !== null) {
            sendReply(reply, verdict.answer);
        } else {
            done();
        }
    };
    return (request, reply, done) => {
        let verdict;
        try {
            verdict = guard.judge(readRequest(request.raw, request));
        } catch (error) {
            done(error);
            return;
        }
        if ('then' in verdict) {
            verdict.then((known) => proceed(known, reply, done), done);
        } else {
            proceed(verdict, reply, done);
        }
    };
}

/**
 * @param {any} instance
 * @param {import('./policy_guard.js').Guard} guard
 */
function cover(instance, guard) {
    instance.addHook('onRequest', requestHook(guard));
    instance.addHook('onClose', (/** @type {any} */ _instance, /** @type {() => void} */ done) => {
        guard.close();
        done();
    });
}

/**
 * @param {any} instance
 * @param {any} options
 * @param {(error?: Error) => void} done
 */
function plugin(instance, options, done) {
    try {
        cover(instance, openGuard(options));
    } catch (error) { // which Fastify does not catch
        done(/** @type {Error} */ (error));
        return;
    }
    done();
}

/** It is for the instance that registers it, and not for one of its own. */
export const fastifyCors = Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'libcors',
    [Symbol.for('plugin-meta')]: {name: 'libcors', fastify: '>=4.0.0'},
});
