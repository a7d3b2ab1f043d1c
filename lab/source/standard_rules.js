// SPDX-License-Identifier: MIT
// Where the standard says so: for each code the section, and its step in our words.

const FETCH = 'https://fetch.spec.whatwg.org/';
const LOCAL_NETWORK = 'https://wicg.github.io/local-network-access/';

/** @typedef {{standard: string, section: string, href: string, words: string}} StandardRule */

/** @type {(anchor: string, section: string, words: string) => StandardRule} */
const fetchRule = (anchor, section, words) =>
    ({standard: 'Fetch Standard', section, href: FETCH + anchor, words});

/** @type {(words: string) => StandardRule} */
const corsCheck = (words) => fetchRule('#concept-cors-check', 'CORS check', words);

/** @type {(words: string) => StandardRule} */
const preflight = (words) => fetchRule('#cors-preflight-fetch-0', 'CORS-preflight fetch', words);

/** @type {(words: string) => StandardRule} */
const redirect = (words) =>
    fetchRule('#concept-http-redirect-fetch', 'HTTP-redirect fetch', words);

/** @type {(words: string) => StandardRule} */
const mainFetch = (words) => fetchRule('#concept-main-fetch', 'Main fetch', words);

/** @type {Record<string, StandardRule>} */
const rules = {
    'ok': corsCheck('If the answer names the origin of the request (or *, where no credentials ' +
        'went along), return success.'),
    'missing-allow-origin': corsCheck('Get the origin that the answer allows. If there is none, ' +
        'return failure.'),
    'multiple-allow-origin': corsCheck('Several lines are read as one, joined with commas; and ' +
        'that is not the origin of the request: return failure.'),
    'invalid-allow-origin': corsCheck('If the origin of the request, serialized, is not the ' +
        'value byte for byte, return failure. No value is parsed, and none is a pattern.'),
    'allow-origin-mismatch': corsCheck('If the origin of the request, serialized, is not the ' +
        'value byte for byte, return failure.'),
    'wildcard-with-credentials': corsCheck('* is success only where the credentials mode of the ' +
        'request is not "include"; else the value has to be the origin itself.'),
    'invalid-allow-credentials': corsCheck('Where the credentials mode is "include", return ' +
        'success only if the answer allows credentials with the value true, byte for byte.'),
    'preflight-status': preflight('Go on only if the CORS check of the answer succeeds and its ' +
        'status is an ok status, 200 to 299; else return a network error.'),
    'preflight-redirect': preflight('A preflight is fetched over the network alone, which ' +
        'follows no redirect; a status outside 200 to 299 is a network error.'),
    'invalid-allow-methods': preflight('Extract the list of methods. If that fails, because an ' +
        'element is no token, return a network error.'),
    'invalid-allow-headers': preflight('Extract the list of header names. If that fails, because ' +
        'an element is no token, return a network error.'),
    'method-not-allowed': preflight('If the method is not in the list, is not a CORS-safelisted ' +
        'method, and the list holds no * or credentials go along, return a network error.'),
    'header-not-allowed': preflight('For each unsafe header name of the request: if it is not in ' +
        'the list, and the list holds no * or credentials go along, return a network error. * ' +
        'never stands for Authorization.'),
    'redirect-with-userinfo': redirect('If the new URL includes credentials (user:password@) and ' +
        'the request is, or becomes, a cross-origin one, return a network error.'),
    'redirect-scheme': redirect('If the new URL cannot be parsed, or its scheme is not an ' +
        'HTTP(S) scheme, return a network error.'),
    'too-many-redirects': redirect('If the redirect count of the request is 20, return a network ' +
        'error.'),
    'redirect-refused': fetchRule('#concept-http-fetch', 'HTTP fetch', 'On a redirect status, if ' +
        'the redirect mode of the request is "error", return a network error.'),
    'mode-same-origin': mainFetch('If the mode of the request is "same-origin" and the URL is of ' +
        'another origin, return a network error.'),
    'mode-no-cors': fetchRule('#dom-request', 'Request constructor', 'If the mode is "no-cors" ' +
        'and the method is not a CORS-safelisted method, throw a TypeError; main fetch refuses a ' +
        'redirect mode other than "follow".'),
    'scheme-not-http': mainFetch('If the scheme of the URL is not an HTTP(S) scheme, return a ' +
        'network error.'),
    'bad-request': fetchRule('#dom-request', 'Request constructor', 'Arguments of which no ' +
        'request can be made (a forbidden method, a body with GET, a URL with user:password@) ' +
        'throw a TypeError.'),
    'network-failure': fetchRule('#concept-network-error', 'Network error', 'A response of type ' +
        '"error", with status 0, that holds nothing: script learns only that it failed.'),
    'local-network-denied': {
        standard: 'Local Network Access', section: 'Local Network Access check',
        href: LOCAL_NETWORK,
        words: 'A request from a public page to a local address needs a permission that the ' +
            'visitor grants to the site.',
    },
    'local-network-insecure': {
        standard: 'Local Network Access', section: 'Local Network Access check',
        href: LOCAL_NETWORK,
        words: 'A page that is no secure context cannot ask for the permission to reach local ' +
            'addresses.',
    },
    'private-network-preflight': {
        standard: 'Local Network Access', section: 'Local Network Access', href: LOCAL_NETWORK,
        words: 'The permission prompt took the place of the preflight of Private Network Access.',
    },
};

/** Why a request is asked about beforehand, or is not. @type {Record<string, StandardRule>} */
const whyRules = {
    'method': fetchRule('#cors-safelisted-method', 'CORS-safelisted method', 'GET, HEAD or POST.'),
    'header': fetchRule('#cors-safelisted-request-header', 'CORS-safelisted request-header',
        'A short list of names with short, harmless values.'),
    'content-type': fetchRule('#cors-safelisted-request-header', 'CORS-safelisted request-header',
        'Of the content types only the three that forms send.'),
    'upload-listener': fetchRule('#use-cors-preflight-flag', 'Use-CORS-preflight flag',
        'Set where there are listeners on an upload.'),
    'stream': fetchRule('#use-cors-preflight-flag', 'Use-CORS-preflight flag',
        'Set where the body is a stream.'),
    'redirect': fetchRule('#concept-http-redirect-fetch', 'HTTP-redirect fetch',
        'Main fetch begins anew with the new URL.'),
};

/**
 * The rule behind a code.
 *
 * @param {string} code
 * @returns {StandardRule | null}
 */
export function standardRule(code) {
    return Object.hasOwn(rules, code) ? rules[code] : null;
}

/**
 * The rule behind a reason for a preflight.
 *
 * @param {string} why
 * @returns {StandardRule | null}
 */
export function whyRule(why) {
    return Object.hasOwn(whyRules, why) ? whyRules[why] : null;
}
