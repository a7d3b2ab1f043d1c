// SPDX-License-Identifier: MIT
// The C engine in this page; and what is loaded only once a room needs it.
import {loadCors} from '../../bindings/wasm/libcors.js';

/**
 * @typedef {import('../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../bindings/wasm/libcors.js').BrowserName} BrowserName
 * @typedef {import('../../bindings/wasm/policy_yaml.js').LintOptions} LintOptions
 * @typedef {ReturnType<typeof import('../../bindings/wasm/policy_yaml.js').lintPolicy>} LintResult
 * @typedef {(text: string, options?: LintOptions) => LintResult} Lint
 *
 * @typedef {{version: string, port: number, body: string}} LabInfo
 *
 * @typedef {{
 *   cors: Cors,
 *   loadLint: () => Promise<Lint>,
 *   findLab: () => Promise<LabInfo | null>,
 *   thisBrowser: () => BrowserName,
 * }} Engine `loadLint` brings the YAML reader and the public suffix list; `findLab` tells whether
 *   `cors lab` serves this page, with local origins to try things on.
 */

/** @param {string} file */
async function loadBytes(file) {
    const response = await fetch(new URL(file, document.baseURI));
    if (!response.ok) {
        throw new Error(`${file} cannot be loaded: status ${response.status}.`);
    }
    return response.arrayBuffer();
}

/**
 * The same promise for every caller; one that failed is tried again.
 *
 * @template T
 * @param {() => Promise<T>} make
 */
function once(make) {
    /** @type {Promise<T> | null} */
    let made = null;
    return () => {
        made ??= make().catch((fault) => {
            made = null;
            throw fault;
        });
        return made;
    };
}

/** @returns {Promise<LabInfo | null>} */
async function askForLab() {
    try {
        // Asked of the page itself, so that a static host has no failure to report.
        const page = await fetch(document.baseURI, {method: 'HEAD'});
        if (!page.headers.has('cors-lab')) {
            return null;
        }
        const response = await fetch(new URL('/-/info', location.href));
        return response.ok ? await response.json() : null;
    } catch {
        return null; // a static host, or none
    }
}

/** Whose profile this browser has. Others than these three are built on Chromium's engine. */
function thisBrowser() {
    const agent = navigator.userAgent;
    if (agent.includes('Firefox/')) {
        return 'firefox';
    }
    return agent.includes('Safari/') && !agent.includes('Chrom') ? 'safari' : 'chromium';
}

/** @returns {Promise<Engine>} */
export async function startEngine() {
    const cors = await loadCors(await loadBytes('libcors.wasm'));
    const loadLint = once(async () => {
        const [{lintPolicy}, suffixes] = await Promise.all([
            import('../../bindings/wasm/policy_yaml.js'),
            loadBytes('suffixes.bin'),
        ]);
        cors.loadSuffixes(new Uint8Array(suffixes));
        /** @type {Lint} */
        const lint = (text, options) => lintPolicy(cors, text, options);
        return lint;
    });
    return {cors, loadLint, findLab: once(askForLab), thisBrowser};
}
