// SPDX-License-Identifier: MIT
// What the room's part of the URL holds: the place, every switch that was moved, the answers given.

/**
 * @typedef {import('../rooms.js').Shell} Shell
 *
 * @typedef {{
 *   get: (name: string) => string | null,
 *   set: (changes: Record<string, string | null>) => void,
 *   hrefTo: (place: Record<string, string>) => string,
 *   replace: (params: URLSearchParams) => void,
 *   onChange: (listener: () => void) => void,
 * }} LearnState `set` changes the URL, null removes; `hrefTo` is a link to a place that keeps all
 *   else; `onChange` hears of every change, so that links can follow.
 *
 * What every part of the room gets. `whenSeen` calls once an element comes near the screen.
 * @typedef {{
 *   shell: Shell,
 *   state: LearnState,
 *   whenSeen: (element: HTMLElement, call: () => void) => void,
 * }} Tools
 *
 * A part: `refresh` follows the state, once the part has been seen.
 * @typedef {{element: HTMLElement, refresh: () => void}} Part
 */

/** Of these a URL holds one: where to go. */
const places = ['idea', 'myth', 'quiz'];

/**
 * @param {Shell} shell
 * @param {URLSearchParams} params
 * @returns {LearnState}
 */
export function makeState(shell, params) {
    let current = new URLSearchParams(params);
    /** @type {Array<() => void>} */
    const listeners = [];
    const tell = () => listeners.forEach((listener) => listener());

    /**
     * @param {URLSearchParams} from
     * @param {Record<string, string | null>} changes
     */
    function changed(from, changes) {
        const next = new URLSearchParams(from);
        if (places.some((place) => place in changes)) {
            places.forEach((place) => next.delete(place));
        }
        for (const [name, value] of Object.entries(changes)) {
            if (value === null) {
                next.delete(name);
            } else {
                next.set(name, value);
            }
        }
        return next;
    }

    return {
        get: (name) => current.get(name),
        set(changes) {
            current = changed(current, changes);
            shell.setParams(current);
            tell();
        },
        hrefTo: (place) => shell.hashOf('learn', changed(current, place)),
        replace(next) {
            current = new URLSearchParams(next);
            tell();
        },
        onChange(listener) {
            listeners.push(listener);
        },
    };
}

/** What has the focus stays on the screen, where its element has grown. @param {Element} element */
function keepFocusInView(element) {
    const focused = document.activeElement;
    if (focused && element.contains(focused)) {
        focused.scrollIntoView({block: 'nearest'});
    }
}

/**
 * Calls once an element comes near the screen. What lies above it, or under the page's head, waits:
 * if it grew, it would push down what is being read.
 *
 * @returns {{whenSeen: Tools['whenSeen'], stop: () => void}}
 */
export function watchScreen() {
    /** @type {Map<Element, () => void>} */
    const calls = new Map();
    const observer = new IntersectionObserver((entries) => {
        for (const {isIntersecting, target} of entries) {
            const call = calls.get(target);
            if (isIntersecting && call) {
                calls.delete(target);
                observer.unobserve(target);
                call();
                keepFocusInView(target);
            }
        }
    }, {rootMargin: '-80px 0px 300px 0px'});
    return {
        whenSeen(element, call) {
            calls.set(element, call);
            observer.observe(element);
        },
        stop: () => observer.disconnect(),
    };
}
