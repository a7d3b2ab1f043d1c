// SPDX-License-Identifier: MIT
// Idea 7: what CORS does not protect.
import {handServer} from '../case_play.js';
import {formatHead} from '../lab_case.js';
import {head, lessonCase, playOnce} from './learn_case.js';
import {answeredRequest} from './learn_reading.js';

const EVIL = 'https://evil.example';
const BANK = 'https://bank.example/transfer';

/** @param {string} sender */
function bankCase(sender) {
    const json = sender === 'json';
    return lessonCase({
        page: EVIL, url: BANK, method: 'POST', credentials: 'include',
        body: json ? 'text' : 'params', headers: json ? 'Content-Type: application/json' : '',
    }, {preflight: head(404), response: head(200, 'Content-Type: text/plain')});
}

/** The same order by hand. */
function curl() {
    const labCase = bankCase('curl');
    const answer = handServer(labCase)({
        kind: 'request', method: labCase.method, url: labCase.url, fields: [], origin: null,
        requested_method: null, requested_headers: null, credentials: false, body: true, whys: [],
    });
    return [`$ curl -i -d to=mallory -H 'Origin: https://app.bank.example' ${BANK}`, '',
        `HTTP/1.1 ${formatHead(answer)}`, '', 'Transferred.'].join('\n');
}

/** @type {import('./learn_figure.js').FigureSpec} */
const figure = {
    name: 'limits',
    caption: 'A bank\'s server that knows nothing of CORS. No page but its own may read its ' +
        'answers; its orders come through all the same.',
    switches: [
        {name: 'sender', words: 'Who sends the order', options: [
            {value: 'form', words: 'evil.example, as a form would'},
            {value: 'json', words: 'evil.example, as JSON'},
            {value: 'curl', words: 'curl'},
        ]},
    ],
    run(cors, {sender}) {
        if (sender === 'curl') {
            return {terminal: curl(), notes: [{kind: 'warn', mark: 'The order arrived',
                words: 'and the answer is there to read. curl says in `Origin` what it is told ' +
                    'to say, and no browser stands between.'}]};
        }
        const labCase = bankCase(sender);
        const trace = playOnce(cors, labCase);
        return {labCase, trace, notes: [answeredRequest(trace)
            ? {kind: 'warn', mark: 'The order arrived',
                words: 'before the browser had anything to compare.'}
            : {kind: 'good', mark: 'The order was not sent',
                words: 'because the server did not allow what the preflight asked for.'}]};
    },
};

/** @type {import('./ideas.js').Idea} */
export const limits = {
    name: 'limits',
    short: 'What CORS does not protect',
    title: 'What CORS does not protect',
    text: [
        'CORS keeps answers away from scripts in browsers. It does not keep requests away from ' +
        'servers. curl, another server or an app on a phone sends any `Origin` it likes, and ' +
        'reads every answer.',
        'And a simple request arrives before anything is compared. A stranger\'s page can post ' +
        'to a bank in the name of a visitor who is signed in there, if the browser sends the ' +
        'cookies along. It cannot read the answer, but it need not. This is _cross-site request ' +
        'forgery_, CSRF. What helps: cookies with `SameSite=Lax` or `Strict`, a secret token in ' +
        'each form, and a server that checks `Origin` before it changes anything. Taking orders ' +
        'as JSON helps too, since JSON needs a preflight, but only if every other content type ' +
        'is refused.',
        'So a server has to know who calls and what they may do, on every request, with CORS or ' +
        'without. CORS can only loosen the browser\'s rule, never tighten the server\'s.',
    ],
    figures: [figure],
};
