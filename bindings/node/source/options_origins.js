// SPDX-License-Identifier: MIT
/**
 * The values of the option `origin`, read: what a list of them comes to as entries of a policy, and
 * which regular expressions have to be asked besides.
 */

/**
 * @typedef {import('../../wasm/libcors.js').Cors} Cors
 * @typedef {import('./options_shape.js').Face} Face
 * @typedef {import('./options_shape.js').Fault} Fault
 */

/**
 * An entry of allow_origins. `pattern` is the expression that it comes from, as written.
 * @typedef {{path: string, value: string, pattern: string | null}} Entry
 */

/**
 * A problem with its place.
 * @typedef {Fault & {column: number, text: string}} PlacedFault
 */

/**
 * @typedef {object} Origins
 * @property {boolean} every whether any origin at all is allowed (`true`)
 * @property {Entry[]} entries what is allowed as it is
 * @property {Entry[]} wider entries that allow more than the expressions they come from
 * @property {RegExp[]} patterns those expressions: what only `wider` has needs one of them too
 * @property {PlacedFault[]} faults
 */

/** The longest origin that an expression is asked about: hosts have 253 bytes. */
const ORIGIN_SIZE_MAX = 512;

/**
 * Also one of another realm, such as a test's.
 * @param {unknown} value
 * @returns {value is RegExp}
 */
export function isPattern(value) {
    return Object.prototype.toString.call(value) === '[object RegExp]';
}

/** @param {unknown} value @returns {value is string} */
export function isText(value) {
    return typeof value === 'string' || value instanceof String;
}

/**
 * The origin that a value is, as browsers send it, where the peer names it to whoever names none.
 * @param {unknown} value
 * @param {Face} face
 */
export function soleOrigin(value, face) {
    return face.namesSole && isText(value) && /^[^*{]+$/.test(String(value))
        ? String(value).toLowerCase() : null;
}

/**
 * The expression without what makes it remember where it stopped: g and y.
 * @param {RegExp} pattern
 */
function withoutMemory({source, flags}) {
    const sticky = flags.includes('y');
    return new RegExp(sticky ? `^(?:${source})` : source, flags.replace(/[gy]/g, ''));
}

/** @param {RegExp[]} patterns @param {string} origin */
export function matchesSome(patterns, origin) {
    return origin.length <= ORIGIN_SIZE_MAX && patterns.some((pattern) => pattern.test(origin));
}

/** Reads values of `origin`; one reader for one option. */
export class OriginReader {
    /** @type {Origins} */
    #origins = {every: false, entries: [], wider: [], patterns: [], faults: []};

    /**
     * @param {Cors} cors
     * @param {Face} face
     */
    constructor(cors, face) {
        this.cors = cors;
        this.face = face;
    }

    /**
     * @param {unknown} origin
     * @param {string} path
     * @returns {Origins}
     */
    read(origin, path) {
        this.#readValue(origin, path, false);
        return this.#origins;
    }

    /**
     * @param {unknown} value
     * @param {string} path
     * @param {boolean} inList
     */
    #readValue(value, path, inList) {
        if (Array.isArray(value)) {
            value.forEach((item, index) => this.#readValue(item, `${path}[${index}]`, true));
        } else if (isText(value)) {
            this.#readText(String(value), path, inList);
        } else if (isPattern(value)) {
            this.#readPattern(value, path);
        } else if (value === true) {
            this.#origins.every = true;
        } else if (value) {
            this.#refuse(path, 'wrong-type', 1, '', `${path} is neither text nor a regular ` +
                'expression, true or false.', value instanceof URL ? value.origin : undefined);
        }
    }

    /**
     * @param {string} text
     * @param {string} path
     * @param {boolean} inList
     */
    #readText(text, path, inList) {
        if (text === '*' && inList && !this.face.starInList) {
            this.#refuse(path, 'origin-syntax', 1, text, 'In a list, "*" stands for no origin: ' +
                'write origin: \'*\' if every site may read the answers, or leave it out.');
        } else if (text.includes(',')) {
            const list = text.split(',').map((origin) => `'${origin.trim()}'`);
            this.#refuse(path, 'origin-syntax', text.indexOf(',') + 1, text,
                'No origin has a comma: several are an array.', `[${list.join(', ')}]`);
        } else if (text !== '') {
            this.#origins.entries.push({path, value: text, pattern: null});
        }
    }

    /**
     * @param {RegExp} pattern
     * @param {string} path
     */
    #readPattern(pattern, path) {
        const {source, flags} = pattern;
        const shown = String(pattern);
        if (flags.includes('v')) {
            this.#refuse(path, 'origin-syntax', source.length + 3, shown,
                'The flag v changes what an expression means: write it without.');
            return;
        }
        const reading = this.cors.readRegex(source,
            {anchoredStart: flags.includes('y'), ignoresCase: flags.includes('i')});
        if (reading.fault !== 'none') {
            this.#refusePattern(path, shown, reading);
            return;
        }
        if (reading.entries.length === 0) {
            this.#report(false, path, 'origin-syntax', 1, shown, `${shown} matches no origin: ` +
                'browsers send neither a path, nor a slash at the end, nor a default port.');
        }
        const entries = reading.entries.map((value) => ({path, value, pattern: shown}));
        if (reading.exact) {
            this.#origins.entries.push(...entries);
        } else {
            this.#origins.wider.push(...entries);
            this.#origins.patterns.push(withoutMemory(pattern));
        }
    }

    /**
     * @param {string} path
     * @param {string} shown
     * @param {import('../../wasm/libcors.js').RegexReading} reading
     */
    #refusePattern(path, shown, {meaning, offset, entries}) {
        const list = entries.map((entry) => `'${entry}'`);
        this.#refuse(path, 'origin-syntax', offset + 2, shown, `${shown}: ${meaning}`,
            list.length === 0 ? undefined : list.length === 1 ? list[0] : `[${list.join(', ')}]`);
    }

    /**
     * @param {string} path
     * @param {string} rule
     * @param {number} column
     * @param {string} text
     * @param {string} message
     * @param {string} [suggestion]
     */
    #refuse(path, rule, column, text, message, suggestion) {
        this.#report(true, path, rule, column, text, message, suggestion);
    }

    /**
     * @param {boolean} isError
     * @param {string} path
     * @param {string} rule
     * @param {number} column
     * @param {string} text
     * @param {string} message
     * @param {string} [suggestion]
     */
    #report(isError, path, rule, column, text, message, suggestion) {
        this.#origins.faults.push({path, rule, isError, column, text, message, suggestion});
    }
}
