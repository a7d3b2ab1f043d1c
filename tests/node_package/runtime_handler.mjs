// SPDX-License-Identifier: MIT
/** What every runtime serves: a handler of fetch's Request and Response, under a policy as data. */

import {withCors} from 'libcors/fetch';

const POLICY = {
    policies: [
        {path: '/public/*', allow_origins: ['*']},
        {path: '/*', allow_origins: ['https://app.example', 'https://*.dev.example'],
            allow_methods: ['PUT'], allow_headers: ['Content-Type'], allow_credentials: true},
    ],
};

/** @param {Request} request */
async function respond(request) {
    const {pathname} = new URL(request.url);
    if (pathname === '/fault') {
        throw new Error('a fault of the application');
    }
    if (pathname === '/missing') {
        return new Response('no such thing\n', {status: 404, headers: {Vary: 'Accept'}});
    }
    return new Response(`${request.method} ${pathname} ${await request.text()}\n`);
}

/** @param {object} [wasm] the engine, for a runtime that compiles no bytes */
export const handlerOf = (wasm) => withCors(respond, POLICY, {
    wasm, onError: () => new Response('the handler failed\n', {status: 500}),
});
