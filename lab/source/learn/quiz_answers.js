// SPDX-License-Identifier: MIT
// Questions about what stands in the answer: errors, spelling, doubled and hidden headers.
import {APP, head, lessonCase} from './learn_case.js';

/** @typedef {import('./quiz_judge.js').Question} Question */

const ALLOW = `Access-Control-Allow-Origin: ${APP}`;
const JSON_TYPE = 'Content-Type: application/json';

/** @type {Question} */
const failing = {
    name: 'error-headers',
    title: 'A crash in disguise',
    text: 'The server\'s code adds the CORS headers at its very end. One request makes it crash ' +
        'before that, and the framework answers with its own error page.',
    ask: 'What does script get?',
    labCase: lessonCase({}, {response: head(500, 'Content-Type: text/html')}),
    expected: 'missing-allow-origin',
    choices: [
        {words: 'The answer, with status 500', code: 'ok'},
        {words: 'An error without status: there was no answer', code: 'network-failure'},
        {words: 'An error without status; the console speaks of CORS',
            code: 'missing-allow-origin'},
    ],
    why: 'To the browser the status makes no difference: without the header nothing may be read. ' +
        'So the message about CORS is true, and hides the crash. Set the headers in an outer ' +
        'layer that errors pass too; with nginx, `add_header … always`.',
};

/** @param {string} value */
function naming(value) {
    return lessonCase({},
        {response: head(200, `Access-Control-Allow-Origin: ${value}`, JSON_TYPE)});
}

/** @type {Question} */
const slash = {
    name: 'slash',
    title: 'One character too many',
    text: 'The allowed origin was copied from the address bar.',
    ask: 'Which value is right?',
    labCase: naming(`${APP}/`),
    expected: 'allow-origin-mismatch',
    choices: [
        {words: '`https://app.example.com`', labCase: naming(APP)},
        {words: '`https://app.example.com/*`', labCase: naming(`${APP}/*`)},
        {words: '`https://app.example.com:443`', labCase: naming(`${APP}:443`)},
        {words: '`app.example.com`', labCase: naming('app.example.com')},
    ],
    why: 'Browsers compare byte for byte with what they wrote into `Origin`: scheme, host, and ' +
        'the port only if it is not the usual one. No path, not even a slash; no pattern.',
};

/** @type {Question} */
const doubled = {
    name: 'doubled',
    title: 'Two who mean well',
    text: 'The application answers with the page\'s origin. The proxy before it adds a line of ' +
        'its own, to be safe.',
    ask: 'What does the browser make of the two lines?',
    labCase: lessonCase({},
        {response: head(200, ALLOW, 'Access-Control-Allow-Origin: *', JSON_TYPE)}),
    expected: 'multiple-allow-origin',
    choices: [
        {words: 'One of them fits: script reads the answer', code: 'ok'},
        {words: 'Two lines are one too many: an error', code: 'multiple-allow-origin'},
        {words: 'The last line counts, and is not the page\'s origin: an error',
            code: 'allow-origin-mismatch'},
    ],
    why: 'Several lines of one name count as one, joined with a comma, and ' +
        '`https://app.example.com, *` is not the page\'s origin. Two equal lines fail just so. ' +
        'Let one layer alone set the header, and have the proxy remove what comes from behind it.',
};

/** @param {Partial<import('../lab_case.js').LabCase>} changes @param {string[]} lines */
function counted(changes, ...lines) {
    return lessonCase(changes, {
        preflight: head(204, ALLOW, 'Access-Control-Allow-Headers: X-Total-Count'),
        response: head(200, ALLOW, ...lines, JSON_TYPE, 'X-Total-Count: 42'),
    });
}

/** @type {Question} */
const exposed = {
    name: 'exposed',
    title: 'A header that is there, and is not',
    text: 'The answer arrives, and the developer tools show `X-Total-Count: 42` in it. But in ' +
        'script, `response.headers.get("X-Total-Count")` is `null`.',
    ask: 'What lets script read the number?',
    labCase: counted({}),
    expected: 'ok',
    reads: 'X-Total-Count',
    choices: [
        {words: 'The server adds `Access-Control-Allow-Headers: X-Total-Count`',
            labCase: counted({}, 'Access-Control-Allow-Headers: X-Total-Count')},
        {words: 'Script asks for it: it sets a header `X-Total-Count`',
            labCase: counted({headers: 'X-Total-Count: 1'})},
        {words: 'Script asks with credentials, and the server exposes `*`',
            labCase: counted({credentials: 'include'}, 'Access-Control-Allow-Credentials: true',
                'Access-Control-Expose-Headers: *')},
        {words: 'The server adds `Access-Control-Expose-Headers: X-Total-Count`',
            labCase: counted({}, 'Access-Control-Expose-Headers: X-Total-Count')},
    ],
    why: 'Of an answer from another origin script sees seven harmless headers, such as ' +
        '`Content-Type`, and those that `Access-Control-Expose-Headers` lists. Allow-Headers is ' +
        'about requests; and `*` exposes all only without credentials.',
};

/** @type {Question[]} */
export const answerQuestions = [failing, slash, doubled, exposed];
