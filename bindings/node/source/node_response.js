// SPDX-License-Identifier: MIT
/**
 * A response of Node's whose head cannot be written without the verdict: whoever writes it, and
 * whatever was set or removed before. HTTP/1 and HTTP/2's compatible responses both write it with
 * writeHead(), also where the application never calls that.
 */

/**
 * @typedef {import('./line_owner.js').LineOwner} LineOwner
 * @typedef {import('./policy_guard.js').Guard} Guard
 * @typedef {import('./policy_guard.js').Answer} Answer
 * @typedef {import('./policy_guard.js').Verdict} Verdict
 *
 * A ServerResponse, or as much of one as there is.
 * @typedef {any} NodeResponse
 * @typedef {Array<[name: string, value: any]>} HeadLines
 *
 * What counts for a response.
 * @typedef {Pick<Verdict, 'set' | 'vary'> & {owner: LineOwner}} Held
 */

const HELD = Symbol('libcors.held');

/**
 * The lines that writeHead() was given: an object, or a list, flat or of pairs.
 * @param {any} headers
 * @returns {HeadLines}
 */
function headLines(headers) {
    if (!Array.isArray(headers)) {
        return Object.entries(headers);
    }
    if (Array.isArray(headers[0])) {
        return headers.map(([name, value]) => [name, value]);
    }
    /** @type {HeadLines} */
    const lines = [];
    for (let i = 1; i < headers.length; i += 2) {
        lines.push([headers[i - 1], headers[i]]);
    }
    return lines;
}

/**
 * Lines as an object. Of a name that stands there twice both stay: Node 18 drops one of them
 * where lines were also set before.
 * @param {HeadLines} lines
 */
function headObject(lines) {
    /** @type {Map<string, [name: string, value: any]>} */
    const named = new Map();
    for (const [name, value] of lines) {
        const folded = String(name).toLowerCase();
        const before = named.get(folded);
        if (before === undefined) {
            named.set(folded, [name, value]);
        } else {
            before[1] = [before[1], value].flat();
        }
    }
    return Object.fromEntries(named.values());
}

/** @type {string[]} */
const NO_VALUES = [];

/** The values of a header that may be missing, one or several. @param {unknown} value */
function listOf(value) {
    if (value === undefined || value === null) {
        return NO_VALUES;
    }
    return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** @param {string} name */
function isVary(name) {
    return name.length === 4 && name.toLowerCase() === 'vary';
}

/**
 * Whether lines have one of a name.
 * @param {Verdict['set']} lines
 * @param {string} name in lower case, as Node has it, or not
 */
function hasLine(lines, name) {
    for (const [one] of lines) {
        if (one.length === name.length && one.toLowerCase() === name.toLowerCase()) {
            return true;
        }
    }
    return false;
}

/**
 * Removes the lines of the policy's that somebody else set.
 * @param {NodeResponse} response
 * @param {Held} held
 */
function removeOwned(response, {owner, set}) {
    for (const name of response.getHeaderNames?.() ?? NO_VALUES) {
        if (owner.owns(name) && !hasLine(set, name)) {
            response.removeHeader(name);
        }
    }
}

/**
 * @param {NodeResponse} response
 * @param {Held} held
 * @param {string[]} values those of the application's own Vary lines
 */
function setVary(response, {owner, vary}, values) {
    const merged = owner.mergeVary(values, vary);
    const value = merged.length === 1 ? merged[0] : merged;
    if (merged.length > 0 && response.getHeader?.(owner.varyName) !== value) {
        response.setHeader(owner.varyName, value);
    }
}

/**
 * Sets what the verdict says, and nothing else of the kind.
 * @param {NodeResponse} response
 * @param {Held} held
 * @param {string[]} vary the values of the application's own lines
 */
function setLines(response, held, vary) {
    removeOwned(response, held);
    for (const [name, value] of held.set) {
        if (response.getHeader(name) !== value) {
            response.setHeader(name, value);
        }
    }
    setVary(response, held, vary);
}

/**
 * The same at once, for middleware that looks, and for responses that have no head to hook.
 * @param {NodeResponse} response
 * @param {Held} held
 */
function setEarly(response, held) {
    if (typeof response.writeHead !== 'function') {
        removeOwned(response, held);
    }
    for (const [name, value] of held.set) {
        response.setHeader(name, value);
    }
    setVary(response, held, listOf(response.getHeader?.('vary')));
}

/**
 * Whether a head has lines that are ours to settle.
 * @param {any} headers an object
 * @param {LineOwner} owner
 */
function concerns(headers, owner) {
    for (const name in headers) {
        if (isVary(name) || owner.owns(name)) {
            return true;
        }
    }
    return false;
}

/**
 * Settles the lines of a head that is about to be written.
 * @param {NodeResponse} response
 * @param {Held} held
 * @param {any} headers what writeHead() was given
 */
function settle(response, held, headers) {
    const before = listOf(response.getHeader('vary'));
    const isList = Array.isArray(headers);
    const isFaulty = isList && !Array.isArray(headers[0]) && headers.length % 2 === 1;
    if (!headers || isFaulty || (!isList && !concerns(headers, held.owner))) {
        setLines(response, held, before);
        return headers;
    }
    const lines = headLines(headers);
    const vary = lines.filter(([name]) => isVary(name)).flatMap(([, value]) => listOf(value));
    setLines(response, held, vary.length > 0 ? vary : before);
    return headObject(lines.filter(([name]) => !isVary(name) && !held.owner.owns(name)));
}

/**
 * Has a response written with a verdict. Of two for the same response the later counts.
 * @param {NodeResponse} response
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
export function holdResponse(response, {owner}, {kind, set, vary}) {
    if (kind === 'no-policy') {
        return;
    }
    const held = {owner, set, vary};
    if (response[HELD] !== undefined) {
        removeOwned(response, held);
        Object.assign(response[HELD], held);
    } else if (typeof response.writeHead === 'function') {
        hookHead(response, held);
    }
    setEarly(response, held);
}

/**
 * @param {NodeResponse} response
 * @param {Held} held
 */
function hookHead(response, held) {
    const {writeHead} = response;
    response[HELD] = held;
    response.writeHead = (/** @type {any} */ status, /** @type {any} */ reason,
        /** @type {any} */ given) => {
        if (response.headersSent) { // of which Node complains
            return writeHead.call(response, status, reason, given);
        }
        if (typeof reason === 'string') {
            return writeHead.call(response, status, reason, settle(response, held, given));
        }
        return writeHead.call(response, status, settle(response, held, given ?? reason));
    };
}

/**
 * Sends an answer of the guard's own.
 * @param {NodeResponse} response held already
 * @param {Answer} answer
 */
export function sendAnswer(response, {status, lines, body}) {
    response.statusCode = status;
    for (const [name, value] of lines) {
        response.setHeader(name, value);
    }
    response.end(body === '' ? undefined : body);
}
