// SPDX-License-Identifier: MIT
// A call to a server of one's own on this machine, made by a page of one's choice.
import {copyButton, h, labelled, mark, select} from '../dom.js';
import {checkLine, word} from '../exchange/check_line.js';
import {parseFields, plainCase} from '../lab_case.js';
import {Frames} from './batch_run.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('./real_frames.js').Told} Told
 *
 * @typedef {{url: string, method: string, headers: string, body: string, cookies: boolean,
 *   from: string}} LiveCall `from`: the origin of the page that calls, or "null"
 */

/** The same page as `shell.hashOf('real', …)` has it: each member and its name in the URL. */
const NAMES = /** @type {const} */ ([['url', 'live'], ['method', 'live-method'],
    ['headers', 'live-headers'], ['body', 'live-body'], ['from', 'live-from']]);

const JSON_TYPE = 'Content-Type: application/json';
const TODO = '{"title": "Sent from another origin"}';

/** What is worth trying with most APIs. @type {Array<[string, Partial<LiveCall>]>} */
const PRESETS = [
    ['GET', {}],
    ['With cookies', {cookies: true}],
    ['POST JSON', {method: 'POST', headers: JSON_TYPE, body: TODO}],
    ['PUT JSON', {method: 'PUT', headers: JSON_TYPE, body: TODO}],
    ['PATCH JSON', {method: 'PATCH', headers: JSON_TYPE, body: TODO}],
    ['A header of its own', {headers: 'X-Secret: 1'}],
];

/** @param {number} port */
function originsAt(port) {
    return [...['localhost', '127.0.0.1', 'other.localhost']
        .map((host) => new URL(`http://${host}:${port}`).origin), 'null'];
}

