// SPDX-License-Identifier: MIT
// The command line that makes the same call from a terminal, against the real server.
import {parseFields} from '../lab_case.js';

/** One word of a shell's command line. @param {string} text */
export function word(text) {
    return `'${text.replace(/[\0-\x1f\x7f]/g, '').replaceAll("'", "'\\''")}'`;
}

/**
 * `cors check` for a case.
 *
 * @param {import('../lab_case.js').LabCase} labCase
 */
export function checkLine(labCase) {
    const headers = parseFields(labCase.headers).fields;
    return [
        'cors check', word(labCase.url), '--origin', word(labCase.page),
        ...(labCase.method === 'GET' ? [] : ['-X', word(labCase.method)]),
        ...headers.map(([name, value]) => `-H ${word(`${name}: ${value}`)}`),
        ...(labCase.credentials === 'include' ? ['--credentials'] : []),
        ...(labCase.browser === 'chromium' ? [] : ['--browser', labCase.browser]),
    ].join(' ');
}
