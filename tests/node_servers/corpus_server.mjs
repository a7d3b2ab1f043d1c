// SPDX-License-Identifier: MIT
/**
 * The policies of the conformance corpus, each in a middleware of its own, and the corpus's
 * application behind them: corpus_server.mjs settings.json
 *
 * A request's Host names the policy, X-Case the answer. Says "listens" once it does.
 */
import {readFileSync} from 'node:fs';
import http from 'node:http';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const {cors} = await import(pathToFileURL(settings.library).href);

/** Cases hold field lines of 1 MiB, and thousands of lines. */
const HEAD_SIZE = 64 << 20;

const middlewares = new Map(settings.policies.map(({name, file, environment, variables}) => {
    Object.assign(process.env, variables);
    const middleware = cors(file, {environment, onProblem() {}});
    Object.keys(variables).forEach((variable) => delete process.env[variable]);
    return [`${name}.example`, middleware];
}));

function guard(request, response, next) {
    middlewares.get(request.headers.host)(request, response, next);
}

function answer(request, response) {
    const {status, lines} = settings.cases[Number(request.headers['x-case'])];
    response.writeHead(status, [...lines, 'X-Reached', 'yes', 'Connection', 'close']);
    response.end();
}

const listeners = {
    plain: () => (request, response) => guard(request, response, (error) => {
        if (error) {
            throw error;
        }
        answer(request, response);
    }),
    express: () => createRequire(settings.modules)('express')().use(guard).use(answer),
};

const server = http.createServer({maxHeaderSize: HEAD_SIZE}, listeners[settings.kind]());
server.maxHeadersCount = 0;
server.listen(settings.socket, () => console.log('listens'));
