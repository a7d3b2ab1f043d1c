// SPDX-License-Identifier: MIT
// Questions about whom a server trusts: wildcards, reflected origins, null, and caches.
import {APP, head, lessonCase} from './learn_case.js';

/** @typedef {import('./quiz_judge.js').Question} Question */

const ALLOW = `Access-Control-Allow-Origin: ${APP}`;
const STAR = 'Access-Control-Allow-Origin: *';
const WITH_CREDENTIALS = 'Access-Control-Allow-Credentials: true';
const JSON_TYPE = 'Content-Type: application/json';
const EVIL = 'https://evil.example';

/**
 * A call with credentials.
 *
 * @param {Array<string>} lines of the answer
 * @param {string} [headers] that script sets
 */
function including(lines, headers = '') {
    return lessonCase({credentials: 'include', headers},
        {response: head(200, ...lines, WITH_CREDENTIALS, JSON_TYPE)});
}

/** @type {Question} */
const wildcard = {
    name: 'wildcard',
    title: 'Everybody, with cookies',
    text: 'The API worked, until the call began to ask for credentials. Now the console complains.',
    ask: 'What makes the call work again?',
    labCase: including([STAR]),
    expected: 'wildcard-with-credentials',
    choices: [
        {words: 'Add `Access-Control-Allow-Headers: *`',
            labCase: including([STAR, 'Access-Control-Allow-Headers: *'])},
        {words: 'Answer with the page\'s origin in place of `*`',
            labCase: including([ALLOW, 'Vary: Origin'])},
        {words: 'Answer with both: `*, https://app.example.com`',
            labCase: including([`${STAR}, ${APP}`])},
        {words: 'Have script set the header `Origin` itself',
            labCase: including([STAR], `Origin: ${APP}`)},
    ],
    why: 'With credentials `*` is no wildcard any more. The server compares `Origin` with the ' +
        'list of those it trusts, sends back the one that asked, and says `Vary: Origin`. Script ' +
        'cannot set `Origin`: the browser drops that line and writes its own.',
};

/** @type {Question} */
const reflected = {
    name: 'reflected',
    title: 'An echo for an answer',
    text: 'To be done with CORS once and for all, somebody made the server copy the `Origin` of ' +
        'each request into `Access-Control-Allow-Origin`, and allow credentials. A visitor who ' +
        'is signed in opens a page on evil.example, whose script makes this call.',
    ask: 'What does the script on evil.example get?',
    labCase: lessonCase({page: EVIL, credentials: 'include'}, {response: head(200,
        `Access-Control-Allow-Origin: ${EVIL}`, WITH_CREDENTIALS, 'Vary: Origin', JSON_TYPE)}),
    expected: 'ok',
    choices: [
        {words: 'The answer', code: 'ok'},
        {words: 'An error: the server never listed evil.example', code: 'allow-origin-mismatch'},
        {words: 'An error: with credentials an echo counts as `*`',
            code: 'wildcard-with-credentials'},
    ],
    why: 'An echo allows everyone, and for the browser it is as good as a list: it cannot know ' +
        'that the server never looked. Wherever the visitor\'s cookies go along, any page reads ' +
        'what only the visitor should. Look the origin up in a list before you send it back.',
};

/** @type {Question} */
const nullOrigin = {
    name: 'null',
    title: 'Nobody\'s origin',
    text: 'A developer tried the page from a file on disk, saw `Origin: null` in the log, and ' +
        'allowed `null`. A stranger\'s page now puts a script into a frame with the attribute ' +
        '`sandbox`; such a frame has the origin `null` too.',
    ask: 'What does the script in that frame get?',
    labCase: lessonCase({page: 'null', credentials: 'include'}, {response: head(200,
        'Access-Control-Allow-Origin: null', WITH_CREDENTIALS, 'Vary: Origin', JSON_TYPE)}),
    expected: 'ok',
    choices: [
        {words: 'An error: `null` is no origin', code: 'invalid-allow-origin'},
        {words: 'An error: `null` means that nobody is allowed', code: 'missing-allow-origin'},
        {words: 'The answer', code: 'ok'},
    ],
    why: '`null` is what browsers write for every origin that has no name: files, sandboxed ' +
        'frames, `data:` documents. Anybody can make one, so to allow `null` is to allow ' +
        'everybody, and, unlike `*`, even with credentials. Serve test pages from localhost ' +
        'instead.',
};

const stored = ['Cache-Control: public, max-age=3600', 'Age: 12', JSON_TYPE];

/** @type {Question} */
const vary = {
    name: 'vary',
    title: 'The answer to somebody else\'s question',
    text: 'The server allows app.example.com and admin.example.com, and names the one that asks, ' +
        'but sends no `Vary`. Between them and the server is a content delivery network. A page ' +
        'of app.example.com asked twelve seconds ago; now a page of admin.example.com asks.',
    ask: 'What happens to the call of admin.example.com?',
    labCase: lessonCase({page: 'https://admin.example.com'},
        {response: head(200, ALLOW, ...stored)}),
    expected: 'allow-origin-mismatch',
    choices: [
        {words: 'It works: a cache asks the server again when the origin is another', code: 'ok'},
        {words: 'It fails: the stored answer names the other origin',
            code: 'allow-origin-mismatch'},
        {words: 'It fails: caches leave out CORS headers', code: 'missing-allow-origin'},
    ],
    why: 'A cache goes by the URL, unless the answer says in `Vary` what else counts. With ' +
        '`Vary: Origin` it keeps one answer for each origin. Without, who is served right ' +
        'depends on who came first: a fault that comes and goes.',
};

/** @type {Question[]} */
export const trustQuestions = [wildcard, reflected, nullOrigin, vary];
