// SPDX-License-Identifier: MIT
/**
 * The options of expressjs/cors and its relatives, read into one shape: which names they have for
 * the same thing, what is missing, and what is of another kind than it must be.
 */

/**
 * A value of an option, and where it stands, for messages.
 * @typedef {{path: string, column: number, value: string, text: string}} Placed
 */

/**
 * What is wrong with an option itself; values are the engine's to check.
 * @typedef {{path: string, rule: string, isError: boolean, message: string, suggestion?: string}}
 *     Fault
 */

/**
 * @typedef {object} Shape
 * @property {unknown} origin undefined: CORS is off
 * @property {Placed[]} methods
 * @property {Placed[] | null} allowedHeaders null: whatever is requested
 * @property {Placed[]} exposedHeaders
 * @property {boolean} credentials
 * @property {Placed | null} maxAge
 * @property {boolean} preflightContinue
 * @property {number} status of a preflight that is allowed
 * @property {Placed[]} acceptRisks
 * @property {Spelled} spelled
 * @property {Fault[]} faults
 */

/**
 * Lists as the peer writes them in an answer; null: the option is not set.
 * @typedef {{methods: string, allowedHeaders: string | null, exposedHeaders: string,
 *     cacheControl: string}} Spelled
 */

/**
 * How a peer differs from the others.
 * @typedef {object} Face
 * @property {string} methods the default
 * @property {string} separator of lists in its answers
 * @property {boolean} answersAll whether it takes every OPTIONS for a preflight
 * @property {boolean} namesSole whether it names the one origin that is text to whoever names none
 * @property {boolean} exact whether credentials must be `true` itself
 * @property {boolean} starInList whether "*" in a list of origins means every origin
 */

/** @type {Record<string, Face>} */
export const FACES = {
    express: {methods: 'GET,HEAD,PUT,PATCH,POST,DELETE', separator: ',', answersAll: true,
        namesSole: true, exact: true, starInList: false},
    fastify: {methods: 'GET,HEAD,PUT,PATCH,POST,DELETE', separator: ', ', answersAll: false,
        namesSole: true, exact: false, starInList: true},
    koa: {methods: 'GET,HEAD,PUT,POST,DELETE,PATCH', separator: ',', answersAll: false,
        namesSole: true, exact: false, starInList: false},
    hono: {methods: 'GET,HEAD,PUT,POST,DELETE,PATCH,QUERY', separator: ',', answersAll: true,
        namesSole: false, exact: false, starInList: false},
};

/** What the same option is called elsewhere; the first that is set counts. */
const NAMES = {
    methods: ['methods', 'allowMethods'],
    allowedHeaders: ['allowedHeaders', 'headers', 'allowHeaders'],
    exposedHeaders: ['exposedHeaders', 'exposeHeaders'],
};

/** What adapters read of the same object, and what needs nothing here. */
const OTHERS = ['origin', 'credentials', 'maxAge', 'preflightContinue', 'optionsSuccessStatus',
    'acceptRisks', 'cacheControl', 'strictPreflight', 'preflight', 'hook', 'hideOptionsRoute',
    'logLevel', 'delegator', 'keepHeadersOnError'];

const KNOWN = new Set([...Object.values(NAMES).flat(), ...OTHERS]);

/** Names that are written for `origin`: without it, they would leave everything open. */
const MEANT_ORIGIN = /^(?:allow(?:ed)?_?)?(?:origins?|domains?)$|^(?:white|allow)list$/i;

/** Names that nobody has, and what they are written for. @type {Record<string, string>} */
const MEANT = {
    method: 'methods', allowedmethods: 'methods', allowedheader: 'allowedHeaders',
    exposedheader: 'exposedHeaders', exposeheader: 'exposedHeaders', credential: 'credentials',
    allowcredentials: 'credentials', maxage: 'maxAge', optionsuccessstatus: 'optionsSuccessStatus',
    optionssuccessstatus: 'optionsSuccessStatus', preflightcontinue: 'preflightContinue',
};

/** @param {unknown} value */
const isText = (value) => typeof value === 'string' || value instanceof String;

/**
 * The names in a list that is text with commas, or an array of such; empty ones are none.
 * @param {unknown} value
 * @param {string} path
 * @param {Fault[]} faults
 * @returns {Placed[]}
 */
function readList(value, path, faults) {
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => readNames(item, `${path}[${index}]`, faults));
    }
    return readNames(value, path, faults);
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {Fault[]} faults
 * @returns {Placed[]}
 */
function readNames(value, path, faults) {
    if (value === undefined || value === null) {
        return [];
    }
    if (!isText(value)) {
        faults.push({path, rule: 'wrong-type', isError: true,
            message: `${path} is no text: write names, such as ['PUT', 'DELETE'].`});
        return [];
    }
    const text = String(value);
    const names = [];
    for (const {0: piece, index} of text.matchAll(/[^,]+/g)) {
        const name = piece.trim();
        if (name !== '') {
            const column = index + piece.indexOf(name) + 1;
            names.push({path, column, value: name, text});
        }
    }
    return names;
}

/**
 * The first of an option's names that is set.
 * @param {Record<string, unknown>} options
 * @param {string[]} names
 * @returns {{path: string, value: unknown} | null}
 */
