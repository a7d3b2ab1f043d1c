// SPDX-License-Identifier: MIT
/**
 * Runs many command lines in one process, through run(): a case is a line {argv, stdin, env}, with
 * standard input in base64; so is the answer {code, stdout, stderr}.
 */

import {readFileSync} from 'node:fs';

import {run} from '../../bindings/node/libcors_cli.js';

class Collector {
    #parts = [];

    write(part) {
        this.#parts.push(Buffer.from(part));
    }

    get text() {
        return Buffer.concat(this.#parts).toString();
    }
}

async function* chunks(bytes) {
    yield bytes;
}

for (const line of readFileSync(0, 'utf8').split('\n').filter((text) => text !== '')) {
    const {argv, stdin, env} = JSON.parse(line);
    const [stdout, stderr] = [new Collector(), new Collector()];
    const input = chunks(Buffer.from(stdin, 'base64'));
    const code = await run(argv, {stdin: input, stdout, stderr, env});
    process.stdout.write(`${JSON.stringify({code, stdout: stdout.text, stderr: stderr.text})}\n`);
}
