// SPDX-License-Identifier: MIT
// Makes the calls of real_calls.mjs through createBrowser, and prints what script saw.
//
//     node real_driver.mjs BROWSER ORIGINS RUN

import {createBrowser} from '../../bindings/node/source/page_browser.js';
import {callsOf, seen} from './real_calls.mjs';

const [browser, origins, run] = process.argv.slice(2);
const {page, ...others} = JSON.parse(origins);
const {fetch} = createBrowser({origin: page, browser});
const all = [];
for (const call of callsOf({page, ...others})) {
    all.push(await seen(fetch, call, run));
}
process.stdout.write(JSON.stringify(all));
