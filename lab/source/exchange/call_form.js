// SPDX-License-Identifier: MIT
// The call: the page, and what its script asks for.
import {h, labelled, newId, select} from '../dom.js';
import {browserNames, choices, parseFields} from '../lab_case.js';
import {faultList} from './fault_list.js';

/**
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {(change: Partial<LabCase>) => void} OnChange
 */

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const origins = [
    'https://app.example.com', 'https://api.example.com', 'http://localhost:5173', 'null',
];

/** @type {Record<string, string>} */
const bodyWords = {
    none: 'no body', text: 'a text', params: 'URLSearchParams', form: 'FormData', blob: 'a Blob',
    bytes: 'bytes', stream: 'a stream',
};

/** @param {string[]} values @param {string} id */
function datalist(values, id) {
    return h('datalist', {id}, values.map((value) => h('option', {value})));
}

/** @param {OnChange} onChange */
function textInput(onChange) {
    /** @param {'page' | 'url' | 'method' | 'type'} member @param {string} [list] */
    return (member, list) => {
        const input = h('input', {
            type: 'text', class: 'code', spellcheck: 'false', autocapitalize: 'off',
            autocomplete: 'off', list,
        });
        input.addEventListener('input', () => onChange({[member]: input.value}));
        return input;
    };
}

/** @param {OnChange} onChange */
function choice(onChange) {
    /** @param {'credentials' | 'mode' | 'redirect' | 'initiator' | 'body'} member */
    return (member) => select(choices[member], '', (value) => onChange({[member]: value}));
}

/** Which browser plays it: radio buttons, side by side. @param {OnChange} onChange */
function browserChoice(onChange) {
    const name = newId('browser');
    const radios = browserNames.map((value) => h('input', {
        type: 'radio', name, value, onchange: () => onChange({browser: value}),
    }));
    const element = h('fieldset', {}, h('legend', {class: 'unseen'}, 'Browser'),
        h('div', {class: 'choice'}, radios.map((radio) => h('label', {}, radio,
            radio.value[0].toUpperCase() + radio.value.slice(1)))));
    return {
        element,
        /** @param {string} chosen */
        show(chosen) {
            for (const radio of radios) {
                radio.checked = radio.value === chosen;
            }
        },
    };
}

/**
 * Sets a field only where it differs: the cursor stays.
 *
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} field
 * @param {string} value
 */
export function fill(field, value) {
    if (field.value !== value) {
        field.value = value;
    }
}

/**
 * @param {OnChange} onChange
 */
export function makeCallForm(onChange) {
    const [methodsId, originsId] = [newId('methods'), newId('origins')];
    const text = textInput(onChange);
    const one = choice(onChange);
    const fields = {
        page: text('page', originsId), url: text('url'), method: text('method', methodsId),
        type: text('type'), credentials: one('credentials'), mode: one('mode'),
        redirect: one('redirect'), initiator: one('initiator'), body: one('body'),
        headers: h('textarea', {class: 'code', rows: 2, spellcheck: 'false',
            placeholder: 'Content-Type: application/json'}),
    };
    fields.headers.addEventListener('input', () => onChange({headers: fields.headers.value}));
    for (const option of fields.body.options) {
        option.textContent = bodyWords[option.value];
    }
    const listener = h('input', {type: 'checkbox'});
    listener.addEventListener('change', () => onChange({listener: listener.checked}));
    const browser = browserChoice(onChange);
    const faults = faultList();
    const type = labelled('Type of the Blob', fields.type);
    const more = h('details', {class: 'more wide'}, h('summary', {}, 'More'),
        h('div', {class: 'fields'},
            labelled('Mode', fields.mode), labelled('Redirects', fields.redirect), type,
            h('label', {class: 'check wide'}, listener, 'A listener on xhr.upload')));
    const element = h('div', {class: 'stack'},
        browser.element,
        h('div', {class: 'fields call-fields'},
            h('div', {class: 'wide'}, labelled('Page', fields.page)),
            h('div', {class: 'wide'}, labelled('URL', fields.url)),
            labelled('Made by', fields.initiator), labelled('Method', fields.method),
            labelled('Credentials', fields.credentials), labelled('Body', fields.body),
            h('div', {class: 'wide'}, labelled('Headers, one a line', fields.headers),
                faults.element), more),
        datalist(methods, methodsId), datalist(origins, originsId));

    return {
        element,
        /** @param {LabCase} labCase */
        show(labCase) {
            for (const [member, field] of Object.entries(fields)) {
                fill(field, String(labCase[/** @type {keyof typeof fields} */ (member)]));
            }
            listener.checked = labCase.listener;
            type.hidden = labCase.body !== 'blob';
            browser.show(labCase.browser);
            more.open ||= labCase.mode !== 'cors' || labCase.redirect !== 'follow' ||
                labCase.body === 'blob' || labCase.listener;
            faults.show(parseFields(labCase.headers).faults, fields.headers);
        },
    };
}
