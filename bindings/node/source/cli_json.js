// SPDX-License-Identifier: MIT
/**
 * JSON as the command reads and writes it. What is read keeps what JavaScript's own reader loses:
 * the order of members, integers to their last digit, and whether a number was one.
 */

import {JsonLexer, Real} from './cli_json_lexer.js';

/** Deeper nesting is a mistake, or an attack. */
const DEPTH_MAX = 2048;

/** A value of JSON: an object is a Map, a number may be a bigint or a Real. */
class JsonReader {
    #depth = 0;

    /** @param {Buffer} bytes */
    constructor(bytes) {
        this.lexer = new JsonLexer(bytes);
    }

    read() {
        this.lexer.next();
        const value = this.#readValue();
        this.lexer.next();
        if (this.lexer.kind !== 'end') {
            this.lexer.fail('end of file expected');
        }
        return value;
    }

    /** @returns {unknown} */
    #readValue() {
        const {lexer} = this;
        this.#depth++;
        if (this.#depth > DEPTH_MAX) {
            lexer.fail('maximum parsing depth reached');
        }
        const value = this.#readKind();
        this.#depth--;
        return value;
    }

    #readKind() {
        const {lexer} = this;
        switch (lexer.kind) {
        case 'string':
        case 'value':
            return lexer.value;
        case '{':
            return this.#readObject();
        case '[':
            return this.#readArray();
        default:
            return lexer.fail(lexer.kind === 'invalid' ? 'invalid token' : 'unexpected token');
        }
    }

    #readObject() {
        const {lexer} = this;
        const object = new Map();
        lexer.next();
        for (let isFirst = true; !(isFirst && lexer.kind === '}'); isFirst = false) {
            const key = this.#readKey();
            lexer.next();
            object.set(key, this.#readValue());
            lexer.next();
            if (lexer.kind !== ',') {
                break;
            }
            lexer.next();
        }
        return this.#expect('}', object);
    }

    #readKey() {
        const {lexer} = this;
        if (lexer.kind !== 'string') {
            lexer.fail('string or \'}\' expected');
        }
        const key = /** @type {string} */ (lexer.value);
        if (key.includes('\0')) {
            lexer.fail('NUL byte in object key not supported');
        }
        lexer.next();
        if (lexer.kind !== ':') {
            lexer.fail('\':\' expected');
        }
        return key;
    }

    #readArray() {
        const {lexer} = this;
        /** @type {unknown[]} */
        const array = [];
        lexer.next();
        for (let isFirst = true; lexer.kind !== 'end' && !(isFirst && lexer.kind === ']');
            isFirst = false) {
            array.push(this.#readValue());
            lexer.next();
            if (lexer.kind !== ',') {
                break;
            }
            lexer.next();
        }
        return this.#expect(']', array);
    }

    /**
     * @template T
     * @param {'}' | ']'} kind
     * @param {T} value
     * @returns {T}
     */
    #expect(kind, value) {
        if (this.lexer.kind !== kind) {
            this.lexer.fail(`'${kind}' expected`);
        }
        return value;
    }
}

/**
 * Reads a value; a JsonFault is thrown where it is none.
 * @param {Buffer} bytes
 */
export function readJson(bytes) {
    return new JsonReader(bytes).read();
}

/**
 * The value as JavaScript has such: plain objects, and numbers. A Real stays: it is never an
 * integer.
 * @param {unknown} value
 * @returns {any}
 */
export function plainValue(value) {
    if (value instanceof Map) {
        return Object.fromEntries([...value].map(([key, member]) => [key, plainValue(member)]));
    }
    if (Array.isArray(value)) {
        return value.map(plainValue);
    }
    return typeof value === 'bigint' ? Number(value) : value;
}

/** @type {Record<string, string>} */
const SHORT_ESCAPES = {
    '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t',
};

/** @param {string} character */
function escape(character) {
    const digits = character.charCodeAt(0).toString(16).toUpperCase();
    return SHORT_ESCAPES[character] ?? `\\u${digits.padStart(4, '0')}`;
}

/* eslint-disable no-control-regex */
const ESCAPED = /["\\\u0000-\u001F\u007F-\uFFFF]/g;
/* eslint-enable no-control-regex */

/** How many digits make a number exact. */
const DIGITS = 17;

/**
 * The first digits of a positive number, and the power of ten of the first. Half a unit is rounded
 * to the even digit, as printf does; JavaScript rounds it up.
 * @param {number} value
 */
function roundDigits(value) {
    const [exact, power] = value.toExponential(100).replace('.', '').split('e');
    const isHalf = /^50*$/.test(exact.slice(DIGITS));
    if (isHalf && Number(exact[DIGITS - 1]) % 2 === 0) {
        return {digits: exact.slice(0, DIGITS), exponent: Number(power)};
    }
    const [rounded, exponent] = value.toExponential(DIGITS - 1).replace('.', '').split('e');
    return {digits: rounded, exponent: Number(exponent)};
}

/**
 * A number as printf's %.17g has it, with a sign that it is no integer.
 * @param {number} value
 */
function realText(value) {
    const sign = Object.is(value, -0) || value < 0 ? '-' : '';
    const {digits, exponent} = roundDigits(Math.abs(value));
    const isPlain = exponent >= -4 && exponent < DIGITS;
    const whole = !isPlain ? digits[0] : exponent < 0 ? '0' : digits.slice(0, exponent + 1);
    const zeros = isPlain && exponent < 0 ? '0'.repeat(-exponent - 1) : '';
    const used = !isPlain ? 1 : Math.max(0, exponent + 1);
    const fraction = (zeros + digits.slice(used)).replace(/0+$/, '');
    const behind = fraction === '' && isPlain ? '.0' : fraction === '' ? '' : `.${fraction}`;
    return `${sign}${whole}${behind}${isPlain ? '' : `e${exponent}`}`;
}

/**
 * A value on one line, compact, in ASCII that any terminal may print.
 * @param {unknown} value
 * @returns {string}
 */
export function writeJson(value) {
    if (typeof value === 'string') {
        return `"${value.replace(ESCAPED, escape)}"`;
    }
    if (value instanceof Real) {
        return realText(value.value);
    }
    if (Array.isArray(value)) {
        return `[${value.map(writeJson).join(',')}]`;
    }
    if (typeof value === 'object' && value !== null) {
        const members = value instanceof Map ? [...value] : Object.entries(value);
        return `{${members.map(([name, member]) => `${writeJson(name)}:${writeJson(member)}`).join(',')}}`;
    }
    return String(value === 0 ? 0 : value);
}
