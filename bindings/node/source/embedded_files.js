// SPDX-License-Identifier: MIT
/**
 * The engine for servers and the public suffix list. From the sources they are read from
 * build/node/engine; in the package, build puts the bytes themselves in this module's place.
 */

import {readFileSync} from 'node:fs';

const folder = new URL('../../../build/node/engine/', import.meta.url);

/** @returns {Uint8Array} */
export function wasmBytes() {
    return readFileSync(new URL('libcors.wasm', folder));
}

/** @returns {Uint8Array} */
export function suffixBytes() {
    return readFileSync(new URL('suffixes.bin', folder));
}
