// SPDX-License-Identifier: MIT
/** Reads Set-Cookie lines. RFC 6265bis, sections 5.5 and 5.6.1 "Dates". */

/**
 * @typedef {'strict' | 'lax' | 'none' | 'default'} SameSite
 *
 * @typedef {{
 *   name: string,
 *   value: string,
 *   domain: string,
 *   path: string | null,
 *   secure: boolean,
 *   httpOnly: boolean,
 *   sameSite: SameSite,
 *   maxAge: number | null,
 *   expires: number | null,
 * }} CookieLine `domain`: empty where none is named; `expires` in milliseconds, `maxAge` in seconds
 */

const PAIR_MAX = 4096;
const ATTRIBUTE_MAX = 1024;
const CONTROLS = /[\0-\x08\x0A-\x1F\x7F]/; // eslint-disable-line no-control-regex
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun',
    'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DATE_DELIMITERS = /[\t -/;-@[-`{-~]+/;

/** @param {string} text */
function trim(text) {
    return text.replace(/^[\t ]+|[\t ]+$/g, '');
}

/**
 * Both sides of the first equals sign.
 * @param {string} text
 * @param {boolean} valueAlone whether a text without one is a value, not a name
 * @returns {[name: string, value: string]}
 */
function splitPair(text, valueAlone) {
    const equals = text.indexOf('=');
    if (equals < 0) {
        return valueAlone ? ['', trim(text)] : [trim(text), ''];
    }
    return [trim(text.slice(0, equals)), trim(text.slice(equals + 1))];
}

/**
 * What one token of a date is, if the date has none of the kind yet.
 * @param {Partial<Record<'time' | 'day' | 'month' | 'year', any>>} date
 * @param {string} token
 */
function takeDateToken(date, token) {
    const time = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?$/.exec(token);
    const day = /^(\d{1,2})(?:\D.*)?$/.exec(token);
    const year = /^(\d{2,4})(?:\D.*)?$/.exec(token);
    const month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (time && !date.time) {
        date.time = time.slice(1).map(Number);
    } else if (day && date.day === undefined) {
        date.day = Number(day[1]);
    } else if (month >= 0 && date.month === undefined) {
        date.month = month;
    } else if (year && date.year === undefined) {
        const number = Number(year[1]);
        date.year = number + (number < 70 ? 2000 : number < 100 ? 1900 : 0);
    }
}

/**
 * @param {string} text
 * @returns {number | null} milliseconds, or null for what is no date
 */
export function readCookieDate(text) {
    /** @type {Parameters<typeof takeDateToken>[0]} */
    const date = {};
    text.split(DATE_DELIMITERS).filter(Boolean).forEach((token) => takeDateToken(date, token));
    const {time, day, month, year} = date;
    const whole = time && day !== undefined && month !== undefined && year !== undefined;
    if (!whole || day < 1 || day > 31 || year < 1601 || time[0] > 23 || time[1] > 59 ||
        time[2] > 59) {
        return null;
    }
    const moment = new Date(Date.UTC(year, month, day, ...time));
    return moment.getUTCDate() === day ? moment.getTime() : null;
}

/** @param {string} value @returns {SameSite} */
function readSameSite(value) {
    const lower = value.toLowerCase();
    return lower === 'strict' || lower === 'lax' || lower === 'none' ? lower : 'default';
}

/** @type {Map<string, (line: CookieLine, value: string) => void>} */
const ATTRIBUTES = new Map(Object.entries({
    'expires': (line, value) => { line.expires = readCookieDate(value) ?? line.expires; },
    'max-age': (line, value) => {
        line.maxAge = /^-?\d+$/.test(value) ? Number(value) : line.maxAge;
    },
    'domain': (line, value) => { line.domain = value.replace(/^\./, '').toLowerCase(); },
    'path': (line, value) => { line.path = value.startsWith('/') ? value : null; },
    'secure': (line) => { line.secure = true; },
    'httponly': (line) => { line.httpOnly = true; },
    'samesite': (line, value) => { line.sameSite = readSameSite(value); },
}));

/**
 * @param {string} text the value of Set-Cookie
 * @returns {CookieLine | string} what the line says, or why it says nothing
 */
export function readCookieLine(text) {
    if (CONTROLS.test(text)) {
        return 'it holds a control character';
    }
    const [pair, ...attributes] = text.split(';');
    const [name, value] = splitPair(pair, true);
    if (name === '' && value === '') {
        return 'it has neither name nor value';
    }
    if (name.length + value.length > PAIR_MAX) {
        return `name and value have more than ${PAIR_MAX} bytes`;
    }
    /** @type {CookieLine} */
    const line = {name, value, domain: '', path: null, secure: false, httpOnly: false,
        sameSite: 'default', maxAge: null, expires: null};
    for (const [key, said] of attributes.map((attribute) => splitPair(attribute, false))) {
        const take = ATTRIBUTES.get(key.toLowerCase());
        if (take !== undefined && said.length <= ATTRIBUTE_MAX) {
            take(line, said);
        }
    }
    return line;
}
