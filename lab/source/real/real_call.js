// SPDX-License-Identifier: MIT
// A call as the thing that makes it can make it: an image has no method and no headers.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Call} Call
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 */

/** Elements that ask for nothing but CORS. */
const ALWAYS_CORS = ['module', 'font', 'eventsource'];

/** @param {Call} call @returns {Call} */
function asXhr(call) {
    return {
        ...call, mode: 'cors', redirect: 'follow',
        credentials: call.credentials === 'include' ? 'include' : 'same-origin',
        body: /^(?:get|head)$/i.test(call.method ?? 'GET') ? null : call.body,
    };
}

/**
 * Whether a beacon's body needs a preflight: then it is a CORS request, and else it is none. The
 * engine knows.
 *
 * @param {Cors} cors
 * @param {Call} call
 */
function beaconMode(cors, call) {
    const {fetches} = cors.simulate({
        page: 'http://page.example', server: {},
        fetches: [{url: 'http://other.example/', method: 'POST', body: call.body}],
    });
    return fetches[0].why_preflight.length > 0 ? 'cors' : 'no-cors';
}

/** @param {Cors} cors @param {Call} call @returns {Call} */
function asBeacon(cors, call) {
    return {
        ...call, method: 'POST', headers: [], redirect: 'follow', credentials: 'include',
        mode: beaconMode(cors, call),
    };
}

/** @param {Call} call @returns {Call} */
function asElement(call) {
    const initiator = call.initiator ?? '';
    const isCors = ALWAYS_CORS.includes(initiator) || call.mode !== 'no-cors';
    const include = call.credentials === 'include' && initiator !== 'font';
    return {
        ...call, method: 'GET', headers: [], body: null, redirect: 'follow',
        mode: isCors ? 'cors' : 'no-cors',
        credentials: !isCors || include ? 'include' : 'same-origin',
    };
}

/**
 * @param {Call} from
 * @param {Call} to
 */
function changes(from, to) {
    const members = /** @type {const} */ (['method', 'mode', 'credentials', 'redirect']);
    return members.filter((member) => from[member] !== to[member])
        .map((member) => `${member} ${to[member]}`);
}

/**
 * The call as the browser makes it, and what that changes, in a sentence.
 *
 * @param {Cors} cors
 * @param {Call} call
 * @returns {{call: Call, notes: string[]}}
 */
export function asMade(cors, call) {
    const initiator = call.initiator ?? 'fetch';
    const isXhr = initiator === 'xhr';
    /** @type {Call} */
    let made = {...call, upload_listener: isXhr && call.upload_listener};
    if (isXhr) {
        made = asXhr(made);
    } else if (initiator === 'beacon') {
        made = asBeacon(cors, made);
    } else if (initiator !== 'fetch') {
        made = asElement(made);
    }
    const changed = changes(call, made);
    return {
        call: made,
        notes: changed.length === 0 ? []
            : [`Made by ${initiator}, the call has ${changed.join(', ')}.`],
    };
}
