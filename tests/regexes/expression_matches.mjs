// SPDX-License-Identifier: MIT
// Which origins JavaScript's regular expressions match. A line of input is [source, flags, origins]
// in JSON; a line of output "10…" for the origins, or the error's message, in JSON.
import {createInterface} from 'node:readline';

function matches([source, flags, origins]) {
    let expression;
    try {
        expression = new RegExp(source, flags);
    } catch (error) {
        return {error: error.message};
    }
    return {matches: origins.map(origin => Number(expression.test(origin))).join('')};
}

for await (const line of createInterface({input: process.stdin})) {
    process.stdout.write(`${JSON.stringify(matches(JSON.parse(line)))}\n`);
}
