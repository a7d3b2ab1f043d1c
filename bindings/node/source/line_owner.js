// SPDX-License-Identifier: MIT
/**
 * Whose field lines are whose, as the engine says. What it said is remembered: applications send
 * the same few lines with each answer.
 */

/**
 * @typedef {import('../../wasm/libcors.js').Cors} Cors
 * @typedef {import('../../wasm/libcors.js').Decision} Decision
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
 *
 * A header as Node's getHeader() and setHeader() have it.
 * @typedef {undefined | string | string[]} Header
 */

/** So much is remembered; an application that makes names up as it goes gains nothing. */
const KNOWN_MAX = 512;

/**
 * A decision that sets nothing.
 * @param {string[]} vary
 * @returns {Decision}
 */
function bare(vary) {
    return {kind: 'no-origin', allowed: null, reason: 'no-origin', status: null, set: [], vary};
}

/**
 * Remembers what the engine said.
 * @template Value
 * @param {Map<string, Value>} known
 * @param {string} key
 * @param {Value} value
 * @returns {Value}
 */
function remember(known, key, value) {
    if (known.size >= KNOWN_MAX) {
        known.clear();
    }
    known.set(key, value);
    return value;
}

/** What Vary becomes once it holds some names. */
class VaryLines {
    #engine;
    #field;
    #names;
    #alone;
    /** @type {Map<string, Header>} */
    #known = new Map();

    /**
     * @param {Cors} engine
     * @param {string[]} names
     */
    constructor(engine, names) {
        this.#engine = engine;
        this.#field = engine.tables.fields.VARY;
        this.#names = names;
        this.#alone = this.#merge([]);
    }

    /** Whether it is about these names. @param {string[]} names */
    isFor(names) {
        const own = this.#names;
        return own.length === names.length && own.every((name, i) => name === names[i]);
    }

    /**
     * @param {unknown} header what an application has there
     * @returns {Header} undefined: none
     */
    settle(header) {
        if (header === undefined || header === null) {
            return this.#alone;
        }
        if (typeof header !== 'string') {
            return this.#merge([header].flat().map(String));
        }
        return header === this.#alone ? header
            : this.#known.get(header) ?? remember(this.#known, header, this.#merge([header]));
    }

    /**
     * @param {string[]} values
     * @returns {Header}
     */
    #merge(values) {
        const lines = values.map((value) => /** @type {FieldLine} */ ([this.#field, value]));
        const merged = this.#engine.applyDecision(bare(this.#names), lines).map((line) => line[1]);
        return merged.length > 1 ? merged : merged[0];
    }
}

export class LineOwner {
    #engine;
    /** @type {Map<string, boolean>} */
    #owned = new Map();
    /** @type {Map<string, string>} */
    #folded = new Map();
    /** @type {VaryLines[]} */
    #vary = [];

    /** @type {Map<string, import('./node_response.js').Held>} the last of each kind of judgement */
    held = new Map();

    /** @param {Cors} engine */
    constructor(engine) {
        this.#engine = engine;
        this.varyName = engine.tables.fields.VARY;
    }

    /** Whether a response line belongs to the policy. @param {string} name */
    owns(name) {
        return this.#owned.get(name) ?? remember(this.#owned, name,
            this.#engine.applyDecision(bare([]), [[name, '']]).length === 0);
    }

    /** One of the engine's names in lower case. @param {string} name */
    folded(name) {
        return this.#folded.get(name) ?? remember(this.#folded, name, name.toLowerCase());
    }

    /** @param {string[]} names as a decision has them: of few kinds */
    varyFor(names) {
        for (const known of this.#vary) {
            if (known.isFor(names)) {
                return known;
            }
        }
        const lines = new VaryLines(this.#engine, names);
        this.#vary = [...this.#vary, lines].slice(-KNOWN_MAX);
        return lines;
    }

    /**
     * The application's lines with a decision applied.
     * @param {Decision} decision
     * @param {FieldLine[]} lines
     * @returns {FieldLine[]}
     */
    apply(decision, lines) {
        return this.#engine.applyDecision(decision, lines);
    }
}
