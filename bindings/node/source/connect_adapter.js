// SPDX-License-Identifier: MIT
/** Middleware for Express, and for anything else that calls (request, response, next). */

import {guardOf} from './guard_opening.js';
import {nodeFiles} from './node_files.js';
import {readRequest} from './node_request.js';
import {holdResponse, sendAnswer} from './node_response.js';

/**
 * @typedef {import('../libcors.js').CorsFunction} CorsFunction
 * @typedef {import('../libcors.js').CorsOptions} CorsOptions
 * @typedef {import('../libcors.js').CorsOptionsDelegate} CorsOptionsDelegate
 * @typedef {import('../libcors.js').Middleware} Middleware
 * @typedef {import('./policy_guard.js').Verdict} Verdict
 */

/**
 * @param {import('./policy_guard.js').Guard} guard
 * @returns {Middleware}
 */
function connectMiddleware(guard) {
    /**
     * @param {Verdict} verdict
     * @param {any} response
     * @param {(error?: unknown) => void} next
     */
    const proceed = (verdict, response, next) => {
        if (verdict.answer !== null) {
            sendAnswer(response, guard, verdict, verdict.answer);
            return;
        }
        holdResponse(response, guard, verdict);
        if (verdict.error !== undefined) {
            next(verdict.error);
        } else {
            next();
        }
    };
    /** @type {any} */
    const cors = (/** @type {any} */ request, /** @type {any} */ response,
        /** @type {(error?: unknown) => void} */ next) => {
        let verdict;
        try {
            verdict = guard.judge(readRequest(request));
        } catch (error) {
            next(error);
            return;
        }
        if ('then' in verdict) {
            verdict.then((known) => proceed(known, response, next), next);
        } else {
            proceed(verdict, response, next);
        }
    };
    cors.close = () => guard.close();
    return cors;
}

/** @type {any} */
const entry = (/** @type {unknown} */ source, options = {}) =>
    connectMiddleware(guardOf(source, options, nodeFiles, 'express'));

entry.fromOptions = (/** @type {CorsOptions | CorsOptionsDelegate} */ options) =>
    connectMiddleware(guardOf({options}, {}, nodeFiles, 'express'));
entry.cors = entry;
entry.default = entry;

/** @type {CorsFunction} */
export const cors = entry;
