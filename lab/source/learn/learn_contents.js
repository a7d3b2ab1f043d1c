// SPDX-License-Identifier: MIT
// The table of contents: links that keep the state, and a mark at what is being read.
import {h} from '../dom.js';

/**
 * @typedef {import('./learn_state.js').LearnState} LearnState
 * @typedef {{place: [kind: string, name: string], title: string, section: HTMLElement}} Chapter
 */

/**
 * @param {LearnState} state
 * @param {Chapter[]} chapters
 * @param {(chapter: Chapter) => void} go
 */
export function contents(state, chapters, go) {
    const links = chapters.map((chapter) => h('a', {
        // A link to where one is already changes no URL, so nobody else would hear of it.
        onclick: () => queueMicrotask(() => go(chapter)),
    }, chapter.title));
    const draw = () => chapters.forEach(({place: [kind, name]}, at) => {
        links[at].href = state.hrefTo({[kind]: name});
    });
    draw();
    state.onChange(draw);

    /** @type {Set<Element>} */
    const seen = new Set();
    const observer = new IntersectionObserver((entries) => {
        for (const {isIntersecting, target} of entries) {
            seen[isIntersecting ? 'add' : 'delete'](target);
        }
        const current = chapters.findIndex(({section}) => seen.has(section));
        links.forEach((link, at) => {
            if (at === current) {
                link.setAttribute('aria-current', 'location');
            } else {
                link.removeAttribute('aria-current');
            }
        });
    }, {rootMargin: '-30% 0px -60% 0px'});
    chapters.forEach(({section}) => observer.observe(section));
    return {
        element: h('nav', {class: 'contents', 'aria-label': 'Contents'},
            h('ol', {}, links.map((link) => h('li', {}, link)))),
        stop: () => observer.disconnect(),
    };
}
