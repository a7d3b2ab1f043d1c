// SPDX-License-Identifier: MIT
import {handlerOf} from './runtime_handler.mjs';

const {port} = Bun.serve({hostname: '127.0.0.1', port: 0, fetch: handlerOf()});
console.log(JSON.stringify({port, entry: import.meta.resolve('libcors/fetch')}));
