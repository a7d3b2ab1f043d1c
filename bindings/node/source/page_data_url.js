// SPDX-License-Identifier: MIT
/** What a data: URL holds. Fetch, section 6 "data: URLs". */

const USUAL_TYPE = 'text/plain;charset=US-ASCII';

/** @param {string} text */
function percentDecoded(text) {
    return Buffer.from(text.replace(/%([0-9A-Fa-f]{2})/g,
        (_, digits) => String.fromCharCode(parseInt(digits, 16))), 'latin1');
}

/**
 * @param {string} text
 * @returns {{type: string, bytes: Uint8Array}}
 */
export function readDataUrl(text) {
    const url = new URL(text);
    const data = url.href.slice('data:'.length, url.href.length - url.hash.length);
    const comma = data.indexOf(',');
    if (comma < 0) {
        throw new TypeError('Failed to fetch', {cause: 'the data: URL has no comma'});
    }
    const head = data.slice(0, comma).trim();
    const type = head.replace(/; *base64$/i, '');
    const bytes = percentDecoded(data.slice(comma + 1));
    const full = type.startsWith(';') ? `text/plain${type}` : type;
    return {
        type: /^[^/; ]+\/[^/; ]+(?:;.*)?$/.test(full) ? full : USUAL_TYPE,
        bytes: type === head ? bytes : Buffer.from(bytes.toString('latin1'), 'base64'),
    };
}
