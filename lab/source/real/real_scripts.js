// SPDX-License-Identifier: MIT
// The lab's server: hands it what its origins are to answer, and reads what reached them.

/**
 * @typedef {import('./real_mapping.js').LocalCase} LocalCase
 * @typedef {Record<string, string | boolean>} Noted
 */

/** @param {string} path */
function place(path) {
    return new URL(path, location.href);
}

/** Scripts that the server still has. @type {Set<string>} */
const kept = new Set();

/**
 * The server's own sentence about a script that it does not take.
 *
 * @param {Response} response
 */
async function faultOf(response) {
    const text = await response.text();
    try {
        return String(JSON.parse(text).error);
    } catch {
        return text || `cors lab answered with status ${response.status}.`;
    }
}

/**
 * @param {string} id
 * @param {LocalCase['server']} server
 */
export async function putScript(id, server) {
    kept.add(id);
    const response = await fetch(place(`/-/scripts/${id}`), {
        method: 'PUT', headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({server}),
    });
    if (!response.ok) {
        kept.delete(id);
        throw new Error(await faultOf(response));
    }
}

/**
 * What reached the server, in order.
 *
 * @param {string} id
 * @returns {Promise<Noted[]>}
 */
export async function readLog(id) {
    const response = await fetch(place(`/-/log/${id}`), {cache: 'no-store'});
    if (!response.ok) {
        throw new Error(await faultOf(response));
    }
    return (await response.json()).sent;
}

/**
 * The requests of one call. A browser may ask again where a connection was closed on it; such
 * requests count once.
 *
 * @param {Noted[]} sent
 */
export function withoutRetries(sent) {
    const alike = (/** @type {Noted} */ one, /** @type {Noted | undefined} */ other) =>
        one.answered === false && JSON.stringify(one) === JSON.stringify(other);
    return sent.filter((request, at) => !alike(request, sent[at - 1]));
}

/** @param {string} id */
export async function deleteScript(id) {
    if (kept.delete(id)) {
        await fetch(place(`/-/scripts/${id}`), {method: 'DELETE', keepalive: true}).catch(() => {
            // The server has ended, and its scripts with it.
        });
    }
}

/** When the page goes in the midst of it. */
addEventListener('pagehide', () => {
    for (const id of [...kept]) {
        deleteScript(id);
    }
});
