// SPDX-License-Identifier: MIT
// For each code, a small case that ends in it: with the URL, page, method and header of a console
// message as far as that names them. The engine says whether it does; see provenCase.
import {parseFields, plainCase} from './lab_case.js';
import {playCase, handServer} from './case_play.js';
import {readCheck} from './explain/check_words.js';

/**
 * @typedef {import('../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../bindings/wasm/libcors.js').Explanation} Explanation
 * @typedef {import('./lab_case.js').LabCase} LabCase
 *
 * @typedef {{
 *   page: string, url: string, first: string | null, other: string, method: string, header: string,
 *   preflight: boolean | null, browser: import('./engine.js').BrowserName,
 * }} Facts `first`: the URL that script called, where another one failed after a redirect;
 *   `other`: a URL that the message names and that is not of http.
 */

/**
 * @param {string | null | undefined} text
 * @param {RegExp} scheme
 */
function urlOr(text, scheme) {
    try {
        const url = new URL(text ?? '');
        url.username = url.password = ''; // fetch() throws at them
        return scheme.test(url.protocol) ? url.href : null;
    } catch {
        return null;
    }
}

/** A page's origin, where the text is one. @param {string | null | undefined} text */
function originOr(text) {
    if (text === 'null') {
        return text;
    }
    const url = urlOr(text, /^https?:$/);
    return url && new URL(url).origin === text ? text : null;
}

/** A page from which a call of this URL is one to another origin. @param {string} url */
function pageFor(url) {
    const {protocol, host} = new URL(url);
    const page = protocol === 'http:' ? plainCase.page.replace('https:', 'http:') : plainCase.page;
    return page === `${protocol}//${host}` ? `${protocol}//www.example.com` : page;
}

/**
 * @param {Explanation | null | undefined} explanation
 * @returns {Facts}
 */
function factsOf(explanation) {
    const http = /^https?:$/;
    const check = readCheck(explanation?.check ?? null);
    const url = urlOr(explanation?.url, http) ?? plainCase.url;
    const first = urlOr(check.url, http);
    const page = originOr(explanation?.origin);
    return {
        url,
        first: first === url ? null : first,
        other: urlOr(explanation?.url, /^(?!https?:$)/) ?? 'ftp://files.example.com/todos',
        page: page !== null && page !== new URL(url).origin ? page : pageFor(url),
        method: check.method,
        header: check.header,
        preflight: explanation?.preflight ?? null,
        browser: explanation?.browser ?? plainCase.browser,
    };
}

/** @param {Array<string | number>} lines */
function head(...lines) {
    return lines.filter((line) => line !== '').join('\n');
}

/** @param {Facts} facts */
function allowPage(facts) {
    return `Access-Control-Allow-Origin: ${facts.page}`;
}

const allowCredentials = 'Access-Control-Allow-Credentials: true';

/** @param {Facts} facts */
function needsPreflight(facts) {
    return facts.header !== '' || !['', 'GET', 'HEAD', 'POST'].includes(facts.method);
}

/** The call, preflighted where it has to be. @param {Facts} facts @param {boolean} preflighted */
function callFor(facts, preflighted) {
    const forced = preflighted && !needsPreflight(facts);
    const headers = forced ? 'Content-Type: application/json' : facts.header;
    const bringsType = /^content-type:/i.test(headers);
    const method = facts.method || (bringsType ? 'POST' : 'GET');
    const takesBody = bringsType && !['GET', 'HEAD'].includes(method);
    return {page: facts.page, url: facts.url, browser: facts.browser, method, headers,
        body: takesBody ? 'text' : 'none'};
}

/**
 * What allows the call.
 *
 * @param {Facts} facts
 * @param {boolean} preflighted
 * @param {string[]} more
 */
function goodPreflight(facts, preflighted, ...more) {
    const {method, headers} = callFor(facts, preflighted);
    const names = parseFields(headers).fields.map(([name]) => name).join(', ');
    return head(204, allowPage(facts), ...more,
        ['GET', 'HEAD', 'POST'].includes(method) ? '' : `Access-Control-Allow-Methods: ${method}`,
        names && `Access-Control-Allow-Headers: ${names}`);
}

