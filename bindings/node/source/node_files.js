// SPDX-License-Identifier: MIT
/** Policy files on Node. The part for pages and workers does without this module. */

import fs from 'node:fs';

import {filesOf} from './policy_files.js';

export const nodeFiles = filesOf(fs);
