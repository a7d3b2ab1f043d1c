// SPDX-License-Identifier: MIT
// Idea 1: what an origin is, and the policy that rests on it.
import {originCompare} from './origin_compare.js';

/** @type {import('./ideas.js').Idea} */
export const origin = {
    name: 'origin',
    short: 'Origins',
    title: 'An origin is a scheme, a host and a port',
    text: [
        'A web page belongs to where it came from. Browsers write that down as its _origin_: the ' +
        'scheme (`https`), the host (`app.example.com`) and the port, left out where it is the ' +
        'scheme\'s usual one. Path and query do not count. Two addresses are of the same origin ' +
        'when all three parts are equal. A subdomain is another origin; so is `http` beside ' +
        '`https`, or another port of the same machine.',
        'Script may read whatever its own page\'s origin serves. What other origins serve it may ' +
        'not, unless they agree. This is the _same-origin policy_. It keeps a page in one tab ' +
        'from reading your mail in another, although the browser could fetch it with your ' +
        'cookies. CORS, _cross-origin resource sharing_, is how a server agrees: it says which ' +
        'other origins may read its answers.',
    ],
    build: (tools) => [originCompare(tools)],
};
