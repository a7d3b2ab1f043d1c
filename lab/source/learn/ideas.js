// SPDX-License-Identifier: MIT
// The seven ideas, in their order.
import {caching} from './idea_caching.js';
import {credentials} from './idea_credentials.js';
import {enforcer} from './idea_enforcer.js';
import {headers} from './idea_headers.js';
import {limits} from './idea_limits.js';
import {origin} from './idea_origin.js';
import {preflight} from './idea_preflight.js';

/**
 * An idea: its name in the contents and its title; a short text; what only this idea has, and
 * figures to play with.
 * @typedef {{
 *   name: string,
 *   short: string,
 *   title: string,
 *   text: string[],
 *   build?: (tools: import('./learn_state.js').Tools) => import('./learn_state.js').Part[],
 *   figures?: import('./learn_figure.js').FigureSpec[],
 * }} Idea
 */

/** @type {readonly Idea[]} */
export const ideas = [origin, enforcer, preflight, headers, credentials, caching, limits];
