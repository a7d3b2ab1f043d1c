// SPDX-License-Identifier: MIT
// Carries a case over to the lab's local origins: each origin of the case gets a name of its own
// below localhost, wherever it stands.
import {callOf} from '../lab_case.js';
import {answersOf, leftOut, localAnswer} from './real_answers.js';
import {asMade} from './real_call.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Answer} Answer
 * @typedef {import('../../../bindings/wasm/libcors.js').Call} Call
 * @typedef {import('../../../bindings/wasm/libcors.js').Scenario} Scenario
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('./real_answers.js').CaseAnswers} CaseAnswers
 *
 * @typedef {{
 *   id: string,
 *   page: string,
 *   origins: Map<string, string>,
 *   call: Call,
 *   server: Record<string, {preflight?: Answer, response?: Answer}>,
 *   notes: string[],
 * }} LocalCase `page` is the frame's origin, or "null"; `origins` tells what became what.
 *
 * @typedef {{port: number, id: string}} Place
 */

/** A case that cannot be carried out on this machine; the message says why. */
export class NotLocal extends Error {}

/** A name that nobody guesses, for a script. */
export function newScriptId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {string} id of the script */
function rootOf(id) {
    return `/-/run/${id}`;
}

/**
 * Text with the URLs of a script as the case has their paths.
 *
 * @param {string} text
 * @param {string} id
 */
export function withoutRun(text, id) {
    return text.replaceAll(rootOf(id), '');
}

/** @param {string} text @param {string | URL} [base] */
function readUrl(text, base) {
    try {
        const url = new URL(text, base);
        return /^https?:$/.test(url.protocol) ? url : null;
    } catch {
        return null;
    }
}

/** A label for an origin, after the first of its host. @param {string} origin */
function labelOf(origin) {
    const label = new URL(origin).hostname.split('.')[0].replace(/[^a-z0-9-]/g, '')
        .replace(/^-+|-+$/g, '').slice(0, 24);
    return /[a-z]/.test(label) && label !== 'localhost' ? label : 'host';
}

/** Origins and URLs of a case, and what stands for them on this machine. */
class OriginMap {
    /** @param {Place} place */
    constructor({port, id}) {
        this.port = port;
        this.root = rootOf(id);
        /** @type {Map<string, string>} */
        this.origins = new Map();
    }

    /** The local origin for one; the same for the same. @param {string} origin */
    origin(origin) {
        let local = this.origins.get(origin);
        if (local === undefined) {
            const taken = [...this.origins.values()];
            const label = labelOf(origin);
            for (let number = 1; local === undefined || taken.includes(local); number += 1) {
                local = new URL(`http://${number === 1 ? label : `${label}-${number}`}` +
                    `.localhost:${this.port}`).origin;
            }
            this.origins.set(origin, local);
        }
        return local;
    }

    /** @param {URL} url */
    url(url) {
        const {username, password} = url;
        const user = username || password ? `${username}${password ? `:${password}` : ''}@` : '';
        return this.origin(url.origin).replace('://', `://${user}`) + this.root +
            url.pathname + url.search + url.hash;
    }

    /**
     * The value of a Location header: as it is where that leads to the same place here.
     *
     * @param {string} value
     * @param {URL} from
     */
    location(value, from) {
        const target = readUrl(value, from);
        if (target === null) {
            return value;
        }
        const local = this.url(target);
        if (readUrl(value, this.url(from))?.href === local) {
            return value;
        }
        return /^\/(?!\/)/.test(value) ? this.root + value : local;
    }

    /**
     * A header's value with the case's origins in it, as they are written by browsers or all in
     * upper case. What goes on behind one, such as `.evil.example`, makes it another.
     *
     * @param {string} value
     */
    value(value) {
        return value.replace(/https?:\/\/[^\s/,;"'<>?#\\]+/gi, (found) => {
            const local = this.origins.get(found);
            const isShouted = found === found.toUpperCase();
            const shouted = isShouted && this.origins.get(found.toLowerCase());
            return local ?? (shouted ? shouted.toUpperCase() : found);
        });
    }
}

/** @param {string} page */
function isOrigin(page) {
    return readUrl(page)?.origin === page;
}

/**
 * What of the case does not come along, in sentences.
 *
 * @param {LabCase} labCase
 * @param {OriginMap} map
 * @param {string[]} names of header fields that are left out
 */
function notesOf(labCase, map, names) {
    const notes = [];
    const origins = [...map.origins.keys()];
    if (origins.some((origin) => origin.startsWith('https:'))) {
        notes.push('All is http here: TLS, HSTS and mixed content play no part. Browsers treat ' +
            'localhost as secure in most other ways.');
    }
    if (origins.some((origin) => new URL(origin).port !== '')) {
        notes.push('There is one port here: origins that differ by their port differ by their ' +
            'name instead.');
    }
    notes.push('Paths stand below /-/run/…, which is not shown. Each answer has Cache-Control: ' +
        'no-store besides, so that the HTTP cache plays no part.');
    notes.push('No host here has cookies: credentials are asked about, and none are attached.');
    if (names.length > 0) {
        notes.push(`Left out on both sides: ${names.join(', ')}. The server writes such lines ` +
            'itself, or they would change more than this answer.');
    }
    return notes;
}

/**
 * @param {Record<string, CaseAnswers>} answers by URL
 * @param {OriginMap} map
 * @param {Call} call
 */
function localServer(answers, map, call) {
    /** @type {LocalCase['server']} */
    const server = {};
    for (const [text, {preflight, response}] of Object.entries(answers)) {
        const from = new URL(text);
        const local = new URL(map.url(from));
        local.hash = local.username = local.password = '';
        const carried = (/** @type {Answer | null} */ answer) => answer === null ? undefined
            : localAnswer(answer, call.initiator, (name, value) => name.toLowerCase() === 'location'
                ? map.location(value, from) : map.value(value));
        server[local.href] = {preflight: carried(preflight), response: carried(response)};
    }
    return server;
}

/**
 * The case on this machine.
 *
 * @param {import('../rooms.js').Shell} shell
 * @param {LabCase} labCase
 * @param {Place} place
 * @returns {Promise<LocalCase>}
 */
export async function mapCase(shell, labCase, place) {
    const url = readUrl(labCase.url);
    if (url === null) {
        throw new NotLocal(`“${labCase.url}” is no http or https URL: only those have a server ` +
            'to be played.');
    }
    if (labCase.page !== 'null' && !isOrigin(labCase.page)) {
        throw new NotLocal(`“${labCase.page}” is no origin: write scheme, host and port, such as ` +
            'https://app.example.com, or null.');
    }
    if (labCase.body === 'stream') {
        throw new NotLocal('A body that is a stream needs HTTP/2 in Chromium, and is none in ' +
            'Firefox: the lab\'s server speaks HTTP/1.1.');
    }
    const map = new OriginMap(place);
    const page = labCase.page === 'null' ? 'null' : map.origin(labCase.page);
    const {call, notes} = asMade(shell.cors, callOf(labCase).call);
    const answers = await answersOf(shell, labCase);
    for (const text of [labCase.url, ...Object.keys(answers)]) {
        map.origin(new URL(text).origin);
    }
    return {
        id: place.id, page, origins: map.origins, call: {...call, url: map.url(url)},
        server: localServer(answers, map, call),
        notes: [...notes, ...notesOf(labCase, map, leftOut(answers))],
    };
}
