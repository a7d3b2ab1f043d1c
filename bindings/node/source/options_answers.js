// SPDX-License-Identifier: MIT
/** What an application's own functions answer: called back, returned, or promised. */

/**
 * @template T
 * @typedef {(error: unknown, value?: T) => void} Callback
 */

/** @param {any} value @returns {value is PromiseLike<any>} */
function isPromise(value) {
    return typeof value?.then === 'function';
}

/**
 * Goes on with a value at once, or when a promise of it has come.
 * @template T, R
 * @param {T | PromiseLike<T>} value
 * @param {(value: T) => R | Promise<R>} next
 * @returns {R | Promise<R>}
 */
export function andThen(value, next) {
    return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

/** The first word of a function that is asked; later ones are not heard. @template T */
class FirstWord {
    isSpoken = false;
    /** @type {unknown} */
    error = null;
    /** @type {T | undefined} */
    value = undefined;
    /** @type {(() => void) | null} whom to tell */
    onSpoken = null;

    /** @type {Callback<T>} */
    say = (error, value) => {
        if (!this.isSpoken) {
            this.isSpoken = true;
            this.error = error;
            this.value = value;
            this.onSpoken?.();
        }
    };

    result() {
        if (this.error) {
            throw this.error;
        }
        return this.value;
    }
}

/**
 * Whether what a function returned is its answer, though it did not call back. One that takes a
 * callback may return whatever the last call in it did, so that only a promise of something counts.
 * @param {unknown} returned
 * @param {number} parameters that it has
 */
function isAnswer(returned, parameters) {
    return parameters === 1 || parameters === 0 && returned !== undefined;
}

/**
 * Asks a function: `call` hands it the callback. Its answer, or a promise of it where it did not
 * answer at once; an error is thrown, or the promise rejected with it.
 * @template T
 * @param {Function} asked
 * @param {(callback: Callback<T>) => unknown} call
 * @returns {T | undefined | Promise<T | undefined>}
 */
export function ask(asked, call) {
    /** @type {FirstWord<T>} */
    const word = new FirstWord();
    const returned = call(word.say);
    if (!word.isSpoken && isPromise(returned)) {
        returned.then((value) => {
            if (value !== undefined || asked.length < 2) {
                word.say(null, /** @type {T} */ (value));
            }
        }, (error) => word.say(error ?? new Error('the function rejected its promise')));
    } else if (!word.isSpoken && isAnswer(returned, asked.length)) {
        word.say(null, /** @type {T} */ (returned));
    }
    if (word.isSpoken) {
        return word.result();
    }
    return new Promise((resolve, reject) => {
        word.onSpoken = () => word.error ? reject(word.error) : resolve(word.value);
    });
}