/** @param {string} text */
function isLocal(text) {
    try {
        const {protocol, hostname} = new URL(text);
        return /^https?:$/.test(protocol) &&
            /^(?:localhost|(?:.+\.)localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
    } catch {
        return false;
    }
}

/**
 * The call that the URL holds; it comes from this page's own origin where nothing else is said.
 *
 * @param {URLSearchParams} params
 * @param {number} port
 * @returns {LiveCall}
 */
export function readLiveCall(params, port) {
    const origins = originsAt(port);
    const from = params.get('live-from') ?? location.origin;
    return {
        url: params.get('live') || 'http://localhost:8080/',
        method: params.get('live-method') || 'GET',
        headers: params.get('live-headers') ?? '',
        body: params.get('live-body') ?? '',
        cookies: params.get('live-cookies') === 'true',
        from: origins.includes(from) ? from : origins[0],
    };
}

/** @param {LiveCall} call @param {number} port */
export function writeLiveCall(call, port) {
    const usual = readLiveCall(new URLSearchParams(), port);
    const params = new URLSearchParams({live: call.url});
    for (const [member, name] of NAMES) {
        if (call[member] !== usual[member]) {
            params.set(name, call[member]);
        }
    }
    if (call.cookies) {
        params.set('live-cookies', 'true');
    }
    return params;
}

/** @param {Shell} shell @param {LiveCall} call */
function checkOf(shell, call) {
    const line = checkLine({
        ...plainCase, url: call.url, page: call.from, method: call.method, headers: call.headers,
        credentials: call.cookies ? 'include' : 'same-origin', browser: shell.thisBrowser(),
    });
    return call.body === '' ? line : `${line} --data ${word(call.body)}`;
}

/** @param {Told} told */
function readable({status, type, redirected, url, fields = [], text = '', more}) {
    return [
        h('p', {}, mark('good', 'Script got the answer')),
        h('dl', {class: 'told'},
            h('dt', {}, 'Status'), h('dd', {}, String(status)),
            h('dt', {}, 'Type'),
                h('dd', {}, redirected ? `${type}, redirected to ${url}` : String(type)),
            h('dt', {}, 'Headers that script can read'),
            h('dd', {}, h('pre', {}, fields.map((field) => field.join(': ')).join('\n') || 'none')),
            h('dt', {}, more ? 'Body, the first KB' : 'Body'),
            h('dd', {}, h('pre', {}, text || 'none'))),
    ];
}

/** @param {Shell} shell @param {LiveCall} call @param {Told} told */
function unreadable(shell, call, {result, message}) {
    const line = checkOf(shell, call);
    return [
        h('p', {}, mark('bad', result === 'hangs' ? 'No answer within 15 s' : 'Blocked'),
            result === 'hangs' ? ' The call still waits.'
                : ' Script got an error, and is never told why: CORS, or no server there.'),
        message && h('pre', {}, message),
        h('p', {}, 'The browser\'s console says more. So does this, in a terminal:'),
        h('div', {class: 'row'}, h('code', {class: 'check-line'}, line), copyButton(() => line)),
    ];
}

/**
 * @param {Shell} shell
 * @param {number} port
 * @param {(call: LiveCall) => void} onChange
 */
export function makeLiveCall(shell, port, onChange) {
    const frames = new Frames();
    const url = h('input', {class: 'code', type: 'url', required: true});
    const method = h('input', {class: 'code', required: true, maxlength: 40, autocomplete: 'off'});
    const headers = h('textarea', {class: 'code', rows: 2, spellcheck: 'false'});
    const body = h('textarea', {class: 'code', rows: 2, spellcheck: 'false'});
    const cookies = h('input', {type: 'checkbox'});
    const from = select(originsAt(port), '', () => changed());
    const send = h('button', {type: 'submit', class: 'primary'}, 'Send');
    const fault = h('p', {class: 'fault', role: 'alert'});
    const result = h('div', {class: 'stack', role: 'status'});

    /** @returns {LiveCall} */
    const call = () => ({
        url: url.value.trim(), method: method.value.trim(), headers: headers.value,
        body: body.value, cookies: cookies.checked, from: from.value,
    });

    const check = () => {
        const {faults} = parseFields(headers.value);
        const isFar = !isLocal(url.value.trim());
        url.setAttribute('aria-invalid', String(isFar));
        headers.setAttribute('aria-invalid', String(faults.length > 0));
        fault.textContent = isFar ? 'Write an http or https URL of this machine: localhost, a ' +
            'name below it, 127.0.0.1 or [::1].' : faults[0]?.message ?? '';
        return fault.textContent === '';
    };

    const changed = () => {
        check();
        onChange(call());
    };

    /** @param {LiveCall} next */
    const fill = (next) => {
        url.value = next.url;
        method.value = next.method;
        headers.value = next.headers;
        body.value = next.body;
        cookies.checked = next.cookies;
        from.value = next.from;
        check();
    };

    const sendNow = async () => {
        const now = call();
        send.disabled = true;
        result.replaceChildren(h('p', {class: 'muted'}, 'Sent …'));
        try {
            const frame = await frames.on(now.from);
            const told = await frame.call({
                url: now.url, method: now.method, headers: parseFields(now.headers).fields,
                initiator: 'read', mode: 'cors', redirect: 'follow',
                credentials: now.cookies ? 'include' : 'same-origin',
                body: now.body === '' ? null : {kind: 'text', text: now.body, type: ''},
            });
            const parts = told.result === 'ok' ? readable(told) : unreadable(shell, now, told);
            result.replaceChildren(...parts.map((part) => part || ''));
        } catch (error) {
            result.replaceChildren(h('p', {class: 'note bad'},
                error instanceof Error ? error.message : String(error)));
        } finally {
            send.disabled = false;
        }
    };

    const presets = h('div', {class: 'row', role: 'group', 'aria-label': 'Calls to try'},
        PRESETS.map(([words, parts]) => h('button', {
            type: 'button',
            onclick: () => {
                const usual = {method: 'GET', headers: '', body: '', cookies: false};
                fill({...call(), ...usual, ...parts});
                changed();
            },
        }, words)));

    const form = h('form', {
        class: 'panel stack',
        onsubmit: (event) => {
            event.preventDefault();
            if (check()) {
                sendNow();
            }
        },
        oninput: changed,
    },
    h('h2', {}, 'The call'),
    presets,
    labelled('URL, on this machine', url),
    h('div', {class: 'fields'}, labelled('Method', method),
        labelled('From a page on', from)),
    labelled('Headers, one a line', headers), labelled('Body', body),
    h('label', {class: 'check'}, cookies, 'with cookies (credentials: include)'),
    fault, h('div', {class: 'row'}, send));

    return {
        element: h('div', {class: 'columns even'}, form,
            h('div', {class: 'panel stack'}, h('h2', {}, 'What script got'),
                h('p', {class: 'muted small'}, 'The page that calls stands in a frame. An origin ' +
                    'that your policy lists, and one that it does not, make the difference.'),
                result)),
        fill,
        stop: () => frames.close(),
    };
}
