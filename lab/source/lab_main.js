// SPDX-License-Identifier: MIT
// The page's frame: which room is open, by the URL's fragment, and what all rooms share.
import {startEngine} from './engine.js';
import {h} from './dom.js';
import {findRoom, rooms} from './rooms.js';
import {startTheme} from './theme.js';

/**
 * @typedef {import('./rooms.js').RoomEntry} RoomEntry
 * @typedef {import('./rooms.js').Room} Room
 * @typedef {import('./rooms.js').Shell} Shell
 */

const main = /** @type {HTMLElement} */ (document.getElementById('room'));
const announcements = /** @type {HTMLElement} */ (document.getElementById('announcements'));

/** @type {{entry: RoomEntry, room: Room} | null} */
let open = null;
let opening = 0; // counts, so that a room that loads slowly does not push out a later one

/** Into the room, whose address the link's own fragment must not replace. */
function startSkipLink() {
    document.querySelector('.skip')?.addEventListener('click', (event) => {
        event.preventDefault();
        main.focus();
    });
}

/** `#/policy?env=production` is the room "policy" with its parameters. */
function readLocation() {
    const [path, query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
    return {entry: findRoom(path), params: new URLSearchParams(query)};
}

/**
 * @param {string} room
 * @param {URLSearchParams} [params]
 */
function hashOf(room, params) {
    const query = params ? params.toString() : '';
    return `#/${room}${query ? `?${query}` : ''}`;
}

/** @param {string} text */
function announce(text) {
    announcements.textContent = '';
    requestAnimationFrame(() => {
        announcements.textContent = text;
    });
}

/** @param {RoomEntry} entry */
function loadSheet(entry) {
    if (!entry.sheet || document.querySelector(`link[href="${entry.sheet}"]`)) {
        return Promise.resolve();
    }
    return new Promise((done) => {
        document.head.append(
            h('link', {rel: 'stylesheet', href: entry.sheet, onload: done, onerror: done}));
    });
}

/** @param {RoomEntry} entry */
function markOpen(entry) {
    for (const link of document.querySelectorAll('#rooms a')) {
        const isOpen = link.getAttribute('href') === hashOf(entry.name);
        if (isOpen) {
            link.setAttribute('aria-current', 'page');
            link.scrollIntoView({block: 'nearest', inline: 'nearest'});
        } else {
            link.removeAttribute('aria-current');
        }
    }
    document.title = `${entry.title} · CORS lab`;
}

/** A reader of the screen, and the next Tab, begin at the room's title. */
function focusTitle() {
    const title = main.querySelector('h1');
    if (title) {
        title.tabIndex = -1;
        title.focus({preventScroll: true});
    }
    scrollTo(0, 0);
}

/**
 * @param {Shell} shell
 * @param {boolean} isFirst
 */
async function show(shell, isFirst) {
    const {entry, params} = readLocation();
    if (open && open.entry === entry) {
        open.room.update(params);
        return;
    }
    opening += 1;
    const mine = opening;
    markOpen(entry);
    const [module] = await Promise.all([entry.load(), loadSheet(entry)]);
    if (mine !== opening) {
        return;
    }
    open?.room.leave?.();
    main.replaceChildren();
    open = {entry, room: module.mountRoom(main, params, shell)};
    main.dataset.room = entry.name;
    if (!isFirst) {
        focusTitle();
    }
}

/** @param {unknown} fault */
function showFault(fault) {
    main.replaceChildren(h('div', {class: 'note bad', role: 'alert'},
        h('h1', {}, 'The engine did not start'),
        h('p', {}, 'This page runs a WebAssembly module, libcors.wasm, that must lie beside it. ',
            fault instanceof Error ? fault.message : String(fault))));
}

async function start() {
    startSkipLink();
    startTheme(/** @type {HTMLButtonElement} */ (document.getElementById('theme')));
    document.getElementById('rooms')?.append(...rooms.map((entry) =>
        h('li', {}, h('a', {href: hashOf(entry.name)}, entry.title))));
    const engine = await startEngine();
    const about = document.getElementById('engine');
    if (about) {
        about.textContent = `libcors ${engine.cors.version}, as WebAssembly.`;
    }
    /** @type {Shell} */
    const shell = {
        ...engine,
        announce,
        hashOf,
        setParams(params) {
            const {entry} = readLocation();
            history.replaceState(null, '', hashOf(entry.name, params));
        },
        navigate(room, params) {
            location.hash = hashOf(room, params);
        },
    };
    addEventListener('hashchange', () => show(shell, false).catch(showFault));
    await show(shell, true);
    document.documentElement.dataset.ready = 'true';
}

start().catch(showFault);
