// SPDX-License-Identifier: MIT
/** The command of the package, from its sources. */

import {main} from '../../bindings/node/libcors_cli.js';

await main();
