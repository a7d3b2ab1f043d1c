// SPDX-License-Identifier: MIT
// Questions about preflights: who answers them, and what they have to allow.
import {APP, head, lessonCase} from './learn_case.js';

/**
 * @typedef {import('./quiz_judge.js').Question} Question
 * @typedef {Partial<import('../lab_case.js').LabCase>} Changes
 */

const ALLOW = `Access-Control-Allow-Origin: ${APP}`;
const ALLOW_PUT = 'Access-Control-Allow-Methods: PUT';
const authorizationOnly = 'Access-Control-Allow-Headers: Authorization';
const ok = head(200, ALLOW, 'Content-Type: application/json');

/** @param {string} preflight @param {Changes} [changes] */
function guarded(preflight, changes = {}) {
    return lessonCase({
        method: 'PUT', headers: 'Authorization: Bearer abc', body: 'text', ...changes,
    }, {preflight, response: ok});
}

/** @type {Question} */
const unauthorized = {
    name: 'unauthorized',
    title: 'Tickets, please',
    text: 'Every request to the API must bring a token; a filter before all else answers 401 to ' +
        'those without. The token of this call is valid.',
    ask: 'What makes the call work?',
    labCase: guarded(head(401)),
    expected: 'missing-allow-origin',
    choices: [
        {words: 'Add `credentials: "include"` to the call, so that the preflight brings the token',
            labCase: guarded(head(401), {credentials: 'include'})},
        {words: 'Add `Access-Control-Allow-Origin` to the 401', labCase: guarded(head(401, ALLOW))},
        {words: 'Answer preflights before the filter, with 204 and what they allow',
            labCase: guarded(head(204, ALLOW, ALLOW_PUT, authorizationOnly))},
        {words: 'Set `mode: "no-cors"`', labCase: guarded(head(401), {mode: 'no-cors'})},
    ],
    why: 'A preflight never brings a token or a cookie, so a filter that wants one refuses it; ' +
        'and with any status but 200 to 299 the browser goes no further. Answer OPTIONS before ' +
        'authentication. That gives nothing away: the request that follows is checked as ever.',
};

const METHODS = 'GET, PUT, PATCH, DELETE';

/** @param {string} methods @param {Changes} [changes] */
function patching(methods, changes = {}) {
    return lessonCase({method: 'patch', body: 'text', ...changes}, {
        preflight: head(204, ALLOW, `Access-Control-Allow-Methods: ${methods}`,
            'Access-Control-Allow-Headers: Content-Type'),
        response: ok,
    });
}

/** @type {Question} */
const patch = {
    name: 'patch',
    title: 'A small difference',
    text: 'With `method: "put"` and `method: "delete"` the same code worked. With `"patch"` it ' +
        'fails.',
    ask: 'What is to be changed?',
    labCase: patching(METHODS),
    expected: 'method-not-allowed',
    choices: [
        {words: 'The server lists OPTIONS as well', labCase: patching(`${METHODS}, OPTIONS`)},
        {words: 'Script writes `"PATCH"`', labCase: patching(METHODS, {method: 'PATCH'})},
        {words: 'The server lists `Patch`', labCase: patching('GET, PUT, Patch, DELETE')},
        {words: 'Script sets `Content-Type`', labCase: patching(METHODS,
            {headers: 'Content-Type: application/json'})},
    ],
    why: 'Methods are compared to the letter. fetch() turns six of them into capitals (DELETE, ' +
        'GET, HEAD, OPTIONS, POST, PUT), and PATCH, being younger, is not among them. OPTIONS ' +
        'never needs listing: it is the question, not the call.',
};

/** @param {string[]} lines */
function posting(...lines) {
    return lessonCase({method: 'POST', headers: 'Content-Type: application/json', body: 'text'},
        {preflight: head(204, ALLOW, ...lines), response: ok});
}

/** @type {Question} */
const contentType = {
    name: 'content-type',
    title: 'The body\'s label',
    text: 'A form was turned into a call that posts JSON. The old one worked.',
    ask: 'What does the answer to the preflight lack?',
    labCase: posting(authorizationOnly),
    expected: 'header-not-allowed',
    choices: [
        {words: '`Access-Control-Allow-Methods: POST`',
            labCase: posting(authorizationOnly, 'Access-Control-Allow-Methods: POST')},
        {words: '`application/json` among the allowed headers',
            labCase: posting('Access-Control-Allow-Headers: Authorization, application/json')},
        {words: '`Accept: application/json`',
            labCase: posting(authorizationOnly, 'Accept: application/json')},
        {words: '`Content-Type` among the allowed headers',
            labCase: posting('Access-Control-Allow-Headers: Authorization, Content-Type')},
    ],
    why: '`Content-Type` needs no permission while its value is one that forms have: plain text ' +
        'or form data. With JSON it has to be listed, by the name of the header, not by its ' +
        'value. And POST needs no listing, here as ever.',
};

const SLASHED = 'https://api.example.com/todos/';
const ALLOWED = head(204, ALLOW, ALLOW_PUT);

/**
 * A server that redirects to the URL with a slash.
 *
 * @param {number} status
 * @param {string[]} lines of the redirect
 * @param {Changes} [changes]
 */
function redirecting(status, lines, changes = {}) {
    const moved = head(status, `Location: ${SLASHED}`, ...lines);
    const labCase = lessonCase({method: 'PUT', ...changes}, {response: ''});
    return {...labCase, answers: [
        {url: 'https://api.example.com/todos', preflight: moved, response: moved},
        {url: SLASHED, preflight: ALLOWED, response: ok},
    ]};
}

/** @type {Question} */
const redirected = {
    name: 'redirected',
    title: 'Next door, please',
    text: 'The framework redirects every URL without a slash at its end to the one with a slash. ' +
        'GET works; PUT does not.',
    ask: 'What makes the PUT work?',
    labCase: redirecting(308, [ALLOW]),
    expected: 'preflight-redirect',
    choices: [
        {words: 'Call the URL with the slash', labCase: redirecting(308, [ALLOW], {url: SLASHED})},
        {words: 'Set `redirect: "follow"` in the call',
            labCase: redirecting(308, [ALLOW], {redirect: 'follow'})},
        {words: 'Add what the PUT needs to the redirect: `Access-Control-Allow-Methods: PUT`',
            labCase: redirecting(308, [ALLOW, ALLOW_PUT])},
        {words: 'Redirect with 307 in place of 308', labCase: redirecting(307, [ALLOW])},
    ],
    why: 'Browsers follow redirects of requests, but not of preflights: any redirect there is a ' +
        'refusal. Redirects from http to https, or to www, do the same harm. Call the final URL, ' +
        'or answer OPTIONS before redirecting.',
};

/** @type {Question[]} */
export const preflightQuestions = [unauthorized, patch, contentType, redirected];
