// SPDX-License-Identifier: MIT
// Which origins to ask a policy about: one that each entry is meant for, and those next to them
// that are often let in, or kept out, by mistake. Who is allowed, only the engine says.

/**
 * @typedef {{origin: string, note: string}} AskedOrigin
 * @typedef {import('./policy_reading.js').PolicyReading} PolicyReading
 * @typedef {import('./policy_reading.js').PolicyValues} PolicyValues
 */

/** So many entries get a sample of their own. */
const SAMPLES_MAX = 10;

/**
 * As browsers write it; null where it is no origin at all.
 *
 * @param {string} text
 */
export function serializedOrigin(text) {
    if (text === 'null') {
        return text;
    }
    try {
        const url = new URL(text);
        // Schemes that URL has no origins for, such as capacitor:, are taken as they are written.
        return url.origin !== 'null' ? url.origin
            : /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/.test(text) ? text : null;
    } catch {
        return null;
    }
}

/** An origin that the entry is meant for. @param {string} entry */
function sampleOf(entry) {
    const text = entry === '*' ? 'https://any.example' : entry
        .replace('{label}', 'team').replace('://*.', '://www.').replace(/:\*$/, ':3000')
        .replace('*', '42');
    return serializedOrigin(text);
}

/** @param {string} entry */
function isPattern(entry) {
    return /[*{]/.test(entry);
}

/**
 * @param {string} origin
 * @param {string} entry
 * @returns {AskedOrigin[]}
 */
function neighboursOf(origin, entry) {
    const {protocol, host, hostname} = new URL(origin);
    const twin = protocol === 'https:' ? 'http:' : 'https:';
    const parent = hostname.replace(/^[^.]+\./, '');
    return [
        ...entry.includes('://*.') || entry.includes('://{label}.')
            ? [{origin: `${protocol}//${parent}`, note: 'the domain itself'}] : [],
        {origin: `${twin}//${host}`, note: `the ${twin.slice(0, -1)} twin`},
        {origin: `${protocol}//${hostname}:8443`, note: 'another port'},
        {origin: `${protocol}//${hostname}.evil.example`, note: 'a look-alike'},
    ];
}

/** @param {AskedOrigin[]} asked */
function withoutDoubles(asked) {
    const seen = new Set();
    return asked.filter(({origin}) => !seen.has(origin) && seen.add(origin));
}

/**
 * The origins that a policy's entries suggest.
 *
 * @param {PolicyReading} reading
 * @param {string} path
 * @returns {AskedOrigin[]}
 */
export function suggestedOrigins(reading, path) {
    const entries = new Set(
        policiesFor(reading, path).flatMap((values) => values.get('allow_origins') ?? []));
    /** @type {AskedOrigin[]} */
    const samples = [];
    /** @type {AskedOrigin[]} */
    const neighbours = [];
    for (const entry of [...entries].slice(0, SAMPLES_MAX)) {
        const origin = sampleOf(entry);
        if (origin === null) {
            continue;
        }
        samples.push({origin, note: isPattern(entry) ? `for ${entry}` : 'listed'});
        if (neighbours.length === 0 && /^https?:/.test(origin) && entry !== '*') {
            neighbours.push(...neighboursOf(origin, entry));
        }
    }
    return withoutDoubles([...samples, ...neighbours,
        {origin: 'null', note: 'sandboxed frames, files'},
        {origin: 'https://unknown.example', note: 'named nowhere'}]);
}

/**
 * Origins written by hand, one a line, as browsers write them.
 *
 * @param {string[]} lines
 */
export function readOrigins(lines) {
    /** @type {AskedOrigin[]} */
    const asked = [];
    /** @type {string[]} */
    const faults = [];
    for (const line of lines.map((text) => text.trim()).filter(Boolean)) {
        const origin = serializedOrigin(line);
        if (origin === null) {
            faults.push(`"${line}" is no origin: write it like https://app.example.com.`);
        } else {
            asked.push({origin, note: origin === line ? '' : `written ${line}`});
        }
    }
    return {asked: withoutDoubles(asked), faults};
}

/** A path as a URL holds it. @param {string} path */
function inUrl(path) {
    return new URL(`http://localhost${path.replace(/[%?#\\]/g, encodeURIComponent)}`).pathname;
}

/** A path that the policy is meant for; empty where it has none. @param {PolicyValues} values */
function pathFor(values) {
    const path = values.get('path')?.at(-1) ?? '/*';
    return !path.startsWith('/') ? ''
        : inUrl(path.endsWith('/*') ? `${path.slice(0, -1)}todos` : path.replace(/\*$/, ''));
}

/**
 * Paths to ask about: one for each policy.
 *
 * @param {PolicyReading} reading
 */
export function suggestedPaths({policies}) {
    const paths = policies.map(pathFor).filter(Boolean);
    return [...new Set(paths.length > 0 ? paths : ['/'])];
}

/**
 * The policies whose entries are worth asking about at a path: the one that is meant for it, else
 * all of them.
 *
 * @param {PolicyReading} reading
 * @param {string} path
 */
function policiesFor({policies}, path) {
    const meant = policies.filter((values) => pathFor(values) === path);
    return meant.length > 0 ? meant : policies;
}

/**
 * The columns: what pages use most, and what the policies list besides.
 *
 * @param {PolicyReading} reading
 * @param {string} path
 */
export function suggestedMethods(reading, path) {
    const listed = policiesFor(reading, path).flatMap((values) => values.get('allow_methods') ?? [])
        .filter((method) => /^[!#$%&'+.^_`|~0-9A-Za-z-]+$/.test(method));
    return [...new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', ...listed])];
}
