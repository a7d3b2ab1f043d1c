// SPDX-License-Identifier: MIT
// The rooms, in the order of the navigation. Each is loaded when it is first opened.

/**
 * What every room gets.
 *
 * @typedef {import('./engine.js').Engine & {
 *   announce: (text: string) => void,
 *   hashOf: (room: string, params?: URLSearchParams) => string,
 *   setParams: (params: URLSearchParams) => void,
 *   navigate: (room: string, params?: URLSearchParams) => void,
 * }} Shell `announce` speaks to readers of the screen; `setParams` replaces the open room's part of
 *   the URL without a step in the history; `navigate` makes such a step.
 *
 * An open room: `update` is called when its part of the URL has changed.
 * @typedef {{update: (params: URLSearchParams) => void, leave?: () => void}} Room
 *
 * @typedef {{
 *   mountRoom: (main: HTMLElement, params: URLSearchParams, shell: Shell) => Room,
 * }} RoomModule
 *
 * @typedef {{name: string, title: string, sheet?: string, load: () => Promise<RoomModule>}} RoomEntry
 */

/** @type {RoomEntry[]} */
export const rooms = [
    {
        name: 'exchange',
        title: 'Exchange',
        load: () => import('./exchange/exchange_room.js'),
    },
    {
        name: 'explain',
        title: 'Explain',
        sheet: 'explain.css',
        load: () => import('./explain/explain_room.js'),
    },
    {
        name: 'policy',
        title: 'Policy',
        sheet: 'policy.css',
        load: () => import('./policy/policy_room.js'),
    },
    {
        name: 'real',
        title: 'Try it for real',
        sheet: 'real.css',
        load: () => import('./real/real_room.js'),
    },
    {
        name: 'learn',
        title: 'Learn',
        sheet: 'learn.css',
        load: () => import('./learn/learn_room.js'),
    },
];

/**
 * The room with a name; the first where there is none.
 *
 * @param {string} name
 */
export function findRoom(name) {
    return rooms.find((room) => room.name === name) ?? rooms[0];
}
