// SPDX-License-Identifier: MIT
/**
 * CORS for handlers of fetch's Request and Response, where there may be no Node: Deno, Bun, workers.
 * Nothing here imports a module of Node's.
 */

import {fetchAdapters} from './source/fetch_adapter.js';
import {runtimeFiles} from './source/policy_files.js';

export {PolicyError} from './source/policy_error.js';

export const {withCors, honoCors} = fetchAdapters(runtimeFiles());
