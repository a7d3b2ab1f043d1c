// SPDX-License-Identifier: MIT
// The figure about origins: two URLs that one can edit, and a call from the one to the other.
import {h, labelled, mark} from '../dom.js';
import {head, lessonCase, playOnce} from './learn_case.js';
import {exchangeView} from './learn_figure.js';
import {listed} from './learn_text.js';
import {compareParts, readUrl} from './origin_parts.js';

/**
 * @typedef {import('./learn_state.js').Tools} Tools
 * @typedef {import('./learn_state.js').Part} Part
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 */

const PAGE = 'https://app.example.com/mail/inbox.html';

/** Pairs worth a look; the first is what the figure begins with. */
export const pairs = /** @type {const} */ ([
    {words: 'another host', a: PAGE, b: 'https://api.example.com/mail'},
    {words: 'another path', a: PAGE, b: 'https://app.example.com/calendar?week=7'},
    {words: 'the parent domain', a: PAGE, b: 'https://example.com/mail'},
    {words: 'http and https', a: 'http://app.example.com/', b: 'https://app.example.com/'},
    {words: 'another port', a: 'http://localhost:3000/', b: 'http://localhost:8080/'},
    {words: 'localhost by number', a: 'http://localhost:3000/', b: 'http://127.0.0.1:3000/'},
    {words: 'capitals, port 443', a: PAGE, b: 'HTTPS://APP.EXAMPLE.COM:443/mail'},
]);

/**
 * A page of the one URL calls the other, whose server says nothing about CORS.
 *
 * @param {URL} page
 * @param {URL} url
 */
export function originCase(page, url) {
    return lessonCase({page: page.origin, url: url.href, browser: 'standard'},
        {response: head(200, 'Content-Type: application/json')});
}

/**
 * Whether the engine takes a call from the one to the other for one within an origin.
 *
 * @param {Cors} cors
 * @param {URL} page
 * @param {URL} url
 */
export function isSameOrigin(cors, page, url) {
    const labCase = {...originCase(page, new URL('/', url.origin)), mode: 'same-origin'};
    const {outcome} = playOnce(cors, labCase);
    if (outcome.code === 'network-failure') {
        // Mixed content, or a port that browsers refuse: such a call ends before the comparison.
        return page.origin === url.origin;
    }
    return outcome.ok;
}

/**
 * Whether a URL has an origin of its own that can be compared.
 *
 * @param {URL | null} url
 * @returns {url is URL}
 */
function isWeb(url) {
    return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}

/** "Scheme differs", "Host and port differ". @param {URL} page @param {URL} url */
function differences(page, url) {
    const names = compareParts(page, url).filter((part) => part.counts && !part.same)
        .map(({name}, at) => (at === 0 ? name : name.toLowerCase()));
    return `${listed(names)} ${names.length > 1 ? 'differ' : 'differs'}`;
}

/** @param {URL} page @param {URL} url @param {boolean} same */
function resultLine(page, url, same) {
    return h('p', {class: `note ${same ? 'good' : 'warn'}`},
        mark(same ? 'good' : 'warn', same ? 'Same origin' : 'Another origin'), ' ',
        same ? `Both belong to ${page.origin}.`
            : `${differences(page, url)}: ${page.origin} is not ${url.origin}.`);
}

/** @param {URL} page @param {URL} url */
function partsTable(page, url) {
    return h('table', {class: 'parts'},
        h('thead', {}, h('tr', {}, ['Part', 'Page', 'Called', 'Compared'].map((word) =>
            h('th', {scope: 'col'}, word)))),
        h('tbody', {}, compareParts(page, url).map(({name, a, b, counts, same}) =>
            h('tr', {class: counts ? '' : 'muted'},
                h('th', {scope: 'row'}, name),
                h('td', {}, h('code', {}, a)), h('td', {}, h('code', {}, b)),
                h('td', {}, !counts ? 'does not count'
                    : mark(same ? 'good' : 'bad', same ? 'same' : 'differs'))))));
}

/**
 * @param {Tools} tools
 * @returns {Part}
 */
export function originCompare({shell, state, whenSeen}) {
    const fields = {a: urlField('a'), b: urlField('b')};
    const result = h('div', {class: 'stack'});
    const view = exchangeView(shell);
    let seen = false;

    /** @param {'a' | 'b'} name */
    function urlField(name) {
        const input = h('input', {
            type: 'text', class: 'code', inputmode: 'url', spellcheck: 'false', autocomplete: 'off',
        });
        input.addEventListener('input', () => {
            const isInitial = input.value === pairs[0][name];
            state.set({idea: 'origin', [`origin.${name}`]: isInitial ? null : input.value});
            play();
        });
        input.addEventListener('change', () => shell.announce(result.textContent ?? ''));
        return input;
    }

    /** @param {{a: string, b: string}} pair */
    function choose(pair) {
        const isInitial = pair === pairs[0];
        state.set({idea: 'origin', 'origin.a': isInitial ? null : pair.a,
            'origin.b': isInitial ? null : pair.b});
        play();
        shell.announce(result.querySelector('.note')?.textContent ?? '');
    }

    function play() {
        const texts = {
            a: state.get('origin.a') ?? pairs[0].a, b: state.get('origin.b') ?? pairs[0].b,
        };
        const page = readUrl(texts.a);
        const url = readUrl(texts.b);
        for (const [name, read] of /** @type {const} */ ([['a', page], ['b', url]])) {
            if (fields[name].value !== texts[name]) {
                fields[name].value = texts[name];
            }
            fields[name].setAttribute('aria-invalid', String(!isWeb(read)));
        }
        view.element.hidden = !isWeb(page) || !isWeb(url);
        if (!isWeb(page) || !isWeb(url)) {
            result.replaceChildren(h('p', {class: 'note warn'}, 'Write two whole addresses that ' +
                'begin with http or https, such as ', h('code', {}, 'https://example.com/'), '.'));
            return;
        }
        const labCase = originCase(page, url);
        const trace = playOnce(shell.cors, labCase);
        result.replaceChildren(
            resultLine(page, url, isSameOrigin(shell.cors, page, url)),
            h('div', {class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': 'The parts'},
                partsTable(page, url)));
        view.show(labCase, trace);
    }

    const element = h('figure', {class: 'panel lesson-figure waiting'},
        h('figcaption', {}, 'Script of the first address calls the second, whose server says ' +
            'nothing about CORS. Edit the addresses, or choose a pair.'),
        h('div', {class: 'switches'},
            labelled('The page\'s address', fields.a),
            labelled('The address that script calls', fields.b),
            h('div', {class: 'row pairs', role: 'group', 'aria-label': 'Examples'},
                pairs.map((pair) => h('button', {type: 'button', onclick: () => choose(pair)},
                    pair.words)))),
        result, view.element);
    whenSeen(element, () => {
        seen = true;
        element.classList.remove('waiting');
        play();
    });
    return {element, refresh: () => seen && play()};
}