/**
 * A case whose answer, or whose preflight's answer, has these lines at fault.
 *
 * @param {Facts} facts
 * @param {Array<string | number>} lines
 * @param {boolean} [credentials]
 */
function answered(facts, lines, credentials = false) {
    const preflighted = facts.preflight === true || needsPreflight(facts);
    const status = facts.preflight ? 204 : 200;
    const bad = head(...(typeof lines[0] === 'number' ? lines : [status, ...lines]));
    const extra = credentials ? allowCredentials : '';
    const good = head(200, allowPage(facts), extra);
    const allowing = preflighted ? goodPreflight(facts, preflighted, extra) : '';
    const hop = facts.preflight ? {url: facts.url, preflight: bad, response: good}
        : {url: facts.url, preflight: allowing, response: bad};
    const before = facts.first === null ? [] : [{
        url: facts.first, preflight: allowing,
        response: head(307, allowPage(facts), extra, `Location: ${facts.url}`),
    }];
    return {...callFor(facts, preflighted), url: facts.first ?? facts.url,
        credentials: credentials ? 'include' : 'same-origin', answers: [...before, hop]};
}

/**
 * A case whose preflight's answer is at fault.
 *
 * @param {Facts} facts
 * @param {Array<string | number>} lines
 */
function preflighted(facts, ...lines) {
    return answered({...facts, preflight: true}, lines);
}

/** A case that is redirected. @param {Facts} facts @param {string} location */
function redirected(facts, location) {
    return answered({...facts, first: null, preflight: false},
        [302, allowPage(facts), `Location: ${location}`]);
}

/** The methods that a server lists which forgot this one. @param {string} method */
function otherMethods(method) {
    const upper = method.toUpperCase();
    return upper === method ? 'GET, POST' : `GET, POST, ${upper}`;
}

/** @param {Facts} facts */
function methodNotAllowed(facts) {
    const method = ['', 'GET', 'HEAD', 'POST'].includes(facts.method) ? 'PUT' : facts.method;
    const names = parseFields(facts.header).fields.map(([name]) => name).join(', ');
    return preflighted({...facts, method}, allowPage(facts),
        `Access-Control-Allow-Methods: ${otherMethods(method)}`,
        names && `Access-Control-Allow-Headers: ${names}`);
}

/** @param {Facts} facts */
function headerNotAllowed(facts) {
    const header = facts.header || 'Authorization: Bearer secret';
    const method = facts.method || (/^content-type:/i.test(header) ? 'POST' : 'GET');
    const listed = /^accept:/i.test(header) ? 'X-Request-Id' : 'Accept';
    return preflighted({...facts, header, method}, allowPage(facts),
        `Access-Control-Allow-Methods: ${method}`, `Access-Control-Allow-Headers: ${listed}`);
}

/** @param {Facts} facts */
function withUserinfo(facts) {
    const url = new URL(facts.url);
    url.username = 'user';
    url.password = 'secret';
    return url.href;
}

/** A URL of the visitor's own network. @param {Facts} facts @param {string} scheme */
function localUrl(facts, scheme) {
    const named = new URL(facts.url);
    return facts.url !== plainCase.url && named.protocol === scheme ? facts.url
        : `${scheme}//192.168.1.20/todos`;
}

/** @param {Facts} facts @param {string} scheme */
function local(facts, scheme) {
    const url = localUrl(facts, scheme);
    const page = facts.page.startsWith(scheme) ? facts.page : pageFor(url);
    return answered({...facts, page, url, first: null, preflight: false},
        [`Access-Control-Allow-Origin: ${page}`]);
}

