// SPDX-License-Identifier: MIT
/** What Node's applications import; libcors.d.ts says what everything does. */

import {cors} from './source/connect_adapter.js';
import {fetchAdapters} from './source/fetch_adapter.js';
import {nodeFiles} from './source/node_files.js';

export {fastifyCors} from './source/fastify_adapter.js';
export {koaCors} from './source/koa_adapter.js';
export {createBrowser} from './source/page_browser.js';
export {expectAllowed, expectBlocked} from './source/page_expect.js';
export {PolicyError} from './source/policy_error.js';

export {cors, cors as default};
export const {fromOptions} = cors;
export const {withCors, honoCors} = fetchAdapters(nodeFiles);
