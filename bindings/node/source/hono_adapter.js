// SPDX-License-Identifier: MIT
/** The middleware for Hono. */

import {answerOf, readFetch, settleResponse} from './fetch_messages.js';
import {guardOf} from './guard_opening.js';
import {holdResponse} from './node_response.js';

/**
 * @typedef {import('./policy_guard.js').Guard} Guard
 * @typedef {import('./policy_guard.js').Verdict} Verdict
 */

/**
 * On Node, has the response below Hono's written with the verdict too: handlers may take that one
 * themselves, and it is what an error leaves.
 * @param {any} context
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
function holdOutgoing(context, guard, verdict) {
    const outgoing = context.env?.outgoing;
    if (typeof outgoing?.writeHead === 'function') {
        holdResponse(outgoing, guard, verdict);
    }
}

/**
 * @param {any} context whose answer is there
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
function settleContext(context, guard, verdict) {
    const settled = settleResponse(context.res, guard, verdict);
    if (settled !== context.res) {
        context.res = undefined; // else Hono puts the old lines back
        context.res = settled;
    }
}

/**
 * @param {import('./policy_files.js').PolicyFiles | null} files
 * @returns {import('../libcors.js').honoCors}
 */
export function makeHonoCors(files) {
    return (source, options = {}) => {
        const guard = guardOf(source, options, files, 'hono');
        return async (context, next) => {
            const verdict = await guard.judge(readFetch(context.req.raw, context));
            holdOutgoing(context, guard, verdict);
            if (verdict.error !== undefined) {
                guard.apply(verdict, []).forEach(([name, value]) => context.header(name, value));
                throw verdict.error;
            }
            if (verdict.answer !== null) {
                return answerOf(guard, verdict, verdict.answer);
            }
            await next();
            settleContext(context, guard, verdict);
        };
    };
}
