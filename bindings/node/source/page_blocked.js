// SPDX-License-Identifier: MIT
/** Why a call was blocked. */

import {consoleLine, tellStory} from './page_story.js';

/**
 * @typedef {import('./page_story.js').Story} Story
 * @typedef {import('../libcors.js').Exchange} Exchange
 */

/** What fetch() rejects with in each browser. @type {Record<string, string>} */
const REJECTIONS = {
    firefox: 'NetworkError when attempting to fetch resource.',
    safari: 'Load failed',
};

/** The cause of the TypeError. An Error, so that test runners print it. */
export class Blocked extends Error {
    #story;

    /** @param {Story} story */
    constructor(story) {
        const {outcome} = story;
        super(consoleLine(story) ?? outcome.cause);
        this.#story = story;
        this.code = outcome.code;
        const text = {value: 'Blocked', configurable: true, writable: true};
        Object.defineProperties(this, {
            name: text,
            cause: {...text, value: outcome.cause},
            stack: {...text, value: `Blocked: ${this}`},
        });
    }

    get preflight() {
        return this.#story.outcome.preflight;
    }

    get messages() {
        return this.#story.outcome.messages;
    }

    get fix() {
        return this.#story.outcome.fix;
    }

    /** @returns {Exchange[]} */
    get exchanges() {
        return this.#story.steps.map(({exchange}) => exchange);
    }

    toString() {
        return tellStory(this.#story);
    }

    /** For test runners that print all members: headers and bodies belong in no log. */
    toJSON() {
        const {name, message, stack, code} = this;
        return {name, message, stack, code};
    }

    [Symbol.for('nodejs.util.inspect.custom')]() {
        return this.toString();
    }
}

/**
 * What fetch() rejects with.
 * @param {Story} story
 * @returns {TypeError}
 */
export function blockedError(story) {
    return new TypeError(REJECTIONS[story.browser] ?? 'Failed to fetch',
        {cause: new Blocked(story)});
}
