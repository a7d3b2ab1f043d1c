// SPDX-License-Identifier: MIT
/** The body of a call: what kind it is, which type it brings, and its bytes. Fetch, "extract". */

/**
 * @typedef {{kind: string, type?: string}} BodyKind
 *
 * @typedef {{
 *   kind: BodyKind | null,
 *   bytes(): Promise<Uint8Array | null>,
 * }} CallBody `kind`: as the engine takes it; null: no body
 */

/** Of any realm: test runners have several. @param {unknown} value */
function tagOf(value) {
    return Object.prototype.toString.call(value).slice(8, -1);
}

/** @param {Uint8Array} bytes @param {BodyKind} kind @returns {CallBody} */
function whole(bytes, kind) {
    return {kind, bytes: async () => bytes};
}

/** @param {ArrayBufferLike | ArrayBufferView} source */
function copyOf(source) {
    const view = ArrayBuffer.isView(source)
        ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
        : new Uint8Array(source);
    return view.slice();
}

/**
 * Its multipart form is made by Node, whose boundary the type has to name.
 * @param {FormData} form
 * @returns {CallBody}
 */
function ofForm(form) {
    const written = new Response(form);
    const type = written.headers.get('content-type') ?? '';
    /** @type {Promise<Uint8Array> | undefined} */
    let bytes;
    return {
        kind: {kind: 'blob', type},
        bytes: () => (bytes ??= written.arrayBuffer().then((buffer) => new Uint8Array(buffer))),
    };
}

/** @param {ReadableStream} stream @param {string} [duplex] @returns {CallBody} */
function ofStream(stream, duplex) {
    if (duplex !== 'half') {
        throw new TypeError('a body that is a ReadableStream needs duplex: \'half\'');
    }
    if (stream.locked) {
        throw new TypeError('the body is a ReadableStream that somebody else reads already');
    }
    /** @type {Promise<Uint8Array> | undefined} */
    let bytes;
    return {kind: {kind: 'stream'}, bytes: () => (bytes ??= readAll(stream))};
}

/**
 * @param {ReadableStream} stream
 * @returns {Promise<Uint8Array>}
 */
async function readAll(stream) {
    const reader = stream.getReader();
    const parts = [];
    for (;;) {
        const {done, value} = await reader.read();
        if (done) {
            return new Uint8Array(Buffer.concat(parts));
        }
        if (tagOf(value) !== 'Uint8Array') {
            throw new TypeError('a stream that is a body must give Uint8Arrays');
        }
        parts.push(value);
    }
}

/**
 * @param {unknown} body as fetch() takes it
 * @param {string} [duplex]
 * @returns {CallBody}
 */
export function readBody(body, duplex) {
    if (body === undefined || body === null) {
        return {kind: null, bytes: async () => null};
    }
    const tag = tagOf(body);
    if (tag === 'URLSearchParams') {
        return whole(new TextEncoder().encode(String(body)), {kind: 'params'});
    }
    if (tag === 'FormData') {
        return ofForm(/** @type {FormData} */ (body));
    }
    if (tag === 'Blob' || tag === 'File') {
        const blob = /** @type {Blob} */ (body);
        return {
            kind: {kind: 'blob', type: blob.type},
            bytes: async () => new Uint8Array(await blob.arrayBuffer()),
        };
    }
    if (tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer' || ArrayBuffer.isView(body)) {
        return whole(copyOf(/** @type {ArrayBuffer} */ (body)), {kind: 'bytes'});
    }
    if (tag === 'ReadableStream') {
        return ofStream(/** @type {ReadableStream} */ (body), duplex);
    }
    return whole(new TextEncoder().encode(String(body)), {kind: 'text'});
}
