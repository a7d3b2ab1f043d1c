// SPDX-License-Identifier: MIT
// What is often said about CORS and is not so, each with cases that prove it. A proof is read off
// the traces: it says what they show, and whether that bears the truth out.
import {APP, head, lessonCase} from './learn_case.js';
import {answeredRequest, preflightsOf, requestsOf, valueOf} from './learn_reading.js';
import {listed} from './learn_text.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {{holds: boolean, words: string}} Proof
 *
 * @typedef {{
 *   name: string,
 *   myth: string,
 *   truth: string,
 *   plays: Array<{words: string, labCase: LabCase}>,
 *   prove: (traces: Trace[]) => Proof,
 * }} Myth `words` say what a play is; `prove` gets a trace for each play.
 */

const ALLOW = `Access-Control-Allow-Origin: ${APP}`;
const WITH_CREDENTIALS = 'Access-Control-Allow-Credentials: true';

/** @param {Trace} trace */
function methodsSent(trace) {
    return listed(trace.steps.map(({method}) => method)) || 'nothing';
}

/** @param {boolean | undefined} it */
function withOr(it) {
    return it ? 'with' : 'without';
}

/** @param {Trace} trace */
function ending({outcome}) {
    return outcome.ok ? 'script reads the answer' : 'script gets an error';
}

/** @type {Myth} */
const credentialsPreflight = {
    name: 'credentials-preflight',
    myth: 'Cookies cause a preflight.',
    truth: 'Credentials alone never do: only the method, the headers, a listener for upload ' +
        'progress or a stream as body can. A GET with cookies goes at once.',
    plays: [{words: 'A GET with credentials',
        labCase: lessonCase({credentials: 'include'},
            {response: head(200, ALLOW, WITH_CREDENTIALS)})}],
    prove([trace]) {
        const [request] = requestsOf(trace);
        return {
            holds: preflightsOf(trace).length === 0 && request?.credentials === true,
            words: `What was sent: ${methodsSent(trace)}. ` +
                `The first line on the wire is ${trace.steps[0]?.method}, ` +
                `${withOr(trace.steps[0]?.credentials)} credentials.`,
        };
    },
};

/** @type {Myth} */
const postListing = {
    name: 'post-listing',
    myth: 'POST must be listed in Access-Control-Allow-Methods.',
    truth: 'GET, HEAD and POST are always allowed, also when something else made a preflight ' +
        'necessary. Listing them does no harm, and no good.',
    plays: [{words: 'A POST with JSON, and no list of methods at all', labCase: lessonCase(
        {method: 'POST', headers: 'Content-Type: application/json', body: 'text'},
        {preflight: head(204, ALLOW, 'Access-Control-Allow-Headers: Content-Type'),
            response: head(201, ALLOW)})}],
    prove([trace]) {
        const [preflight] = preflightsOf(trace);
        const methods = valueOf(preflight?.answer?.headers, 'Access-Control-Allow-Methods');
        return {
            holds: preflight !== undefined && methods === null && trace.outcome.ok,
            words: `The preflight asks for ${preflight?.requested_method}; its answer lists ` +
                `${methods ?? 'no methods'}; sent next: ` +
                `${requestsOf(trace)[0]?.method ?? 'nothing'}, and ${ending(trace)}.`,
        };
    },
};

/** @type {Myth} */
const firewall = {
    name: 'firewall',
    myth: 'CORS is a firewall: it keeps strangers\' requests from my server.',
    truth: 'A simple request arrives, and is carried out, before the browser compares anything. ' +
        'Only reading is forbidden, and only to scripts in browsers.',
    plays: [{words: 'A stranger\'s page posts form data', labCase: lessonCase(
        {page: 'https://evil.example', method: 'POST', body: 'params', credentials: 'include'},
        {response: head(200, ALLOW, WITH_CREDENTIALS)})}],
    prove([trace]) {
        const request = answeredRequest(trace);
        return {
            holds: request !== null && request.body && !trace.outcome.ok,
            words: (request ? `The ${request.method} reached the server, body included, and was ` +
                `answered ${request.answer?.status}; ` : 'Nothing reached the server; ') +
                `${ending(trace)}.`,
        };
    },
};

