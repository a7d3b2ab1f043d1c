// SPDX-License-Identifier: MIT
/** The wrapper for handlers of fetch's Request and Response: Next, Bun, Deno, workers. */

import {answerOf, readFetch, settleResponse} from './fetch_messages.js';
import {guardOf} from './guard_opening.js';
import {makeHonoCors} from './hono_adapter.js';

/** @typedef {import('./policy_files.js').PolicyFiles} PolicyFiles */

/**
 * What frameworks throw to steer, and no failure: Next's redirect() and notFound().
 * @param {any} thrown
 */
function isSignal(thrown) {
    return typeof thrown?.digest === 'string';
}

/** @param {unknown} error */
function answerError(error) {
    console.error(error);
    return new Response('Internal Server Error\n',
        {status: 500, headers: {'content-type': 'text/plain'}});
}

/**
 * Calls a handler; what it throws is answered too, so that pages can read that it failed.
 * @param {() => Response | Promise<Response>} call
 * @param {(error: unknown) => Response | Promise<Response>} onError
 */
async function respond(call, onError) {
    try {
        return await call();
    } catch (thrown) {
        if (isSignal(thrown)) {
            throw thrown;
        }
        return thrown instanceof Response ? thrown : await onError(thrown);
    }
}

/**
 * @param {PolicyFiles | null} files
 * @returns {import('../libcors.js').withCors}
 */
function makeWithCors(files) {
    return (handler, source, options = {}) => {
        const {onError = answerError, ...others} = options;
        const guard = guardOf(source, others, files, 'express');
        return async (request, ...more) => {
            const verdict = await guard.judge(readFetch(request, request));
            if (verdict.answer !== null) {
                return answerOf(guard, verdict, verdict.answer);
            }
            const call = () => verdict.error === undefined
                ? handler(request, ...more) : Promise.reject(verdict.error);
            const response = await respond(call, (error) => onError(error, request));
            return settleResponse(response, guard, verdict);
        };
    };
}

/**
 * The adapters, with the files to read policies from, where there are any.
 * @param {PolicyFiles | null} files
 */
export function fetchAdapters(files) {
    return {withCors: makeWithCors(files), honoCors: makeHonoCors(files)};
}
