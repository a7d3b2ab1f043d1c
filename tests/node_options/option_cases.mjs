// SPDX-License-Identifier: MIT
/** Options and requests to compare, and what a person would say of each. */

export const ORIGINS = ['https://app.example', 'https://admin.app.example', 'https://evil.example',
    'http://localhost:3000', 'null', 'https://app.example:443', 'https://APP.example', 'nonsense',
    'https://app.example.evil.example'];

const APP = 'https://app.example';
const ADMIN = 'https://admin.app.example';

const isApp = (origin) => origin === APP;
const isAppOrAdmin = (origin) => origin === APP || origin === ADMIN;
const isSerialized = (origin) => /^[a-z]+:\/\/[a-z.]+(:3000)?$/.test(origin);
const nobody = () => false;

/**
 * Values of `origin`. `is`: off, public or listed; `allows`: whom they mean then. `isSole`: who
 * names no origin is answered as the only one that is meant.
 */
export const ORIGIN_OPTIONS = [
    {make: () => undefined, text: 'missing', is: 'public', isMissing: true},
    {make: () => '*', text: '\'*\'', is: 'public'},
    {make: () => false, text: 'false', is: 'off'},
    {make: () => undefined, text: 'undefined', is: 'off'},
    {make: () => '', text: '\'\'', is: 'off'},
    {make: () => APP, text: 'text', is: 'listed', allows: isApp, isSole: true},
    {make: () => [APP, ADMIN], text: 'list', is: 'listed', allows: isAppOrAdmin},
    {make: () => [], text: 'empty list', is: 'listed', allows: nobody},
    {make: () => [APP, undefined, false], text: 'list with gaps', is: 'listed', allows: isApp},
    {make: () => /^https:\/\/app\.example$/, text: 'pattern', is: 'listed', allows: isApp},
    {make: () => [APP, /^https:\/\/admin\.app\.example$/i], text: 'text and pattern', is: 'listed',
        allows: isAppOrAdmin},
    {make: () => /^https:\/\/([a-m]+\.)?app\.example$/, text: 'inexact pattern', is: 'listed',
        allows: isApp},
    {make: () => true, text: 'true', is: 'listed', allows: isSerialized, reflects: true},
    {make: () => (origin, callback) => callback(null, isApp(origin)), text: 'callback',
        is: 'listed', allows: isApp},
    {make: () => (origin, callback) => setImmediate(callback, null, isApp(origin)),
        text: 'late callback', is: 'listed', allows: isApp},
    {make: () => (origin, callback) => callback(null, isAppOrAdmin(origin) && [APP, ADMIN]),
        text: 'callback with a list', is: 'listed', allows: isAppOrAdmin},
    {make: () => (origin, callback) => callback(null, APP), text: 'callback with text',
        is: 'listed', allows: isApp, isSole: true},
    {make: () => (origin, callback) => callback(null, true), text: 'callback that says true',
        is: 'listed', allows: isSerialized},
];

const METHODS = [undefined, 'GET,POST', 'PUT, DELETE', ['PATCH'], ['GET', 'PUT', 'PROPFIND'], '*'];
const ALLOWED_HEADERS = [undefined, 'X-One', 'X-One, X-Two', ['X-Two', 'Content-Type'], [], '*'];
const EXPOSED_HEADERS = [undefined, 'X-Total', ['X-Total', 'X-Page'], '', []];
const MAX_AGES = [undefined, 0, 600, '3600', null];
const STATUSES = [undefined, 200, 204, 202];

const REQUESTED_HEADERS = [undefined, 'x-one', 'x-one,x-two', 'X-Two, x-ONE', 'authorization'];
const REQUESTED_METHODS = ['GET', 'PUT', 'PATCH', 'PROPFIND', 'put'];

/** A generator of numbers that are the same in each run. @param {number} seed */
export function numbers(seed) {
    let state = seed >>> 0;
    return (below) => {
        state = Math.imul(state, 1664525) + 1013904223 >>> 0;
        return Math.floor(state / 2 ** 32 * below);
    };
}

