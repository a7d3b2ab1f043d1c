// SPDX-License-Identifier: MIT
/** Requests and responses as tests of applications make them: plain objects, no server. */

import {createRequire} from 'node:module';

const applications = createRequire(new URL('../applications/package.json', import.meta.url));

/** A package of npm that tests have. @param {string} name */
export const installed = (name) => applications(name);

export class PlainResponse {
    statusCode = 200;
    ended = false;
    #lines = new Map();

    setHeader(name, value) {
        this.#lines.set(name.toLowerCase(), value);
    }

    getHeader(name) {
        return this.#lines.get(name.toLowerCase());
    }

    end() {
        this.ended = true;
        this.onEnd?.();
    }

    get lines() {
        return Object.fromEntries([...this.#lines]
            .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : `${value}`]));
    }
}

/**
 * Hands a middleware a request; what it did once it answered or went on.
 * @param {Function} middleware
 * @param {{method?: string, headers?: Record<string, string>}} request
 */
export function exchange(middleware, {method = 'GET', headers = {}, ...more} = {}) {
    const response = new PlainResponse();
    const nexts = [];
    return new Promise((resolve, reject) => {
        // Whatever comes twice has come by the end of this turn, and the next.
        const settle = () => setImmediate(() => {
            const {vary, ...lines} = response.lines;
            resolve({
                passed: nexts.length > 0, nexts: nexts.length, error: nexts[0] ?? null,
                ended: response.ended, status: response.statusCode, lines,
                vary: (vary ?? '').split(/, */).filter((name) => name !== '')
                    .map((name) => name.toLowerCase()).sort(),
            });
        });
        response.onEnd = settle;
        try {
            middleware({method, headers, ...more}, response, (error) => {
                nexts.push(error);
                settle();
            });
        } catch (error) {
            reject(error);
        }
    });
}
