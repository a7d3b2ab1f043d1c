// SPDX-License-Identifier: MIT
// Idea 6: caches, Vary, and the browser's memory for permissions.
import {APP, head, lessonCase, playAgain} from './learn_case.js';
import {preflightsOf} from './learn_reading.js';
import {sharedCache} from './shared_cache.js';

const pauses = [
    {value: '3', words: '3 seconds'}, {value: '60', words: '1 minute'},
    {value: '1800', words: '30 minutes'}, {value: '10800', words: '3 hours'},
];

/** @type {import('./learn_figure.js').FigureSpec} */
const memory = {
    name: 'memory',
    caption: 'Drawn is the second of two equal calls. `Access-Control-Max-Age` is a wish: each ' +
        'browser has a limit of its own.',
    switches: [
        {name: 'age', words: 'Access-Control-Max-Age', options: [
            {value: 'none', words: 'none'}, {value: '600', words: '600'},
            {value: '86400', words: '86400'},
        ]},
        {name: 'pause', words: 'The second call comes after', options: pauses},
        {name: 'browser', words: 'Browser', options: [
            {value: 'chromium', words: 'Chromium'}, {value: 'firefox', words: 'Firefox'},
            {value: 'safari', words: 'Safari'},
        ]},
    ],
    run(cors, {age, pause, browser}) {
        const origin = `Access-Control-Allow-Origin: ${APP}`;
        const labCase = lessonCase({
            method: 'DELETE', browser: /** @type {import('../engine.js').BrowserName} */ (browser),
        }, {
            preflight: head(204, origin, 'Access-Control-Allow-Methods: DELETE',
                age !== 'none' && `Access-Control-Max-Age: ${age}`),
            response: head(200, origin),
        });
        const [first, second] = playAgain(cors, labCase, [Number(pause)]);
        return {
            labCase, trace: second, remembered: preflightsOf(second).length === 0,
            notes: [count('first', first), count('second', second)],
        };
    },
};

/**
 * @param {string} which
 * @param {import('../../../bindings/wasm/libcors.js').Trace} trace
 * @returns {import('./learn_reading.js').Verdict}
 */
function count(which, trace) {
    const asked = preflightsOf(trace).length > 0;
    return {
        kind: asked ? 'warn' : 'good', mark: asked ? 'Preflight' : 'No preflight',
        words: `on the ${which} call: ${trace.steps.map(({method}) => method).join(', then ')}.`,
    };
}

/** @type {import('./ideas.js').Idea} */
export const caching = {
    name: 'caching',
    short: 'Caches and Vary',
    title: 'Caches: an answer has to say what it depends on',
    text: [
        'A _shared cache_, such as a content delivery network, keeps an answer and hands it to ' +
        'the next who asks for the same URL. But a server that names the asking origin in its ' +
        'answer has written it for that origin alone. `Vary: Origin` says so: the cache then ' +
        'keeps one answer for each origin. It belongs on every answer of such a URL, also where ' +
        'the request had no `Origin` and the answer names none. Only a server that always ' +
        'answers `*` can do without.',
        'The browser keeps a small cache too, of permissions. `Access-Control-Max-Age` says for ' +
        'how many seconds the answer to a preflight holds, for the same page and URL; without ' +
        'it, five. Chromium forgets after two hours at the latest, Firefox after a day, Safari ' +
        'after ten minutes. Until then the browser does not ask again, even if the server has ' +
        'changed its mind.',
    ],
    figures: [sharedCache, memory],
};
