// SPDX-License-Identifier: MIT
/** The one implementation behind all entries that Node loads: package_bundle.js makes a file of it. */

export * as cli from '../libcors_cli.js';
export * as fetch from '../libcors_fetch.js';
export * as libcors from '../libcors.js';