/** @type {Record<string, (facts: Facts) => Partial<LabCase>>} */
const makers = {
    'ok': (facts) => answered({...facts, preflight: null}, [allowPage(facts)]),
    'missing-allow-origin': (facts) => answered(facts, ['Content-Type: application/json']),
    'multiple-allow-origin': (facts) => answered(facts, [allowPage(facts),
        'Access-Control-Allow-Origin: *']),
    'invalid-allow-origin': (facts) => answered(facts,
        ['Access-Control-Allow-Origin: example.com']),
    'allow-origin-mismatch': (facts) => answered(facts,
        [`${allowPage(facts)}${facts.page === 'null' ? '.example' : '/'}`]),
    'wildcard-with-credentials': (facts) => answered(facts,
        ['Access-Control-Allow-Origin: *', allowCredentials], true),
    'invalid-allow-credentials': (facts) => answered(facts, [allowPage(facts)], true),
    'preflight-status': (facts) => preflighted(facts, 401, allowPage(facts)),
    'preflight-redirect': (facts) => preflighted(facts, 301, allowPage(facts),
        `Location: ${facts.url.replace(/\/?$/, '/')}`),
    'invalid-allow-methods': (facts) => preflighted(facts, allowPage(facts),
        'Access-Control-Allow-Methods: PUT; DELETE'),
    'invalid-allow-headers': (facts) => preflighted(facts, allowPage(facts),
        `Access-Control-Allow-Methods: ${facts.method || 'PUT'}`,
        'Access-Control-Allow-Headers: Authorization; Content-Type'),
    'method-not-allowed': methodNotAllowed,
    'header-not-allowed': headerNotAllowed,
    'redirect-with-userinfo': (facts) => redirected(facts, withUserinfo(facts)),
    'redirect-scheme': (facts) => redirected(facts, facts.other),
    'too-many-redirects': (facts) => redirected(facts, facts.url),
    'redirect-refused': (facts) => ({
        ...redirected(facts, `${facts.url}?moved`), redirect: 'error',
    }),
    'mode-same-origin': (facts) => ({...answered(facts, [allowPage(facts)]), mode: 'same-origin'}),
    'mode-no-cors': (facts) => ({...answered({...facts, method: '', header: ''}, []),
        mode: 'no-cors', redirect: 'error'}),
    'scheme-not-http': (facts) => ({...callFor(facts, false), url: facts.other}),
    'bad-request': (facts) => ({...callFor({...facts, method: 'GET', header: ''}, false),
        body: 'text'}),
    'local-network-denied': (facts) => local(facts, 'https:'),
    'local-network-insecure': (facts) => local(facts, 'http:'),
    'network-failure': (facts) => ({...callFor(facts, false),
        answers: [{url: facts.url, preflight: '', response: ''}]}),
};

/** The codes that a case can end in. */
export const codesWithCase = Object.freeze(Object.keys(makers));

/**
 * A case that ends in a code; null for a code that no case of today's browsers ends in.
 *
 * @param {string} code
 * @param {Explanation | null} [explanation] of a console message, whose names it takes
 * @returns {LabCase | null}
 */
export function caseForCode(code, explanation) {
    return Object.hasOwn(makers, code)
        ? {...plainCase, ...makers[code](factsOf(explanation))} : null;
}

/**
 * How a case ends, with its answers as they are written.
 *
 * @param {Cors} cors
 * @param {LabCase} labCase
 */
export function playAnswers(cors, labCase) {
    return playCase(cors, labCase, handServer(labCase));
}

/**
 * The case that the engine itself says ends in the code: with all that the message names, with less
 * of it, or with nothing; null where none does.
 *
 * @param {Cors} cors
 * @param {string} code
 * @param {Explanation | null} [explanation]
 */
export function provenCase(cors, code, explanation) {
    const fewer = explanation ? [
        explanation,
        {...explanation, origin: null},
        {...explanation, origin: null, check: null},
        {...explanation, origin: null, check: null, preflight: null},
        {...explanation, check: null, url: null},
    ] : [];
    for (const known of [...fewer, null]) {
        const labCase = caseForCode(code, known);
        if (labCase && playAnswers(cors, labCase).outcome.code === code) {
            return labCase;
        }
    }
    return null;
}
