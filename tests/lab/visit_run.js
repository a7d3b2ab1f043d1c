// SPDX-License-Identifier: MIT
// Makes the visits of one file in real Chromium, and prints a JSON line for each: its name, and
// what went wrong, or null. `--list FILE` only prints their names.
import {visitChecks} from './visit_list.js';
import {Visitor} from './visitor.js';

const SECONDS_MAX = 60; // for one visit; far above what any takes

/**
 * @param {Promise<void>} work
 * @param {string} name
 */
function withinTime(work, name) {
    /** @type {NodeJS.Timeout} */
    let timer;
    const end = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`${name}: not within ${SECONDS_MAX} s`)),
            SECONDS_MAX * 1000);
    });
    return Promise.race([work, end]).finally(() => clearTimeout(timer));
}

async function makeVisits(file) {
    const visitor = await Visitor.start();
    try {
        for (const [name, check] of Object.entries(await visitChecks(file))) {
            const visit = visitor.visit();
            const began = Date.now();
            let fault = null;
            try {
                await withinTime(check(visit), name);
                visit.assertNothingNoted();
            } catch (error) {
                fault = `${error.stack ?? error}\n${await visit.describe()}`;
            }
            await visit.end();
            const line = {name, fault, told: visit.told, ms: Date.now() - began};
            process.stdout.write(`${JSON.stringify(line)}\n`);
        }
    } finally {
        await visitor.end();
    }
}

const [first, second] = process.argv.slice(2);
if (first === '--list') {
    console.log(JSON.stringify(Object.keys(await visitChecks(second))));
} else {
    await makeVisits(first);
}
