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
 * What counts for a response, and its own writeHead(). That of a judgement serves again with it.
 * @typedef {object} Held
 * @property {import('../../wasm/libcors.js').Judgement} judgement
 * @property {LineOwner} owner
 * @property {import('../../wasm/libcors.js').FieldLine[]} set
 * @property {string[]} names of the lines in `set`, in lower case
 * @property {ReturnType<LineOwner['varyFor']>} vary
 * @property {any} writeHead
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
const NO_NAMES = [];

/** @param {string} name */
function isVary(name) {
    return name.length === 4 && name.toLowerCase() === 'vary';
}

/**
 * Removes the lines of the policy's that somebody else set.
 * @param {NodeResponse} response
 * @param {Held} held
 */
function removeOwned(response, held) {
    for (const name of response.getHeaderNames?.() ?? NO_NAMES) {
        if (held.owner.owns(name) && !held.names.includes(held.owner.folded(name))) {
            response.removeHeader(name);
        }
    }
}

/**
 * Whether the lines of the kind are those that the verdict sets, as they most often still are.
 * @param {NodeResponse} response
 * @param {Held} held
 */
function hasLines(response, {owner, set, names}) {
    let count = 0;
    for (const name of response.getHeaderNames?.() ?? NO_NAMES) {
        count += owner.owns(name) ? 1 : 0;
    }
    let isSame = count === set.length;
    for (let i = 0; isSame && i < set.length; i++) {
        isSame = response.getHeader(names[i]) === set[i][1];
    }
    return isSame;
}

/**
 * Sets what the verdict says, and nothing else of the kind, where that is not there already.
 * @param {NodeResponse} response
 * @param {Held} held
 * @param {unknown} before what Vary is
 * @param {unknown} vary what the application wants it to be
 */
function setLines(response, held, before, vary) {
    if (!hasLines(response, held)) {
        removeOwned(response, held);
        for (const [name, value] of held.set) {
            response.setHeader(name, value);
        }
    }
    const settled = held.vary.settle(vary);
    if (settled !== undefined && settled !== before) {
        response.setHeader(held.owner.varyName, settled);
    }
}

/**
 * The same where nothing of the kind is there yet, or will be looked at again.
 * @param {NodeResponse} response
 * @param {Held} held
 */
function setEarly(response, {owner, set, vary}) {
    for (const [name, value] of set) {
        response.setHeader(name, value);
    }
    const settled = vary.settle(response.getHeader?.('vary'));
    if (settled !== undefined) {
        response.setHeader(owner.varyName, settled);
    }
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
 * @param {any} headers what writeHead() was given
 */
function settle(response, headers) {
    const held = /** @type {Held} */ (response[HELD]);
    const before = response.getHeader('vary');
    const isList = Array.isArray(headers);
    const isFaulty = isList && !Array.isArray(headers[0]) && headers.length % 2 === 1;
    if (!headers || isFaulty || (!isList && !concerns(headers, held.owner))) {
        setLines(response, held, before, before);
        return headers;
    }
    const lines = headLines(headers);
    const vary = lines.filter(([name]) => isVary(name)).flatMap(([, value]) => value);
    setLines(response, held, before, vary.length > 0 ? vary : before);
    return headObject(lines.filter(([name]) => !isVary(name) && !held.owner.owns(name)));
}

/**
 * Stands in place of a response's writeHead().
 * @this {NodeResponse}
 * @param {any} status
 * @param {any} [reason]
 * @param {any} [given]
 */
function writeHeldHead(status, reason, given) {
    const {writeHead} = /** @type {Held} */ (this[HELD]);
    if (this.headersSent) { // of which Node complains
        return writeHead.call(this, status, reason, given);
    }
    if (typeof reason === 'string') {
        return writeHead.call(this, status, reason, settle(this, given));
    }
    return writeHead.call(this, status, settle(this, given ?? reason));
}

/**
 * Has a response written with a verdict. Of two for the same response the later counts.
 * @param {NodeResponse} response
 * @param {Guard} guard
 * @param {Verdict} verdict
 */
export function holdResponse(response, guard, {judgement}) {
    if (judgement.kind === 'no-policy') {
        return;
    }
    const held = heldBy(response, guard, judgement);
    if (held.writeHead !== undefined && response[HELD] === undefined) {
        response.writeHead = writeHeldHead;
    } else {
        removeOwned(response, held);
    }
    response[HELD] = held;
    // Also at once, for middleware that looks, and for responses that have no head to hook.
    setEarly(response, held);
}

/**
 * @param {NodeResponse} response
 * @param {Guard} guard
 * @param {import('../../wasm/libcors.js').Judgement} judgement
 * @returns {Held}
 */
function heldBy(response, {owner}, judgement) {
    const before = response[HELD];
    const writeHead = before === undefined ? response.writeHead : before.writeHead;
    const known = owner.held.get(judgement.kind);
    if (known?.judgement === judgement && known.writeHead === writeHead) {
        return known;
    }
    const {kind, set, vary} = judgement;
    const names = set.map(([name]) => owner.folded(name));
    const held = {judgement, owner, set, names, vary: owner.varyFor(vary), writeHead};
    owner.held.set(kind, held);
    return held;
}

/**
 * Answers at once: nobody else is to write to this response.
 * @param {NodeResponse} response
 * @param {Guard} guard
 * @param {Verdict} verdict
 * @param {Answer} answer
 */
export function sendAnswer(response, guard, {judgement}, answer) {
    if (judgement.kind !== 'no-policy') {
        const held = heldBy(response, guard, judgement);
        removeOwned(response, held);
        setEarly(response, held);
        if (response[HELD] !== undefined) { // other middleware of this kind has it
            response[HELD] = held;
        }
    }
    response.statusCode = answer.status;
    for (const [name, value] of answer.lines) {
        response.setHeader(name, value);
    }
    response.end(answer.body === '' ? undefined : answer.body);
}