/** @type {Myth} */
const wildcardCredentials = {
    name: 'wildcard-credentials',
    myth: '* allows everything.',
    truth: 'Not to calls with credentials: for those every `*` is just a character, whatever ' +
        '`Access-Control-Allow-Credentials` says. The server has to name the page\'s origin.',
    plays: [
        {words: 'Without credentials', labCase: lessonCase({},
            {response: head(200, 'Access-Control-Allow-Origin: *', WITH_CREDENTIALS)})},
        {words: 'With credentials', labCase: lessonCase({credentials: 'include'},
            {response: head(200, 'Access-Control-Allow-Origin: *', WITH_CREDENTIALS)})},
    ],
    prove([without, including]) {
        return {
            holds: without.outcome.ok && !including.outcome.ok,
            words: `The same answer twice: without credentials ${ending(without)}, with them ` +
                `${ending(including)}. ${including.outcome.cause}`,
        };
    },
};

const token = {headers: 'Authorization: Bearer abc'};
const starHeaders = {preflight: head(204, ALLOW, 'Access-Control-Allow-Headers: *'),
    response: head(200, ALLOW)};

/** @type {Myth} */
const wildcardAuthorization = {
    name: 'wildcard-authorization',
    myth: 'Access-Control-Allow-Headers: * includes Authorization.',
    truth: 'The standard says that `Authorization` must be listed by name. Today\'s browsers let ' +
        'it pass all the same, Firefox with a warning that it will not last: list it.',
    plays: [
        {words: 'By the standard',
            labCase: lessonCase({...token, browser: 'standard'}, starHeaders)},
        {words: 'Chromium', labCase: lessonCase({...token, browser: 'chromium'}, starHeaders)},
        {words: 'Firefox', labCase: lessonCase({...token, browser: 'firefox'}, starHeaders)},
        {words: 'Safari', labCase: lessonCase({...token, browser: 'safari'}, starHeaders)},
    ],
    prove([standard, ...browsers]) {
        const names = ['Chromium', 'Firefox', 'Safari'];
        return {
            holds: !standard.outcome.ok && browsers.every(({outcome}) => outcome.ok),
            words: `By the standard ${ending(standard)}: ${standard.outcome.cause} ` +
                `${names.map((name, at) => `In ${name} ${ending(browsers[at])}`).join('. ')}.`,
        };
    },
};

/** @type {Myth} */
const forbidden = {
    name: 'forbidden-status',
    myth: 'The browser answered 403, because of CORS.',
    truth: 'A browser never makes up a status: what it blocks ends in an error without one. A ' +
        '403 was sent by the server, or by something before it, and its log says why.',
    plays: [{words: 'A server that refuses the preflight', labCase: lessonCase(
        {method: 'DELETE'}, {preflight: head(403, ALLOW), response: head(200, ALLOW)})}],
    prove([trace]) {
        const status = trace.steps[0]?.answer?.status;
        return {
            holds: status === 403 && !trace.outcome.ok && trace.outcome.status === null,
            words: `The ${status} stands in the server's answer to ${trace.steps[0]?.method}; ` +
                `the status that script sees is ` +
                `${trace.outcome.status ?? 'none: the call just fails'}.`,
        };
    },
};

/** @type {Myth} */
const noCors = {
    name: 'no-cors',
    myth: 'mode: "no-cors" switches CORS off.',
    truth: 'It gives up reading: the call succeeds, but its answer is opaque, without status, ' +
        'headers or body. And it can send little more than a form could.',
    plays: [
        {words: 'Mode "no-cors"', labCase: lessonCase({mode: 'no-cors'},
            {response: head(200, 'Content-Type: application/json')})},
        {words: 'A PUT in that mode', labCase: lessonCase(
            {mode: 'no-cors', method: 'PUT', body: 'text'}, {response: head(200)})},
    ],
    prove([trace, put]) {
        const {type, status, headers} = trace.outcome;
        return {
            holds: type === 'opaque' && status === 0 && headers.length === 0 && !put.outcome.ok,
            words: `The server answered ${trace.steps[0]?.answer?.status}; script sees type ` +
                `"${type}", status ${status} and ${headers.length} headers. Sent for the PUT: ` +
                `${methodsSent(put)}.`,
        };
    },
};

