// SPDX-License-Identifier: MIT
/** A worker, whose project knows nothing of Node. */

import {PolicyError, withCors, type PolicyFile} from 'libcors/fetch';

declare const wasm: WebAssembly.Module;

const policy: PolicyFile = {policies: [{path: '/api/*', allow_origins: ['https://app.example']}]};

export default {
    fetch: withCors((request: Request, settings: {name: string}) =>
        new Response(request.url + settings.name), policy, {wasm}),
    isRefusal: (error: unknown) => error instanceof PolicyError,
};
