// SPDX-License-Identifier: MIT
/**
 * Puts the engine in WebAssembly behind JSON Lines, for Python: `node wasm_driver.mjs MODULE.wasm`.
 * A line is {"do": ..., ...}; the answer is a line. What is thrown is answered as the command
 * answers a line that it cannot: with its id and the error.
 */

import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

import {jsonLine, loadCors} from '../../bindings/wasm/libcors.js';
import {lintPolicy} from '../../bindings/wasm/policy_yaml.js';

const module = await WebAssembly.compile(readFileSync(process.argv[2]));
const cors = await loadCors(module);
let policy = null;

const tasks = {
    module: () => ({
        imports: WebAssembly.Module.imports(module).map(({name}) => name),
        exports: WebAssembly.Module.exports(module).map(({kind, name}) => `${kind} ${name}`),
    }),
    simulate: ({line, browser}) => ({id: line.id ?? null, ...cors.simulate(line, {browser})}),
    explain: ({text}) => cors.explain(text),
    decide: ({line}) => ({id: line.id ?? null, ...cors.decide(policy, line)}),
    judge: ({request, application}) => {
        const judged = cors.judge(policy, request);
        return application ? {...judged, applied: cors.applyDecision(judged, application)} : judged;
    },
    regex: ({source, flags}) => cors.readRegex(source, flags),
    publicSuffix: ({domain}) => cors.isPublicSuffix(domain),
    suffixes: ({path}) => {
        cors.loadSuffixes(readFileSync(path));
        return cors.hasSuffixes;
    },
    policy: ({yaml, options}) => {
        policy?.release();
        const linted = lintPolicy(cors, yaml, options);
        policy = linted.policy;
        return {problems: linted.problems, usable: policy !== null};
    },
    tables: () => cors.tables,
};

/** @param {string} text */
function answer(text) {
    const task = JSON.parse(text);
    try {
        return jsonLine(tasks[task.do](task));
    } catch (error) {
        return jsonLine({id: task.line?.id ?? null, error: error.message});
    }
}

for await (const text of createInterface({input: process.stdin})) {
    process.stdout.write(`${answer(text)}\n`);
}
