// SPDX-License-Identifier: MIT
// Idea 2: the browser enforces; the server only declares.
import {APP, head, lessonCase} from './learn_case.js';
import {played} from './learn_figure.js';

const OTHER = 'https://other.example.net';

/** @type {import('./learn_figure.js').FigureSpec} */
const figure = {
    name: 'enforcer',
    caption: 'The request arrives and is answered whatever you choose; what changes is only ' +
        'whether script is given the answer.',
    switches: [
        {name: 'page', words: 'The page that calls', options: [
            {value: 'app', words: 'app.example.com'}, {value: 'other', words: 'other.example.net'},
        ]},
        {name: 'server', words: 'The server allows', options: [
            {value: 'nobody', words: 'nobody'}, {value: 'app', words: 'app.example.com'},
            {value: 'all', words: 'everyone: *'},
        ]},
    ],
    run: played(({page, server}) => {
        return lessonCase({page: page === 'app' ? APP : OTHER}, {response: head(200,
            'Content-Type: application/json',
            server === 'app' && `Access-Control-Allow-Origin: ${APP}`,
            server === 'all' && 'Access-Control-Allow-Origin: *')});
    }),
};

/** @type {import('./ideas.js').Idea} */
export const enforcer = {
    name: 'enforcer',
    short: 'Who enforces',
    title: 'The browser enforces, the server only declares',
    text: [
        'When a script calls another origin, the browser adds a line of its own to the request: ' +
        '`Origin`, with the origin of the page. Script can neither set nor change it. The server ' +
        'answers as it likes, and may say in `Access-Control-Allow-Origin` which origin may read ' +
        'the answer. The browser compares the two. Where they agree, script gets the answer; ' +
        'where they do not, it gets a bare error, with no status and no reason. The reason goes ' +
        'to the console, for developers only.',
        'So CORS does not decide who may _send_ here, but who may _read_. Nothing that the page ' +
        'does can change the outcome: the browser works for its user, not for the page. Only the ' +
        'server can, by answering differently.',
    ],
    figures: [figure],
};
