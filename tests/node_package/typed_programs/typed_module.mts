// SPDX-License-Identifier: MIT
/** An ES module in TypeScript: tsc has nothing to say about it. */

import {createServer, type IncomingMessage} from 'node:http';

import byDefault, {
    PolicyError, cors, createBrowser, expectAllowed, expectBlocked, fastifyCors, fromOptions,
    honoCors, koaCors, withCors,
} from 'libcors';
import type {
    Blocked, CorsOptions, CorsOptionsDelegate, CorsRequest, CustomOrigin, Decision, GuardOptions,
    PolicyEntry, Problem, StaticOrigin,
} from 'libcors';
import {withCors as withFetchCors, type FetchOptions} from 'libcors/fetch';

const policy: PolicyEntry = {allow_origins: ['https://app.example'], max_age: '10m'};
const options: GuardOptions = {
    enforce: 'block',
    onDecision: ({reason}: Decision, {target}) => console.log(reason.length, target.length),
    onProblem: (problems: Problem[], message) => console.error(problems[0].line, message.length),
};
const middleware = cors('cors.yaml', options);
createServer((request, response) => middleware(request, response, () => response.end()));
middleware.close();
byDefault({policies: [policy]});
byDefault.cors(new URL('file:///etc/cors.yaml'));

const old: CorsOptions = {
    origin: (origin, callback) => callback(null, origin === 'https://app.example'),
    methods: ['PUT'],
};
cors.fromOptions(old);
cors.fromOptions((request, callback) => callback(null, {origin: request.url === '/'}));

// The names of the package "@types/cors".
interface ShopRequest extends IncomingMessage {
    shop: string;
}
const origins: StaticOrigin = ['https://app.example', /^https:\/\/b\.example$/];
const judged: CustomOrigin = (origin, callback) => callback(null, origin === undefined || origins);
const delegate: CorsOptionsDelegate = ({method, headers}: CorsRequest, callback) =>
    callback(null, {origin: headers.origin === 'https://app.example' && method === 'GET'});
const shopDelegate: CorsOptionsDelegate<ShopRequest> = (request, callback) =>
    callback(new Error(request.shop));
fromOptions(delegate);
fromOptions(shopDelegate);
cors.fromOptions<ShopRequest>(async (request) => ({origin: request.shop, maxAge: -1}));
fromOptions({origin: judged, methods: undefined, credentials: undefined});
koaCors({options: {origin: async () => true}});
honoCors('cors.yaml');
fastifyCors({}, {policy: 'cors.yaml'}, () => undefined);

const browser = createBrowser({origin: 'https://app.example', browser: 'firefox'});
export async function visit(): Promise<string> {
    const response: Response = await expectAllowed(() => browser.fetch('http://api.example/'));
    const blocked: Blocked = await expectBlocked(browser.fetch('http://other.example/'), 'any');
    return await response.text() + blocked.message + blocked.exchanges[0].request.url;
}

export function describe(error: unknown): string {
    return error instanceof PolicyError ? error.problems[0].rule : '';
}

const more: FetchOptions = {onError: (error) => new Response(String(error), {status: 500})};
export const handler = withCors((request: Request, page: number) =>
    new Response(request.url + page.toFixed()), policy);
export const answered: Promise<Response> = handler(new Request('http://api.example/'), 7);
export const other = withFetchCors(() => new Response('x'), policy, more);
