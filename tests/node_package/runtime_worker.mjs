// SPDX-License-Identifier: MIT
import wasm from 'libcors/libcors.wasm';

import {handlerOf} from './runtime_handler.mjs';

export default {fetch: handlerOf(wasm)};
