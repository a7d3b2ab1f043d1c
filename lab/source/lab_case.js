// SPDX-License-Identifier: MIT
// A case: a page, a call, and what the server does. It is what the rooms hand to each other, and
// what the URL holds, each member under its own name.

/**
 * An answer's head as people write it: the status, then a field a line.
 * @typedef {{url: string, preflight: string, response: string}} HopAnswers
 *
 * @typedef {{
 *   page: string,
 *   url: string,
 *   method: string,
 *   headers: string,
 *   credentials: string,
 *   mode: string,
 *   redirect: string,
 *   initiator: string,
 *   listener: boolean,
 *   body: string,
 *   type: string,
 *   browser: import('./engine.js').BrowserName,
 *   server: 'answers' | 'policy',
 *   policy: string,
 *   environment: string,
 *   status: string,
 *   application: string,
 *   answers: HopAnswers[],
 * }} LabCase `headers` and `application` hold a field a line; `body` a kind of `cors simulate`,
 *   `type` that of a blob. With server "answers" the answers are written by hand, for each URL; with
 *   "policy" they are what the policy adds to what the application answers.
 */

/** Who shows a case; `standard` is nobody's browser. */
export const browserNames = /** @type {const} */ (['chromium', 'firefox', 'safari', 'standard']);

export const choices = /** @type {const} */ ({
    credentials: ['same-origin', 'include', 'omit'],
    mode: ['cors', 'no-cors', 'same-origin'],
    redirect: ['follow', 'error', 'manual'],
    initiator: ['fetch', 'xhr', 'image', 'script', 'module', 'stylesheet', 'font', 'eventsource',
        'beacon'],
    body: ['none', 'text', 'params', 'form', 'blob', 'bytes', 'stream'],
    server: ['answers', 'policy'],
});

/** How many hops a case can hold: the 20 redirects that browsers follow, and the first URL. */
export const HOPS_MAX = 21;

/** @type {Readonly<LabCase>} */
export const plainCase = Object.freeze({
    page: 'https://app.example.com',
    url: 'https://api.example.com/todos',
    method: 'GET',
    headers: '',
    credentials: 'same-origin',
    mode: 'cors',
    redirect: 'follow',
    initiator: 'fetch',
    listener: false,
    body: 'none',
    type: '',
    browser: 'chromium',
    server: 'answers',
    policy: '',
    environment: 'production',
    status: '200',
    application: 'Content-Type: application/json',
    answers: [],
});

/** The members that are texts, with the names that they have in a URL. */
const texts = /** @type {const} */ ([
    ['page', 'page'], ['url', 'url'], ['method', 'method'], ['headers', 'headers'],
    ['credentials', 'credentials'], ['mode', 'mode'], ['redirect', 'redirect'],
    ['initiator', 'initiator'], ['body', 'body'], ['type', 'type'], ['browser', 'browser'],
    ['server', 'server'], ['policy', 'policy'], ['environment', 'env'], ['status', 'status'],
    ['application', 'app'],
]);

/**
 * @param {string} member
 * @param {string} value
 */
function isKnown(member, value) {
    const known = {...choices, browser: browserNames};
    return !(member in known) ||
        /** @type {Record<string, readonly string[]>} */ (known)[member].includes(value);
}

/**
 * The case that a URL's parameters hold; what they do not say is as in plainCase.
 *
 * @param {URLSearchParams} params
 * @returns {LabCase}
 */
export function readCase(params) {
    /** @type {Record<string, unknown>} */
    const read = {...plainCase, listener: params.get('listener') === 'true'};
    for (const [member, name] of texts) {
        const value = params.get(name);
        if (value !== null && isKnown(member, value)) {
            read[member] = value;
        }
    }
    const preflights = params.getAll('preflight');
    const responses = params.getAll('response');
    read.answers = params.getAll('hop').slice(0, HOPS_MAX).map((url, at) => ({
        url, preflight: preflights[at] ?? '', response: responses[at] ?? '',
    }));
    return /** @type {LabCase} */ (read);
}

/**
 * A URL's parameters for a case, without what is as in plainCase and what its server has no use for.
 *
 * @param {LabCase} labCase
 */
export function writeCase(labCase) {
    const params = new URLSearchParams();
    const unused = labCase.server === 'policy' ? [] : ['policy', 'env', 'status', 'app'];
    for (const [member, name] of texts) {
        if (labCase[member] !== plainCase[member] && !unused.includes(name)) {
            params.set(name, labCase[member]);
        }
    }
    if (labCase.listener) {
        params.set('listener', 'true');
    }
    for (const hop of labCase.server === 'answers' ? labCase.answers : []) {
        params.append('hop', hop.url);
        params.append('preflight', hop.preflight);
        params.append('response', hop.response);
    }
    return params;
}

/**
 * Field lines as people write them: `Name: value`, one a line; empty lines are passed over.
 *
 * @param {string} text
 * @param {number} [firstLine] the number of its first line
 */
export function parseFields(text, firstLine = 1) {
    /** @type {import('../../bindings/wasm/libcors.js').FieldLine[]} */
    const fields = [];
    /** @type {Array<{line: number, message: string}>} */
    const faults = [];
    text.split(/\r\n|\r|\n/).forEach((line, at) => {
        const found = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line);
        if (found) {
            fields.push([found[1], found[2]]);
        } else if (line.trim() !== '') {
            faults.push({line: firstLine + at, message: `Write "Name: value" instead of "${line}".`});
        }
    });
    return {fields, faults};
}

/**
 * The head of an answer: `204`, `HTTP/1.1 204 No Content` or no status at all (200), then fields.
 * An empty text is no answer: the connection is closed.
 *
 * @param {string} text
 */
export function parseHead(text) {
    const lines = text.replace(/^\s*\n/, '').split(/\r\n|\r|\n/);
    const status = /^\s*(?:HTTP\/[\d.]+\s+)?(\d{3})(?:\s.*)?$/.exec(lines[0]);
    const {fields, faults} = status
        ? parseFields(lines.slice(1).join('\n'), 2) : parseFields(lines.join('\n'));
    /** @type {import('../../bindings/wasm/libcors.js').Answer | null} */
    const answer = text.trim() === ''
        ? null : {status: status ? Number(status[1]) : 200, headers: fields};
    return {answer, faults};
}

/**
 * The same, written.
 *
 * @param {import('../../bindings/wasm/libcors.js').Answer | null} answer
 */
export function formatHead(answer) {
    return answer === null ? '' :
        [String(answer.status), ...(answer.headers ?? []).map(([name, value]) => `${name}: ${value}`)]
            .join('\n');
}

/**
 * The call of a case, as the engine takes it.
 *
 * @param {LabCase} labCase
 */
export function callOf(labCase) {
    /** @type {import('../../bindings/wasm/libcors.js').Call} */
    const call = {
        url: labCase.url, method: labCase.method, headers: parseFields(labCase.headers).fields,
        initiator: labCase.initiator, mode: labCase.mode, credentials: labCase.credentials,
        redirect: labCase.redirect, upload_listener: labCase.listener,
        body: labCase.body === 'none' ? null : {kind: labCase.body, text: 'x', type: labCase.type},
    };
    return {context: {page: labCase.page}, call};
}
