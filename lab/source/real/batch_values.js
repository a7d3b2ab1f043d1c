// SPDX-License-Identifier: MIT
// What the batch draws from: values that browsers take, and such as they stumble over.

/** @typedef {readonly [string, string]} Line */

export const PAGE = 'https://app.example.com';
export const TARGETS = /** @type {const} */ (
    ['https://api.example.com', 'https://api.example.com:8443', 'https://cdn.example.net']);

export const METHODS = /** @type {const} */ (['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT',
    'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY', 'PROPFIND', 'patch', 'patch', 'Patch', 'put',
    'delete', 'get', 'post']);

/** Names that are never safelisted, and some that script cannot set at all. @type {Line[]} */
export const UNSAFE_HEADERS = [
    ['Authorization', 'Bearer t'], ['authorization', 'Basic YTpi'], ['X-Api-Key', 'k'],
    ['x-a', '1'], ['X-Requested-With', 'XMLHttpRequest'], ['Cache-Control', 'no-cache'],
    ['If-None-Match', '"e"'], ['If-Modified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['traceparent', '00-a-b-01'], ['X_Under', '1'], ['Content-Disposition', 'inline'],
    ['Idempotency-Key', 'k'], ['X-Long', 'v'.repeat(200)],
];
/** @type {Line[]} */
export const FORBIDDEN_HEADERS = [
    ['Cookie', 'a=b'], ['Origin', 'https://evil.example'], ['Host', 'evil.example'],
    ['Sec-Fetch-Mode', 'cors'], ['Proxy-Authorization', 'x'], ['DNT', '1'], ['Date', 'x'],
    ['X-HTTP-Method-Override', 'TRACE'], ['Access-Control-Request-Method', 'PUT'],
];

/** Safelisted names, with values on both sides of what is safe. @type {Line[]} */
export const BORDER_HEADERS = [
    ...[127, 128, 129].map((length) => /** @type {Line} */ (['Accept', 'x'.repeat(length)])),
    ...[128, 129].map((length) => /** @type {Line} */ (['Accept-Language', 'e'.repeat(length)])),
    ['Accept', '*/*'], ['Accept', 'text/html;q=0.9, */*;q=0.1'], ['Accept', 'a"b'],
    ['Accept', 'a(b'], ['Accept', 'a:b'], ['Accept', 'a{b}'], ['Accept', 'a@b'], ['accept', 'a\tb'],
    ['Accept-Language', 'en-GB,en;q=0.8'], ['Accept-Language', 'de_DE'],
    ['Content-Language', 'fr/ca'], ['Content-Language', 'en'], ['content-language', 'en!'],
    ['Range', 'bytes=0-'], ['Range', 'bytes=0-0'], ['Range', 'bytes=5-3'], ['Range', 'bytes=-4'],
    ['Range', 'bytes=1-2,4-5'], ['Range', 'items=0-1'],
];

export const CONTENT_TYPES = [
    'text/plain', 'Text/Plain; charset=utf-8', 'text/plain;', 'application/json',
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml',
    'text/plain, text/plain', 'text/ plain', 'text/plain;a="b"', 'text/plain;a=(b)', 'text',
    `text/plain;${'p'.repeat(117)}`, `text/plain;${'p'.repeat(118)}`, 'text/html',
    'application/vnd.api+json',
];

/** Kinds of bodies, with the type of a blob. @type {Line[]} */
export const BODIES = [
    ['text', ''], ['params', ''], ['form', ''], ['bytes', ''], ['blob', ''],
    ['blob', 'text/plain'], ['blob', 'application/json'],
];

/** Values that do not allow the page, or hardly. */
export const ODD_ORIGINS = [
    'null', '', 'none', 'true', '**', '*.example.com', 'https://*.example.com', `${PAGE}/`,
    `${PAGE}/path`, `${PAGE}, ${PAGE}`, `${PAGE} ${PAGE}`, `${PAGE}, *`, `*, ${PAGE}`, `${PAGE},`,
    'https://other.example.com', 'http://app.example.com', 'app.example.com',
    '//app.example.com', 'https://app.example.com:443', 'https://app.example.com:8443',
    'HTTPS://APP.EXAMPLE.COM', `"${PAGE}"`, `<${PAGE}>`, `${PAGE};`, 'https://example.com',
    'https://app.example.com.evil.example', 'NULL', '"*"', '*;', 'file://', 'data:',
];

export const ODD_CREDENTIALS = ['True', 'TRUE', 'false', '', '1', 'yes', '*', 'true, true', 'true;',
    '"true"'];

export const MAX_AGES = ['60', '600', '7200', '86400', '0', '-1', '', 'abc', '5, 600', '60.5',
    '00060', '99999999999999999999'];

export const EXPOSED = ['X-Seen', 'x-seen, X-OTHER', '*', '*, Authorization', 'X-Seen,,ETag', '',
    ',', 'X-Seen (bad)', 'X-Seen X-Other', '"X-Seen"', 'X-Seen;', 'X-Nowhere', 'authorization',
    'Content-Length', ' X-Seen '];

/** @type {Line[]} */
export const ANSWER_FIELDS = [
    ['X-Seen', '1'], ['X-Seen', '2'], ['X-Other', 'o'], ['ETag', '"e"'], ['Authorization', 'q'],
    ['Content-Type', 'text/plain'], ['Content-Language', 'en'], ['Expires', '0'],
    ['Last-Modified', 'Thu, 01 Jan 1970 00:00:00 GMT'], ['Pragma', 'no-cache'], ['Vary', 'Origin'],
    ['Timing-Allow-Origin', '*'], ['x_under', '1'],
];

export const STATUS_FINE = [200, 200, 200, 201, 206];
export const STATUS_BAD = [400, 401, 403, 404, 405, 429, 500, 502, 503];
export const STATUS_REDIRECT = [301, 302, 303, 307, 308];

export const ELEMENTS = /** @type {const} */ (
    ['image', 'script', 'module', 'stylesheet', 'font', 'eventsource']);