const allowing = {preflight: head(204, ALLOW), response: head(200, ALLOW)};

/** @type {Myth} */
const requestHeader = {
    name: 'request-header',
    myth: 'Setting Access-Control-Allow-Origin in the request helps.',
    truth: 'It is a response header: only the server can allow. In the request it is one more ' +
        'header of the script\'s own, which needs a preflight, and so breaks calls that worked.',
    plays: [
        {words: 'Without it', labCase: lessonCase({}, allowing)},
        {words: 'With it',
            labCase: lessonCase({headers: 'Access-Control-Allow-Origin: *'}, allowing)},
    ],
    prove([without, including]) {
        const asked = preflightsOf(including)[0]?.requested_headers ?? null;
        return {
            holds: without.outcome.ok && preflightsOf(without).length === 0 && asked !== null &&
                !including.outcome.ok,
            words: `Without it ${ending(without)}. With it the browser sends ` +
                `${methodsSent(including)}, asks for permission to send ` +
                `${asked ?? 'nothing'}, and ${ending(including)}.`,
        };
    },
};

/** @type {Myth} */
const localhost = {
    name: 'localhost',
    myth: 'localhost is exempt.',
    truth: 'Another port is another origin, on your own machine too; and `127.0.0.1` is another ' +
        'host than `localhost`. Nothing is allowed that the server does not allow.',
    plays: [{words: 'From port 3000 to port 8080', labCase: lessonCase(
        {page: 'http://localhost:3000', url: 'http://localhost:8080/todos'},
        {response: head(200, 'Content-Type: application/json')})}],
    prove([trace]) {
        const [request] = requestsOf(trace);
        return {
            holds: request !== undefined && request.origin !== null && !trace.outcome.ok,
            words: `The browser calls ${request?.url} in the name of ${request?.origin}, and ` +
                `${ending(trace)}. ${trace.outcome.cause}`,
        };
    },
};

/** @type {Myth} */
const errors = {
    name: 'error-answers',
    myth: 'Errors do not need the headers.',
    truth: 'Each answer is judged by its own lines, whatever its status. A 500 without them ' +
        'looks to script, and in the console, like a CORS problem, and hides what went wrong.',
    plays: [
        {words: 'A 500 without the header', labCase: lessonCase({}, {response: head(500)})},
        {words: 'A 500 with it', labCase: lessonCase({}, {response: head(500, ALLOW)})},
    ],
    prove([without, including]) {
        return {
            holds: !without.outcome.ok && including.outcome.ok && including.outcome.status === 500,
            words: `Without the header ${ending(without)} and no status. With it ` +
                `${ending(including)}, status ${including.outcome.status}.`,
        };
    },
};

/** @type {Myth} */
const preflightCookies = {
    name: 'preflight-cookies',
    myth: 'My server can see who is signed in when it answers a preflight.',
    truth: 'A preflight never carries cookies, nor the script\'s `Authorization`. A server that ' +
        'demands them of OPTIONS answers 401, and the request itself is never sent.',
    plays: [{words: 'A PUT with cookies and a token', labCase: lessonCase(
        {method: 'PUT', credentials: 'include', headers: 'Authorization: Bearer abc'},
        {preflight: head(204, ALLOW, WITH_CREDENTIALS, 'Access-Control-Allow-Methods: PUT',
            'Access-Control-Allow-Headers: Authorization'),
        response: head(200, ALLOW, WITH_CREDENTIALS)})}],
    prove([trace]) {
        const [preflight] = preflightsOf(trace);
        const [request] = requestsOf(trace);
        const carried = valueOf(preflight?.fields, 'Authorization');
        return {
            holds: preflight?.credentials === false && carried === null &&
                request?.credentials === true,
            words: `${preflight?.method} goes ${withOr(preflight?.credentials)} credentials and ` +
                `${withOr(carried !== null)} Authorization; ` +
                `${request?.method} goes ${withOr(request?.credentials)} credentials.`,
        };
    },
};

/** @type {readonly Myth[]} */
export const myths = [
    credentialsPreflight, postListing, firewall, wildcardCredentials, wildcardAuthorization,
    forbidden, noCors, requestHeader, localhost, errors, preflightCookies,
];
