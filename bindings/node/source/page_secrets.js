// SPDX-License-Identifier: MIT
/** What logs of test runs must not show: the values of cookies, tokens and passwords. */

import {engine} from './embedded_engine.js';

const HIDDEN = '…';
const SECRET_NAME = /authorization|cookie|token|secret|passw|key|session|credential|signature|jwt|x-auth/i;

/** Of each pair of a Cookie line. @param {string} value */
function hideCookies(value) {
    return value.split(';').map((pair) => pair.replace(/=.*$/, `=${HIDDEN}`)).join(';');
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {string}
 */
export function shownValue(name, value) {
    const lower = name.toLowerCase();
    if (lower === 'cookie') {
        return hideCookies(value);
    }
    if (lower === 'set-cookie') {
        return value.replace(/^([^=;]*)=[^;]*/, `$1=${HIDDEN}`);
    }
    const ofCors = Object.values(engine().tables.fields)
        .some((field) => field.toLowerCase() === lower);
    if (ofCors || !SECRET_NAME.test(lower)) {
        return lower === 'location' ? shownUrl(value) : value;
    }
    return HIDDEN;
}

/** A URL without its password. @param {string} url */
export function shownUrl(url) {
    return url.replace(/^([a-z][a-z0-9+.-]*:)?\/\/([^/?#]*):[^/?#]*@/i, `$1//$2:${HIDDEN}@`);
}
