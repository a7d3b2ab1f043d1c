// SPDX-License-Identifier: MIT
/** Calls that script aborts. */

/**
 * The promise, unless the signal aborts before it settles: then a rejection with its reason.
 * @template Value
 * @param {Promise<Value>} promise
 * @param {AbortSignal | null} signal
 * @returns {Promise<Value>}
 */
export async function unlessAborted(promise, signal) {
    if (signal === null) {
        return promise;
    }
    promise.catch(() => {}); // where the abort comes first, nobody waits for it
    signal.throwIfAborted();
    let abort = () => {};
    const aborted = new Promise((_, reject) => {
        abort = () => reject(signal.reason);
    });
    signal.addEventListener('abort', abort, {once: true});
    try {
        return await Promise.race([promise, aborted]);
    } finally {
        signal.removeEventListener('abort', abort);
    }
}
