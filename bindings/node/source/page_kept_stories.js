// SPDX-License-Identifier: MIT
/** What happened in calls that were allowed, for whoever expected something else. */

/** @typedef {import('./page_story.js').Story} Story */

/** @type {WeakMap<object, Story>} */
const stories = new WeakMap();

/** @param {Response} response @param {Story} story */
export function keepStory(response, story) {
    stories.set(response, story);
}

/**
 * @param {unknown} response
 * @returns {Story | undefined} undefined: it is no response of ours
 */
export function storyOf(response) {
    return typeof response === 'object' && response !== null ? stories.get(response) : undefined;
}
