// SPDX-License-Identifier: MIT
// Cases to begin with: the usual mistakes, and a few that work.
import {plainCase, writeCase} from './lab_case.js';

/**
 * @typedef {import('./lab_case.js').LabCase} LabCase
 * @typedef {{title: string, works: boolean, labCase: LabCase, written: string}} ExampleCase
 *   `works`: whether script gets the answer; `written`: the case as a URL has it
 */

const {page, url} = plainCase;
const json = 'Content-Type: application/json';
const allowPage = `Access-Control-Allow-Origin: ${page}`;
const allowAll = 'Access-Control-Allow-Origin: *';
const withCookies = 'Access-Control-Allow-Credentials: true';
const varyOrigin = 'Vary: Origin';

/** @param {string[]} lines */
const head = (...lines) => lines.join('\n');

/** @param {string} title @param {boolean} works @param {Partial<LabCase>} members */
function example(title, works, members) {
    /** @type {LabCase} */
    const labCase = {...plainCase, ...members};
    return {title, works, labCase, written: writeCase(labCase).toString()};
}

/** One URL with its two answers. @param {string} response @param {string} [preflight] */
const answers = (response, preflight = '204') => ({answers: [{url, preflight, response}]});

/** @type {ExampleCase[]} */
export const exampleCases = [
    example('PUT with JSON and a login: three mistakes', false, {
        url: `${url}/7`, method: 'PUT', headers: json, credentials: 'include', body: 'text',
        answers: [{
            url: `${url}/7`,
            preflight: head('204', allowPage, withCookies, 'Access-Control-Allow-Methods: GET, PUT',
                'Access-Control-Allow-Headers: X-Client', 'Access-Control-Max-Age: 600'),
            response: head('200', json, allowAll, 'X-Request-Id: 8e1f', 'Cache-Control: no-store'),
        }],
    }),
    example('No CORS headers at all', false, answers(head('200', json, 'Server: nginx'))),
    example('* with credentials', false, {
        credentials: 'include', ...answers(head('200', json, allowAll, withCookies)),
    }),
    example('A slash at the origin’s end', false, answers(head('200', json, `${allowPage}/`))),
    example('Two layers set the header', false,
        answers(head('200', json, allowPage, allowPage, varyOrigin))),
    example('Several origins in one line', false,
        answers(head('200', json, `${allowPage}, https://admin.example.com`))),
    example('OPTIONS wants a login: 401', false, {
        headers: 'Authorization: Bearer abc',
        ...answers(head('200', json, allowPage),
            head('401', 'WWW-Authenticate: Bearer', allowPage)),
    }),
    example('patch in lower case', false, {
        method: 'patch', headers: json, body: 'text',
        ...answers(head('200', json, allowPage), head('204', allowPage,
            'Access-Control-Allow-Methods: PUT, PATCH',
            'Access-Control-Allow-Headers: Content-Type')),
    }),
    example('A 500 without the headers', false,
        answers(head('500', 'Content-Type: text/html', 'Server: nginx'))),
    example('A preflight that is redirected', false, {
        method: 'DELETE',
        ...answers(head('204', allowPage), head('301', `Location: ${url}/`)),
    }),
    example('Redirected to another site: Origin null', false, {
        url: 'https://api.example.com/file',
        answers: [{
            url: 'https://api.example.com/file', preflight: '204',
            response: head('302', 'Location: https://cdn.example.net/file', allowPage),
        }, {
            url: 'https://cdn.example.net/file', preflight: '204',
            response: head('200', 'Content-Type: text/plain', allowPage),
        }],
    }),
    example('A sandboxed frame: the page is null', false, {
        page: 'null', ...answers(head('200', json, allowPage, varyOrigin)),
    }),
    example('A header that only Chromium thinks simple', true, {
        headers: 'DPR: 2', ...answers(head('200', json, allowAll), head('404', allowAll)),
    }),
    example('* and Authorization: browsers against the standard', true, {
        headers: 'Authorization: Bearer abc',
        ...answers(head('200', json, allowAll),
            head('204', allowAll, 'Access-Control-Allow-Headers: *')),
    }),
    example('A simple GET', true, answers(head('200', json, allowAll, 'ETag: "a1"'))),
    example('PUT with a login, done right', true, {
        method: 'PUT', headers: json, credentials: 'include', body: 'text',
        ...answers(
            head('200', json, allowPage, withCookies, 'Access-Control-Expose-Headers: X-Request-Id',
                varyOrigin, 'X-Request-Id: 8e1f', 'ETag: "a1"'),
            head('204', allowPage, withCookies, 'Access-Control-Allow-Methods: PUT, DELETE',
                'Access-Control-Allow-Headers: Content-Type', 'Access-Control-Max-Age: 600',
                varyOrigin)),
    }),
    example('Two redirects, all of them open', true, {
        url: 'https://api.example.com/latest',
        answers: [{
            url: 'https://api.example.com/latest', preflight: '204',
            response: head('302', 'Location: /v2', allowAll),
        }, {
            url: 'https://api.example.com/v2', preflight: '204',
            response: head('307', 'Location: https://cdn.example.net/v2', allowAll),
        }, {
            url: 'https://cdn.example.net/v2', preflight: '204',
            response: head('200', json, allowAll),
        }],
    }),
    example('no-cors: sent, but unreadable', true, {
        mode: 'no-cors', ...answers(head('200', json)),
    }),
    example('Its own origin: no CORS', true, {
        page: 'https://api.example.com', method: 'DELETE', ...answers(head('204')),
    }),
    example('A server with a policy', true, {
        method: 'PUT', headers: json, credentials: 'include', body: 'text', server: 'policy',
        policy: head('policies:', '  - path: /todos', `    allow_origins: [${page}]`,
            '    allow_methods: [PUT]', '    allow_headers: [Content-Type]',
            '    allow_credentials: true', '    max_age: 10m', ''),
    }),
];

/** What the first room shows where the URL holds no case. */
export const firstCase = exampleCases[0].labCase;
