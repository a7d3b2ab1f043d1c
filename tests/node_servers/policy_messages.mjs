// SPDX-License-Identifier: MIT
/** Loads policy files: policy_messages.mjs LIBRARY FILE... prints what is said of each. */
import {pathToFileURL} from 'node:url';

const [library, ...files] = process.argv.slice(2);
const {cors} = await import(pathToFileURL(library).href);

for (const file of files) {
    let told = null;
    try {
        cors(file, {onProblem(problems, message) {
            told = {kind: 'warning', problems, message};
        }}).close();
    } catch (error) {
        told = {kind: error.name, problems: error.problems, message: error.message};
    }
    console.log(JSON.stringify(told));
}
