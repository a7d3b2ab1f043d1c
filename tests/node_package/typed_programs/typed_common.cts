// SPDX-License-Identifier: MIT
/** A CommonJS module in TypeScript: tsc has nothing to say about it. */

import cors = require('libcors');
import byDefault from 'libcors';
import {PolicyError, createBrowser, fromOptions, type Decision} from 'libcors';
import fetchEntry = require('libcors/fetch');

const options: cors.GuardOptions = {onDecision: ({set}: Decision) => console.log(set[0][1].length)};
cors('cors.yaml', options).close();
cors.fromOptions({origin: 'https://app.example'});
cors.fromOptions(((request, callback) => {
    callback(null, {origin: request.headers.origin === 'https://app.example'});
}) satisfies cors.CorsOptionsDelegate);
const shared: cors.CorsOptionsDelegate<cors.CorsRequest> = async () => ({origin: false});
fromOptions(shared);
cors.cors('cors.yaml');
cors.default('cors.yaml');
byDefault('cors.yaml');

const browser: cors.CorsBrowser = cors.createBrowser({origin: 'null'});
const called: Promise<Response> = createBrowser({origin: 'null'}).fetch('http://api.example/');
const refused = new PolicyError('refused');
const same: cors.PolicyError = refused;

export = {
    browser, called, problems: same.problems.length,
    handler: fetchEntry.withCors(() => new Response('x'), {allow_origins: ['*']}),
};
