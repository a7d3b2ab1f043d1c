// SPDX-License-Identifier: MIT
/** The license of the package, with the notices of what is bundled into it. */

import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** @param {string} sources the folder of package.json */
export function licensesOf(sources) {
    const read = (/** @type {string} */ path) => readFileSync(join(sources, path), 'utf8').trim();
    return [
        read('../../LICENSE'),
        'The package "yaml" (https://eemeli.org/yaml/), bundled into implementation.cjs and ' +
            `libcors_fetch.js:\n\n${read('../wasm/node_modules/yaml/LICENSE')}`,
        'The public suffix list (https://publicsuffix.org/list/public_suffix_list.dat), in another\n' +
            'form in the same files, is subject to the terms of the Mozilla Public License, v. 2.0.\n' +
            'If a copy of the MPL was not distributed with this file, You can obtain one at\n' +
            'https://mozilla.org/MPL/2.0/. Its source is at the address above.',
    ].join(`\n\n${'-'.repeat(72)}\n\n`) + '\n';
}
