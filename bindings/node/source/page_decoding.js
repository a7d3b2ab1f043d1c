// SPDX-License-Identifier: MIT
/** Takes content codings off a body. RFC 9110, section 8.4 "Content-Encoding". */

import {Readable, pipeline} from 'node:stream';
import {constants, createBrotliDecompress, createGunzip, createInflate,
    createInflateRaw} from 'node:zlib';

/** A body that ends too early is taken as far as it goes. */
const LENIENT = {flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH};
const BROTLI = {
    flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH,
};
const CODINGS_MAX = 5;

/** Some servers call raw deflate so, which has no header. @param {Uint8Array} first */
function makeInflate(first) {
    return (first[0] & 0x0F) === 8 ? createInflate(LENIENT) : createInflateRaw(LENIENT);
}

/** @type {Map<string, (first: Uint8Array) => import('node:stream').Transform>} */
const DECODERS = new Map(Object.entries({
    'gzip': () => createGunzip(LENIENT),
    'x-gzip': () => createGunzip(LENIENT),
    'deflate': makeInflate,
    'br': () => createBrotliDecompress(BROTLI),
}));

/**
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {(first: Uint8Array) => import('node:stream').Transform} make
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* decoded(chunks, make) {
    const iterator = chunks[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done) {
        return;
    }
    const all = (async function* () {
        yield first.value;
        yield* {[Symbol.asyncIterator]: () => iterator};
    })();
    // The error comes to whoever reads the other end.
    yield* pipeline(Readable.from(all, {highWaterMark: 1}), make(first.value), () => {});
}

/**
 * The decoders that a body has to go through, in their order; none where one is unknown.
 * @param {Array<[string, string]>} headers
 */
function decodersFor(headers) {
    const codings = headers.filter(([name]) => name.toLowerCase() === 'content-encoding')
        .flatMap(([, value]) => value.split(','))
        .map((coding) => coding.trim().toLowerCase())
        .filter((coding) => coding !== '' && coding !== 'identity');
    const decoders = codings.flatMap((coding) => DECODERS.get(coding) ?? []);
    const known = decoders.length === codings.length && codings.length <= CODINGS_MAX;
    return known ? decoders.reverse() : [];
}

/**
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {Array<[string, string]>} headers
 * @returns {AsyncIterable<Uint8Array>}
 */
export function decodeBody(chunks, headers) {
    return decodersFor(headers).reduce(decoded, chunks);
}
