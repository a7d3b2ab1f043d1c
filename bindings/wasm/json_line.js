// SPDX-License-Identifier: MIT
/** JSON as the command prints it: one line, compact, in ASCII. */

/** Integers up to this are printed as such; JSON has no more of them that are exact. */
const INTEGER_MAX = 2 ** 63;

/** @type {Record<string, string>} */
const SHORT_ESCAPES = {
    '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t',
};

/**
 * @param {string} character
 * @returns {string}
 */
function escape(character) {
    const digits = character.charCodeAt(0).toString(16).toUpperCase();
    return SHORT_ESCAPES[character] ?? `\\u${digits.padStart(4, '0')}`;
}

/**
 * @param {string} text
 * @returns {string}
 */
function stringLine(text) {
    // eslint-disable-next-line no-control-regex
    return `"${text.replace(/["\\\u0000-\u001F\u007F-\uFFFF]/g, escape)}"`;
}

/**
 * A number as printf's %.17g writes it, with a sign that it is no integer.
 * @param {number} value
 * @returns {string}
 */
function realLine(value) {
    const [digits, exponent] = value.toExponential(16).split('e');
    const power = Number(exponent);
    if (power >= -4 && power < 17) {
        const plain = value.toFixed(Math.min(100, 16 - power)).replace(/\.?0+$/, '');
        return plain.includes('.') ? plain : `${plain}.0`;
    }
    const mantissa = digits.replace(/\.?0+$/, '');
    return `${mantissa}e${power}`;
}

/**
 * @param {number} value
 * @returns {string}
 */
function numberLine(value) {
    if (!Number.isFinite(value)) {
        throw new TypeError('JSON has no such number');
    }
    return Number.isInteger(value) && Math.abs(value) < INTEGER_MAX
        ? BigInt(value).toString() : realLine(value);
}

/**
 * A value as `cors` prints it. Members that are undefined are left out.
 * @param {unknown} value
 * @returns {string}
 */
export function jsonLine(value) {
    if (value === null || typeof value === 'boolean') {
        return String(value);
    }
    if (typeof value === 'string') {
        return stringLine(value);
    }
    if (typeof value === 'number') {
        return numberLine(value);
    }
    if (Array.isArray(value)) {
        return `[${value.map((item) => jsonLine(item ?? null)).join(',')}]`;
    }
    if (typeof value === 'object' && value !== null) {
        const members = Object.entries(value).filter(([, member]) => member !== undefined);
        return `{${members.map(([name, member]) => `${stringLine(name)}:${jsonLine(member)}`)
            .join(',')}}`;
    }
    throw new TypeError(`a ${typeof value} is no JSON`);
}