function find(options, names) {
    const name = names.find((each) => options[each]);
    return name === undefined ? null : {path: `options.${name}`, value: options[name]};
}

/**
 * To browsers -1 is what 0 is.
 * @param {Record<string, unknown>} options
 * @returns {Placed | null}
 */
function readMaxAge({maxAge}) {
    if (maxAge === undefined || maxAge === null || maxAge === '' || maxAge === false) {
        return null;
    }
    const value = String(maxAge) === '-1' ? '0' : String(maxAge);
    return {path: 'options.maxAge', column: 1, value, text: value};
}

/**
 * @param {Record<string, unknown>} options
 * @param {Fault[]} faults
 */
function readStatus({optionsSuccessStatus: given}, faults) {
    const status = given === undefined || given === null ? 204 : Number(given);
    if (Number.isInteger(status) && status >= 200 && status <= 299) {
        return status;
    }
    faults.push({path: 'options.optionsSuccessStatus', rule: 'wrong-type', isError: true,
        message: 'options.optionsSuccessStatus is no status from 200 to 299: browsers take any ' +
            'other for a refused preflight.', suggestion: '204'});
    return 204;
}

/**
 * Names that the peers pass over; where it looks like the list of origins, that leaves the server
 * open to all.
 * @param {Record<string, unknown>} options
 * @param {Fault[]} faults
 */
function findUnknown(options, faults) {
    for (const name of Object.keys(options).filter((each) => !KNOWN.has(each))) {
        const isOrigin = MEANT_ORIGIN.test(name);
        const meant = isOrigin ? 'origin' : MEANT[name.toLowerCase()];
        faults.push({path: `options.${name}`, rule: 'unknown-key',
            isError: isOrigin && !('origin' in options),
            message: `options.${name} is no option` +
                (meant === undefined ? ', and does nothing.' : `: did you mean ${meant}?`),
            suggestion: meant});
    }
}

/**
 * @param {Record<string, unknown>} options
 * @param {Face} face
 * @param {Fault[]} faults
 */
function readLists(options, face, faults) {
    const methods = find(options, NAMES.methods) ?? {path: 'options.methods', value: face.methods};
    const allowed = find(options, NAMES.allowedHeaders);
    // An empty list of hono's is one that is not set; the others mean it.
    const isUnset = allowed === null || face === FACES.hono && String(allowed.value) === '';
    const exposed = find(options, NAMES.exposedHeaders);
    /** @param {{path: string, value: unknown}} option */
    const read = ({path, value}) => {
        const list = readList(value, path, faults);
        return {list, spelled: spell(value, list, face.separator)};
    };
    return {
        methods: read(methods),
        allowedHeaders: isUnset ? null : read(allowed),
        exposedHeaders: exposed === null ? {list: [], spelled: ''} : read(exposed),
    };
}

/**
 * A list as the peer sends it: text as it is written.
 * @param {unknown} value
 * @param {Placed[]} list
 * @param {string} separator
 */
function spell(value, list, separator) {
    const isOneLine = isText(value) && /^[\t\x20-\x7E]*$/.test(String(value));
    return isOneLine ? String(value) : list.map((name) => name.value).join(separator);
}

/**
 * @param {Record<string, unknown>} options
 * @param {Face} face
 * @param {Fault[]} faults
 */
function readCredentials({credentials}, face, faults) {
    if (typeof credentials === 'function') {
        faults.push({path: 'options.credentials', rule: 'wrong-type', isError: true,
            message: 'options.credentials is a function: write true or false, and have origin ' +
                'judge who is let in.'});
        return false;
    }
    return face.exact ? credentials === true : Boolean(credentials);
}

/** @param {unknown} value of @fastify/cors' option */
function readCacheControl(value) {
    return Number.isInteger(value) ? `max-age=${value}` : typeof value === 'string' ? value : '';
}

/**
 * @param {unknown} given
 * @param {Face} face
 * @returns {Shape}
 */
export function readShape(given, face) {
    if (given !== undefined && given !== null && typeof given !== 'object') {
        throw new TypeError('options must be an object such as {origin: "https://app.example"}; ' +
            'for a policy file, call cors("cors.yaml")');
    }
    /** @type {Record<string, unknown>} */
    const options = {origin: '*', ...given};
    /** @type {Fault[]} */
    const faults = [];
    findUnknown({...given}, faults);
    const {methods, allowedHeaders, exposedHeaders} = readLists(options, face, faults);
    return {
        methods: methods.list,
        allowedHeaders: allowedHeaders && allowedHeaders.list,
        exposedHeaders: exposedHeaders.list,
        origin: options.origin,
        credentials: readCredentials(options, face, faults),
        maxAge: readMaxAge(options),
        preflightContinue: Boolean(options.preflightContinue),
        status: readStatus(options, faults),
        acceptRisks: readList(options.acceptRisks, 'options.acceptRisks', faults),
        spelled: {
            methods: methods.spelled,
            allowedHeaders: allowedHeaders && allowedHeaders.spelled,
            exposedHeaders: exposedHeaders.spelled,
            cacheControl: readCacheControl(options.cacheControl),
        },
        faults,
    };
}
