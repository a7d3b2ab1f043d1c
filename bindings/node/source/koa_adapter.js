// SPDX-License-Identifier: MIT
/** The middleware for Koa. */

import {guardOf} from './guard_opening.js';
import {nodeFiles} from './node_files.js';
import {readRequest} from './node_request.js';
import {holdResponse} from './node_response.js';

/**
 * Leaves an answer of the guard's own to Koa, so that what stands around it sees it.
 * @param {any} context
 * @param {import('./policy_guard.js').Answer} answer
 */
function leaveAnswer(context, {status, lines, body}) {
    context.status = status;
    context.body = body;
    context.status = status; // which an empty body may have changed
    context.remove('Content-Type');
    for (const [name, value] of lines) {
        context.set(name, value);
    }
}

/**
 * @param {any} source a policy, or {options} of cors.fromOptions()
 * @param {import('../libcors.js').GuardOptions} [options]
 * @returns {(context: any, next: () => Promise<unknown>) => Promise<void>}
 */
export function koaCors(source, options = {}) {
    const guard = guardOf(source, options, nodeFiles, 'koa');
    return async (context, next) => {
        const judged = guard.judge(
            {...readRequest(context.req, context), target: context.originalUrl});
        const verdict = 'then' in judged ? await judged : judged;
        holdResponse(context.res, guard, verdict);
        if (verdict.error !== undefined) {
            throw verdict.error;
        }
        if (verdict.answer !== null) {
            leaveAnswer(context, verdict.answer);
        } else {
            await next();
        }
    };
}
