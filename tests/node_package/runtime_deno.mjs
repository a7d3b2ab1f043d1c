// SPDX-License-Identifier: MIT
import {handlerOf} from './runtime_handler.mjs';

Deno.serve({hostname: '127.0.0.1', port: 0, onListen: ({port}) => {
    console.log(JSON.stringify({port, entry: import.meta.resolve('libcors/fetch')}));
}}, handlerOf());
