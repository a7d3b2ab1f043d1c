// SPDX-License-Identifier: MIT
/** Whether a body is the one that `integrity` asks for. Subresource Integrity, section 3.3. */

import {createHash} from 'node:crypto';

const ALGORITHMS = ['sha256', 'sha384', 'sha512'];

/**
 * @param {string} integrity
 * @returns {Array<{algorithm: string, digest: string}>} those of the strongest algorithm
 */
function strongest(integrity) {
    const wanted = integrity.trim().split(/[\t\n\f\r ]+/).flatMap((entry) => {
        const [, algorithm, digest] =
            /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?.*)?$/.exec(entry) ?? [];
        return algorithm === undefined ? [] : [{algorithm, digest}];
    });
    const rank = Math.max(...wanted.map(({algorithm}) => ALGORITHMS.indexOf(algorithm)));
    return wanted.filter(({algorithm}) => ALGORITHMS.indexOf(algorithm) === rank);
}

/** @param {string} integrity whether it asks for anything */
export function asksForDigest(integrity) {
    return strongest(integrity).length > 0;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} integrity
 * @returns {string | null} the digest that the body has instead; null: it matches
 */
export function integrityFault(bytes, integrity) {
    const wanted = strongest(integrity);
    const digest = createHash(wanted[0].algorithm).update(bytes).digest('base64');
    const matches = wanted.some((entry) =>
        entry.digest.replace(/-/g, '+').replace(/_/g, '/') === digest);
    return matches ? null : `${wanted[0].algorithm}-${digest}`;
}
