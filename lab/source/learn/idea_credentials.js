// SPDX-License-Identifier: MIT
// Idea 5: credentials, and what they ask of the server.
import {APP, head, lessonCase} from './learn_case.js';
import {played} from './learn_figure.js';

/** @type {import('./learn_figure.js').FigureSpec} */
const figure = {
    name: 'credentials',
    caption: 'A GET: with or without credentials, there is no preflight.',
    switches: [
        {name: 'mode', words: 'Script asks for credentials', options: [
            {value: 'same-origin', words: 'no, the default'},
            {value: 'include', words: '"include"'},
        ]},
        {name: 'origin', words: 'Access-Control-Allow-Origin', options: [
            {value: 'all', words: '*'}, {value: 'page', words: 'the page\'s origin'},
        ]},
        {name: 'allowed', words: 'Access-Control-Allow-Credentials: true', checked: false},
    ],
    run: played(({mode, origin, allowed}) => {
        return lessonCase({credentials: mode}, {response: head(200,
            `Access-Control-Allow-Origin: ${origin === 'page' ? APP : '*'}`,
            allowed === 'yes' && 'Access-Control-Allow-Credentials: true',
            'Content-Type: application/json')});
    }),
};

/** @type {import('./ideas.js').Idea} */
export const credentials = {
    name: 'credentials',
    short: 'Credentials',
    title: 'With credentials, both sides have to agree',
    text: [
        '_Credentials_ are what tells a server who the visitor is without the script\'s doing: ' +
        'cookies, a password that the browser remembers for HTTP authentication, and client ' +
        'certificates. Script\'s calls to another origin leave them out, unless it asks for them ' +
        'with `credentials: "include"`. A token that script puts into `Authorization` itself is ' +
        'not meant: to CORS that is a header like others.',
        'Then the server has to agree twice: `Access-Control-Allow-Credentials` must be exactly ' +
        '`true`, and `Access-Control-Allow-Origin` must name the origin, for `*` no longer ' +
        'counts. Mind the order: in a simple request the cookies have arrived before the browser ' +
        'knows that script may not read the answer. Whether there is a cookie to send is another ' +
        'matter: its `SameSite` attribute and the browser\'s protection against tracking may ' +
        'keep it at home.',
    ],
    figures: [figure],
};