const SET = (name, value) => value === undefined ? {} : {[name]: value};

export function randomOptions(next) {
    const pick = (list) => list[next(list.length)];
    const origin = pick(ORIGIN_OPTIONS);
    return {
        origin,
        options: {
            ...origin.isMissing ? {} : {origin: origin.make()},
            ...SET('methods', pick(METHODS)),
            ...SET(pick(['allowedHeaders', 'headers']), pick(ALLOWED_HEADERS)),
            ...SET('exposedHeaders', pick(EXPOSED_HEADERS)),
            ...SET('credentials', pick([undefined, true, false, 'true'])),
            ...SET('maxAge', pick(MAX_AGES)),
            ...SET('optionsSuccessStatus', pick(STATUSES)),
            ...SET('preflightContinue', pick([undefined, undefined, true, false])),
        },
    };
}

export function randomRequest(next) {
    const pick = (list) => list[next(list.length)];
    const isOptions = next(2) === 0;
    const isBare = isOptions && next(3) === 0;
    return {
        method: isOptions ? 'OPTIONS' : pick(['GET', 'POST', 'DELETE', 'HEAD']),
        headers: {
            host: 'api.example',
            ...SET('origin', pick([undefined, APP, APP, ...ORIGINS])),
            ...SET('access-control-request-method',
                isOptions && !isBare ? pick(REQUESTED_METHODS) : undefined),
            ...SET('access-control-request-headers',
                isOptions ? pick(REQUESTED_HEADERS) : undefined),
        },
    };
}

/** What is refused: any origin with credentials, and nothing else that is generated here. */
export function isDangerous({origin, options}) {
    return options.credentials === true && (origin.is === 'public' || origin.reflects === true);
}

const listOf = (value) => (Array.isArray(value) ? value.join() : value ?? '').split(',')
    .map((name) => name.trim()).filter((name) => name !== '');

function isMethodAllowed(method, methods) {
    const list = methods === undefined ? ['PUT', 'PATCH', 'DELETE'] : listOf(methods);
    return ['GET', 'HEAD', 'POST', ...list].includes(method) || list.includes('*');
}

function areHeadersAllowed(requested, allowed, credentials) {
    if (!allowed) {
        return true;
    }
    const list = listOf(allowed).map((name) => name.toLowerCase());
    return listOf(requested).map((name) => name.toLowerCase()).every((name) =>
        list.includes(name) || list.includes('*') && (credentials || name !== 'authorization'));
}

/** What a case is, said without the code under test. */
export function factsOf({origin, options}, {method, headers}) {
    const asked = headers.origin;
    const requestedMethod = headers['access-control-request-method'];
    const requestedHeaders = headers['access-control-request-headers'];
    const isOptions = method === 'OPTIONS';
    const isPublic = origin.is === 'public';
    const allowedHeaders = options.allowedHeaders || options.headers;
    const credentials = options.credentials === true;
    const originAllowed = isPublic || (asked === undefined ? origin.isSole === true
        : origin.is === 'listed' && origin.allows(asked));
    const isPreflight = isOptions && requestedMethod !== undefined && asked !== undefined;
    const methodStar = listOf(options.methods).includes('*');
    const headerStar = listOf(allowedHeaders).includes('*');
    return {
        isOff: origin.is === 'off',
        isPublic, isOptions, isPreflight, originAllowed, credentials,
        hasOrigin: asked !== undefined,
        isBare: isOptions && !isPreflight,
        namesMethod: requestedMethod !== undefined,
        echoes: !allowedHeaders,
        isAllowed: originAllowed && (!isPreflight ||
            isMethodAllowed(requestedMethod, options.methods) &&
            areHeadersAllowed(requestedHeaders, allowedHeaders, credentials)),
        continues: options.preflightContinue === true,
        hasStar: methodStar || headerStar,
        requested: {
            ...methodStar
                ? {'access-control-allow-methods': isPreflight ? requestedMethod : 'GET'} : {},
            ...headerStar ? {'access-control-allow-headers':
                isPreflight && listOf(requestedHeaders).join(', ') || undefined} : {},
        },
    };
}
