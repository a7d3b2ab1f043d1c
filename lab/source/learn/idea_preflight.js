// SPDX-License-Identifier: MIT
// Idea 3: simple requests, and those that the browser asks about first.
import {APP, head, lessonCase} from './learn_case.js';
import {played} from './learn_figure.js';

/** @type {import('./learn_figure.js').FigureSpec} */
const figure = {
    name: 'preflight',
    caption: 'GET and POST go at once. Choose another method, or a header, and the browser asks ' +
        'first.',
    switches: [
        {name: 'method', words: 'Method', options: [
            {value: 'GET', words: 'GET'}, {value: 'POST', words: 'POST'},
            {value: 'PUT', words: 'PUT'},
        ]},
        {name: 'header', words: 'A header set by script', options: [
            {value: 'none', words: 'none'}, {value: 'json', words: 'JSON Content-Type'},
            {value: 'token', words: 'Authorization'},
        ]},
        {name: 'options', words: 'The server answers OPTIONS', options: [
            {value: 'allowed', words: 'with permission'}, {value: 'missing', words: 'with 404'},
        ]},
    ],
    run: played(({method, header, options}) => {
        const headers = {
            none: '', json: 'Content-Type: application/json', token: 'Authorization: Bearer abc',
        }[header] ?? '';
        const origin = `Access-Control-Allow-Origin: ${APP}`;
        return lessonCase({method, headers, body: method === 'GET' ? 'none' : 'text'}, {
            preflight: options === 'missing' ? head(404, origin) : head(204, origin,
                'Access-Control-Allow-Methods: PUT',
                'Access-Control-Allow-Headers: Authorization, Content-Type'),
            response: head(200, origin, 'Content-Type: application/json'),
        });
    }),
};

/** @type {import('./ideas.js').Idea} */
export const preflight = {
    name: 'preflight',
    short: 'Simple and preflighted',
    title: 'Simple requests go at once; the browser asks first about others',
    text: [
        'Since long before CORS, a form on any page could send a GET or a POST to any server, ' +
        'with form data or plain text in it. Servers have to live with such _simple requests_, ' +
        'so the browser sends them at once and looks at the answer afterwards.',
        'Another method such as PUT, a header such as `Authorization`, or a body declared as ' +
        'JSON might surprise a server that never heard of other origins. For those the browser ' +
        'asks first. It sends a request of its own, the _preflight_, with the method OPTIONS, ' +
        'naming the method and the headers to come. Only if the answer has a status from 200 to ' +
        '299 and allows the origin, the method and the headers does the request itself follow. ' +
        'Script sees nothing of the preflight. The server has to answer it without knowing the ' +
        'visitor: it carries no cookies and no token.',
    ],
    figures: [figure],
};
