// SPDX-License-Identifier: MIT
/** Standard output as a subcommand writes it: what cannot be written is noticed. */

/** @typedef {import('./cli_command.js').Output} Output */

/** What the C library says of it. @type {Record<string, string>} */
const FAULTS = {EPIPE: 'Broken pipe', ENOSPC: 'No space left on device', EIO: 'Input/output error'};

/** @param {any} error */
export function faultText(error) {
    return FAULTS[error?.code] ?? String(error?.message ?? error);
}

/** Whether it tells when it is written; what tests hand in may only take text. */
function isStream(/** @type {any} */ output) {
    return typeof output.on === 'function' && typeof output.off === 'function';
}

export class Writer {
    /** @type {unknown} why writing failed; null: it did not */
    fault = null;
    #output;

    /** @param {Output} output */
    constructor(output) {
        this.#output = output;
        if (isStream(output)) {
            /** @type {any} */ (output).on('error', this.#fail);
        }
    }

    #fail = (/** @type {unknown} */ error) => {
        this.fault ??= error;
    };

    /**
     * Writes, and waits until it is written; false where writing failed.
     * @param {string} text
     * @returns {Promise<boolean>}
     */
    async write(text) {
        if (!isStream(this.#output)) {
            this.#output.write(text);
        } else if (this.fault === null) {
            await new Promise((resolve) => {
                /** @type {any} */ (this.#output).write(text, (/** @type {unknown} */ error) => {
                    this.fault ??= error ?? null;
                    resolve(undefined);
                });
            });
        }
        return this.fault === null;
    }

    /** Leaves the stream to others. */
    close() {
        if (isStream(this.#output)) {
            // An error of the last write comes a moment after the call of its callback.
            setImmediate(() => /** @type {any} */ (this.#output).off('error', this.#fail));
        }
    }
}
