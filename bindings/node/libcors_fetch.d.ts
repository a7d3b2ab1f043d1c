// SPDX-License-Identifier: MIT
/**
 * CORS for handlers of fetch's Request and Response, where there may be no Node: Deno, Bun, workers.
 *
 *     import {withCors} from 'libcors/fetch';
 *     export default {fetch: withCors(handler, {allow_origins: ['https://app.example.com']})};
 *
 * Where bytes may not be compiled (Cloudflare's workers), the engine is given as a module:
 *
 *     import wasm from 'libcors/libcors.wasm';
 *     withCors(handler, policy, {wasm});
 */

export * from './libcors_types.js';
