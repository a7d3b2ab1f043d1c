// SPDX-License-Identifier: MIT
/** fetch's Request and Response, as the guard reads and settles them. */

import {withHost} from './field_lines.js';

/**
 * @typedef {import('./policy_guard.js').Guard} Guard
 * @typedef {import('./policy_guard.js').Verdict} Verdict
 */

/**
 * What the guard judges of a request. Lines of one name come joined, so that two Origin lines are
 * one that is no origin.
 * @param {Request} request
 * @param {any} native what the framework has for it
 */
export function readFetch(request, native) {
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
function applyTo(response, {owner}, {judgement: {set, vary}}) {
    const {headers} = response;
    for (const name of [...headers.keys()]) {
        if (owner.owns(name)) {
            headers.delete(name);
        }
    }
    for (const [name, value] of set) {
        headers.set(name, value);
    }
    const settled = owner.varyFor(vary).settle(headers.get('vary'));
    if (typeof settled === 'string') { // lines of a name are one here
        headers.set(owner.varyName, settled);
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
export function settleResponse(response, guard, verdict) {
    if (verdict.judgement.kind === 'no-policy' || !(response?.status >= 200)) {
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
 * @param {import('./policy_guard.js').Answer} answer
 */
export function answerOf(guard, verdict, {status, lines, body}) {
    return new Response(body === '' ? null : body, {status, headers: guard.apply(verdict, lines)});
}
