// SPDX-License-Identifier: MIT
/**
 * Lints policies as the browser does: lint_driver.mjs cors.wasm suffixes.bin < cases.jsonl
 *
 * A case is a line {text, file, environment, variables, files}; so is the answer {problems}.
 */
import {readFileSync} from 'node:fs';

import {loadCors} from '../../bindings/wasm/libcors.js';
import {lintPolicy} from '../../bindings/wasm/policy_yaml.js';

const [wasm, suffixes] = process.argv.slice(2);
const cors = await loadCors(readFileSync(wasm));
cors.loadSuffixes(new Uint8Array(readFileSync(suffixes)));

const lines = readFileSync(0, 'utf8').split('\n').filter((line) => line !== '');
for (const line of lines) {
    const {text, ...options} = JSON.parse(line);
    const {problems, policy} = lintPolicy(cors, text, options);
    policy?.release();
    process.stdout.write(`${JSON.stringify({problems})}\n`);
}
