// SPDX-License-Identifier: MIT
/**
 * The wrapper for handlers of fetch's Request and Response (Next, Bun, Deno, workers), and the
 * middleware for Hono.
 */

import {withHost} from './field_lines.js';
import {guardOf} from './guard_opening.js';
import {holdResponse} from './node_response.js';

/**
 * @typedef {import('../libcors.js').GuardOptions} GuardOptions
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
 * @typedef {import('./policy_guard.js').Guard} Guard
 * @typedef {import('./policy_guard.js').Verdict} Verdict
 * @typedef {import('./policy_files.js').PolicyFiles} PolicyFiles
 */

/**
 * What the guard judges of a request. Lines of one name come joined, so that two Origin lines are
 * one that is no origin.
 * @param {Request} request
 * @param {any} native what the framework has for it
 */
function readRequest(request, native) {
    const {method, url} = request;
    const [withoutFragment] = url.split('#', 1);
    const authority = withoutFragment.indexOf('//') + 2;
    const path = withoutFragment.slice(authority).search(/[/?]/);
    const end = path === -1 ? withoutFragment.length : authority + path;
    const target = withoutFragment.slice(end);
    const lines = [...request.headers].flat();
    return {
        method, native, target: target.startsWith('/') ? target : `/${target}`,
        lines: withHost(lines, withoutFragment.slice(authority, end)),
    };
}

/**
 * A copy with headers of its own: Hono's Response on Node keeps those that it is given.
 * @param {Response} response
 */
function copyOf({status, statusText, headers, body}) {
    return new Response(body, {status, statusText, headers: new Headers(headers)});
}

/**
 * @param {Response} response
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
function applyTo(response, {owner}, verdict) {
    const {headers} = response;
    for (const name of [...headers.keys()]) {
        if (owner.owns(name)) {
            headers.delete(name);
        }
    }
    for (const [name, value] of verdict.set) {
        headers.set(name, value);
    }
    const vary = headers.get('vary');
    const merged = owner.mergeVary(vary === null ? [] : [vary], verdict.vary);
    if (merged.length > 0) {
        headers.set(owner.varyName, merged.join(', '));
    }
    return response;
}

/**
 * The response with a verdict applied, or a copy: those without a body others may hold too, and
 * those that came from fetch() or are redirects cannot be changed. One that switches protocols, or
 * is none, stays as it is: Bun wants nothing back for a WebSocket.
 * @param {Response} response
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
function settleResponse(response, guard, verdict) {
    if (verdict.kind === 'no-policy' || !(response?.status >= 200)) {
        return response;
    }
    if (response.body === null) {
        return applyTo(copyOf(response), guard, verdict);
    }
    try {
        return applyTo(response, guard, verdict);
    } catch {
        return applyTo(copyOf(response), guard, verdict);
    }
}

/**
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
function answerOf(guard, verdict) {
    const {status, lines, body} = /** @type {import('./policy_guard.js').Answer} */ (verdict.answer);
    return new Response(body === '' ? null : body, {status, headers: guard.apply(verdict, lines)});
}

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

/** The adapters, with files to read policies from where there are any. @param {PolicyFiles | null} files */
export function fetchAdapters(files) {
    /** @type {import('../libcors.js').withCors} */
    const withCors = (handler, source, options = {}) => {
        const {onError = answerError, ...others} = /** @type {any} */ (options);
        const guard = guardOf(source, others, files, 'express');
        return async (request, ...more) => {
            const verdict = await guard.judge(readRequest(request, request));
            if (verdict.answer !== null) {
                return answerOf(guard, verdict);
            }
            const response = await respond(() => {
                if (verdict.error !== undefined) {
                    throw verdict.error;
                }
                return handler(request, ...more);
            }, (error) => onError(error, request));
            return settleResponse(response, guard, verdict);
        };
    };

    /**
     * @param {any} source
     * @param {GuardOptions} [options]
     * @returns {(context: any, next: () => Promise<void>) => Promise<Response | void>}
     */
    const honoCors = (source, options = {}) => {
        const guard = guardOf(source, options, files, 'hono');
        return async (context, next) => {
            const verdict = await guard.judge(readRequest(context.req.raw, context));
            const {outgoing} = context.env ?? {};
            if (typeof outgoing?.writeHead === 'function') { // Node's, which Hono may leave to others
                holdResponse(outgoing, guard, verdict);
            }
            if (verdict.error !== undefined) {
                guard.apply(verdict, []).forEach(([name, value]) => context.header(name, value));
                throw verdict.error;
            }
            if (verdict.answer !== null) {
                return answerOf(guard, verdict);
            }
            await next();
            const settled = settleResponse(context.res, guard, verdict);
            if (settled !== context.res) {
                context.res = undefined; // else Hono puts the old lines back
                context.res = settled;
            }
        };
    };
    return {withCors, honoCors};
}
