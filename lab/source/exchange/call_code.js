// SPDX-License-Identifier: MIT
// The call as one would write it in a page.
import {parseFields} from '../lab_case.js';

/** @typedef {import('../lab_case.js').LabCase} LabCase */

/** A text as JavaScript, in the quotes that pages use. @param {string} text */
function quoted(text) {
    return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** @param {LabCase} labCase */
function bodyCode({body, type}) {
    return {
        none: '',
        text: 'text',
        params: 'new URLSearchParams(text)',
        form: 'new FormData(form)',
        blob: type ? `new Blob([text], {type: ${quoted(type)}})` : 'new Blob([text])',
        bytes: 'new TextEncoder().encode(text)',
        stream: 'stream',
    }[body] ?? body;
}

/** @param {LabCase} labCase */
function fetchCode(labCase) {
    const headers = parseFields(labCase.headers).fields
        .map(([name, value]) => `${quoted(name)}: ${quoted(value)}`);
    const body = bodyCode(labCase);
    const options = [
        labCase.method !== 'GET' && `method: ${quoted(labCase.method)}`,
        headers.length && `headers: {${headers.join(', ')}}`,
        body && `body: ${body}`,
        labCase.body === 'stream' && `duplex: 'half'`,
        labCase.credentials !== 'same-origin' && `credentials: ${quoted(labCase.credentials)}`,
        labCase.mode !== 'cors' && `mode: ${quoted(labCase.mode)}`,
        labCase.redirect !== 'follow' && `redirect: ${quoted(labCase.redirect)}`,
    ].filter(Boolean);
    const url = quoted(labCase.url);
    return options.length === 0 ? `await fetch(${url});`
        : `await fetch(${url}, {\n${options.map((option) => `  ${option},\n`).join('')}});`;
}

/** @param {LabCase} labCase */
function xhrCode(labCase) {
    const body = bodyCode(labCase);
    return [
        'const xhr = new XMLHttpRequest();',
        `xhr.open(${quoted(labCase.method)}, ${quoted(labCase.url)});`,
        ...parseFields(labCase.headers).fields
            .map(([name, value]) => `xhr.setRequestHeader(${quoted(name)}, ${quoted(value)});`),
        labCase.credentials === 'include' && 'xhr.withCredentials = true;',
        labCase.listener && `xhr.upload.addEventListener('progress', show);`,
        `xhr.send(${body});`,
    ].filter(Boolean).join('\n');
}

/** @param {LabCase} labCase */
function elementCode(labCase) {
    const asks = labCase.mode === 'no-cors' ? ''
        : ` crossorigin="${labCase.credentials === 'include' ? 'use-credentials' : 'anonymous'}"`;
    const url = labCase.url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return {
        image: `<img src="${url}"${asks}>`,
        script: `<script src="${url}"${asks}></script>`,
        module: `<script type="module" src="${url}"></script>`,
        stylesheet: `<link rel="stylesheet" href="${url}"${asks}>`,
        font: `@font-face { font-family: Mine; src: url("${labCase.url}"); }`,
        eventsource: labCase.credentials === 'include'
            ? `new EventSource(${quoted(labCase.url)}, {withCredentials: true});`
            : `new EventSource(${quoted(labCase.url)});`,
        beacon: `navigator.sendBeacon(${[quoted(labCase.url), bodyCode(labCase)]
            .filter(Boolean).join(', ')});`,
    }[labCase.initiator] ?? '';
}

/**
 * The call as code.
 *
 * @param {LabCase} labCase
 */
export function callCode(labCase) {
    if (labCase.initiator === 'fetch') {
        return fetchCode(labCase);
    }
    return labCase.initiator === 'xhr' ? xhrCode(labCase) : elementCode(labCase);
}
