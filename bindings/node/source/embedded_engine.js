// SPDX-License-Identifier: MIT
/** The one engine of this package: loaded when it is first needed, with the public suffix list. */

import {loadCorsSync} from '../../wasm/libcors.js';
import {suffixBytes, wasmBytes} from './embedded_files.js';

/** @typedef {import('../../wasm/libcors.js').Cors} Cors */

/** @type {Cors | null} */
let loaded = null;

/**
 * @param {object} [module] that of libcors.wasm, for hosts that compile no bytes; it counts
 *     only where the engine is first needed
 * @returns {Cors}
 */
export function engine(module) {
    if (loaded === null) {
        const cors = loadCorsSync(/** @type {any} */ (module) ?? wasmBytes());
        cors.loadSuffixes(suffixBytes());
        loaded = cors;
    }
    return loaded;
}
