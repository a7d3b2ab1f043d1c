// SPDX-License-Identifier: MIT
/** Requests of Node's, as the guard judges them. */

import {linesOf, withHost} from './field_lines.js';

/**
 * The target as received: frameworks change `url` on the way. Objects of tests may have none.
 * @param {any} request
 */
function targetOf({originalUrl, url}) {
    return (typeof originalUrl === 'string' ? originalUrl
        : typeof url === 'string' ? url : '') || '/';
}

/**
 * What the guard judges of a request of Node's, or of an object that has as much as tests give it.
 * @param {any} request
 * @param {any} [native] what the framework has for it
 */
export function readRequest(request, native = request) {
    const {headers, rawHeaders} = request;
    const lines = rawHeaders?.length > 0 ? rawHeaders : linesOf(headers);
    return {
        method: String(request.method), target: targetOf(request),
        lines: withHost(lines, headers?.[':authority']), native,
    };
}
