// SPDX-License-Identifier: MIT
// What a header line means, in one sentence; and what is worth saying about its value.

/**
 * @typedef {import('../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {{isAnswer: boolean, withCredentials: boolean}} Where which way the line goes, and
 *   whether the call carries credentials
 * @typedef {{says: string, remark?: (value: string, where: Where) => string}} Meaning
 */

/** @param {string} value */
const isStar = (value) => value.split(',').some((part) => part.trim() === '*');

/** @type {(value: string, where: Where) => string} */
function starRemark(value, {withCredentials}) {
    if (!isStar(value)) {
        return '';
    }
    return withCredentials
        ? 'This call carries credentials: * does not count, and is read as a name like any other.'
        : '* stands for all of them, as long as the call carries no credentials.';
}

/** @param {string} value */
function originRemark(value) {
    if (value === 'null') {
        return 'null: a sandboxed frame, a file, or a redirect that led from one foreign origin ' +
            'to another. Any site can have it.';
    }
    return '';
}

/** @type {(value: string, where: Where) => string} */
function allowOriginRemark(value, {withCredentials}) {
    if (value === '*') {
        return withCredentials
            ? '* does not count for a call with credentials: the origin must be named.'
            : '* lets every origin read, as long as the call carries no credentials.';
    }
    if (value === 'null') {
        return 'null can be anybody: every site can open a sandboxed frame.';
    }
    if (value.includes(',') || value.includes(' ')) {
        return 'Browsers accept exactly one origin here, never a list.';
    }
    if (value.endsWith('/')) {
        return 'An origin has no slash at its end; browsers compare byte for byte.';
    }
    return value.includes('*') ? 'There are no patterns here: browsers compare byte for byte.' : '';
}

/** @param {string} value */
function maxAgeRemark(value) {
    if (!/^\d+$/.test(value)) {
        return 'Only digits count here.';
    }
    return Number(value) === 0 ? '0: every such call asks again.'
        : 'Browsers keep it no longer than their own limit: Chromium 2 hours, Firefox 24 hours, ' +
          'Safari 10 minutes.';
}

/** @param {string} value */
function varyRemark(value) {
    const names = value.toLowerCase().split(',').map((name) => name.trim());
    return names.includes('origin') || names.includes('*')
        ? 'Origin is in it: a cache keeps one copy for each page that asks.'
        : 'Origin is not in it: where the answer depends on who asks, a cache may hand the ' +
          'answer for one page to another.';
}

/** By the engine's name of the field. @type {Record<string, Meaning>} */
const byField = {
    ORIGIN: {
        says: 'The browser names the origin whose script asks; script cannot change it.',
        remark: originRemark,
    },
    REQUEST_METHOD: {says: 'The preflight asks: may I send this method?'},
    REQUEST_HEADERS: {
        says: 'The preflight asks: may I send these headers? Names only, lower case, sorted.',
    },
    ALLOW_ORIGIN: {
        says: 'Which origin may read this answer.',
        remark: allowOriginRemark,
    },
    ALLOW_CREDENTIALS: {
        says: 'Whether the answer may be read although cookies or a login went along.',
        remark: (value) => (value === 'true' ? '' : 'Only the word true counts, in lower case.'),
    },
    ALLOW_METHODS: {
        says: 'Which methods the actual request may use, besides GET, HEAD and POST; upper and ' +
            'lower case differ.',
        remark: starRemark,
    },
    ALLOW_HEADERS: {
        says: 'Which headers the actual request may carry, besides the few that are always safe.',
        remark: starRemark,
    },
    MAX_AGE: {
        says: 'For how many seconds the browser may remember this permission instead of asking.',
        remark: maxAgeRemark,
    },
    EXPOSE_HEADERS: {
        says: 'Which further headers of this answer script may read.',
        remark: starRemark,
    },
    VARY: {
        says: 'Which request headers change the answer, so that caches keep the variants apart.',
        remark: varyRemark,
    },
    LOCATION: {says: 'Where the server redirects to; every hop has to pass the CORS check anew.'},
    REQUEST_PRIVATE_NETWORK: {
        says: 'A former Chromium asked a server on the local network for its consent.',
    },
    ALLOW_PRIVATE_NETWORK: {
        says: 'A consent that former versions of Chromium asked for; no browser reads it today.',
    },
};

/** By lower-case name. @type {Record<string, Meaning>} */
const byName = {
    'cookie': {says: 'What this site stored in the browser; whoever holds it is logged in.'},
    'set-cookie': {
        says: 'Stores a cookie; script never sees this line, whatever the server exposes.',
    },
    'content-type': {
        says: 'What the body is; always readable by script on an answer.',
        remark: (value, {isAnswer}) => (isAnswer ? '' : 'On a request only the three types that ' +
            'forms can send (text/plain, multipart/form-data, ' +
            'application/x-www-form-urlencoded) go without a preflight.'),
    },
    'authorization': {
        says: 'A token or password that script sends; it always needs a preflight, and a ' +
            'redirect to another origin drops it.',
    },
    'cache-control': {says: 'How long caches may keep the answer; always readable by script.'},
    'etag': {says: 'The version of the answer; script reads it only where it is exposed.'},
    'www-authenticate': {says: 'The server wants a login. A preflight can never bring one.'},
    'retry-after': {says: 'When to come again; script reads it only where it is exposed.'},
    'allow': {says: 'Which methods the resource knows. It has nothing to do with CORS.'},
    'accept': {says: 'Which types the caller wants; usual values need no preflight.'},
    'accept-language': {says: 'Which languages the caller wants; usual values need no preflight.'},
    'content-language': {says: 'The language of the body; usual values need no preflight.'},
    'range': {says: 'Which part the caller wants; one simple range needs no preflight.'},
    'content-length': {says: 'How long the body is; always readable by script on an answer.'},
    'sec-fetch-site': {says: 'The browser tells how the page and the server are related.'},
    'sec-fetch-mode': {says: 'The browser tells the mode of the request: cors, no-cors, navigate.'},
    'sec-fetch-dest': {says: 'The browser tells what the answer is for: a script, an image, data.'},
    'cross-origin-resource-policy': {
        says: 'Who may load this without CORS, as an image or a script; it does not open anything.',
    },
    'date': {says: 'When the answer was made; script reads it only where it is exposed.'},
    'server': {says: 'Which software answers; script reads it only where it is exposed.'},
};

/** @type {(name: string, where: Where) => Meaning} */
function plainMeaning(name, {isAnswer}) {
    return {
        says: isAnswer
            ? `${name} has no part in CORS; script reads it only where it is safelisted or exposed.`
            : `A header that script set. What is not on the short safelist needs a preflight.`,
    };
}

/**
 * The meaning of a line.
 *
 * @param {Cors} cors
 * @param {string} name
 * @param {string | null} value null: the line is missing
 * @param {Where} where
 */
export function meaningOf(cors, name, value, where) {
    const lower = name.toLowerCase();
    const id = Object.entries(cors.tables.fields)
        .find(([, field]) => field.toLowerCase() === lower)?.[0];
    const meaning = (id && byField[id]) || (Object.hasOwn(byName, lower) && byName[lower]) ||
        plainMeaning(name, where);
    const remark = value === null ? '' : meaning.remark?.(value, where) ?? '';
    return remark ? `${meaning.says} ${remark}` : meaning.says;
}

/**
 * Whether CORS reads or writes a line of that name.
 *
 * @param {Cors} cors
 * @param {string} name
 */
export function isCorsField(cors, name) {
    const lower = name.toLowerCase();
    return Object.values(cors.tables.fields).some((field) => field.toLowerCase() === lower);
}
