// SPDX-License-Identifier: MIT
/**
 * Whose field lines are whose, as the engine says. What it said is remembered: applications send
 * the same few lines with each answer.
 */

/**
 * @typedef {import('../../wasm/libcors.js').Cors} Cors
 * @typedef {import('../../wasm/libcors.js').Decision} Decision
 * @typedef {import('../../wasm/libcors.js').FieldLine} FieldLine
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

/** A list as a key. @param {string[]} texts */
function keyOf(texts) {
    return texts.length === 1 ? texts[0] : texts.join('\n');
}

export class LineOwner {
    #engine;
    /** @type {Map<string, boolean>} */
    #owned = new Map();
    /** @type {Map<string, Map<string, string[]>>} by the names, then by what was there */
    #merged = new Map();

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

    /**
     * The values of all Vary lines once they hold some names.
     * @param {string[]} values
     * @param {string[]} names
     * @returns {string[]}
     */
    mergeVary(values, names) {
        const known = this.#merged.get(keyOf(names)) ??
            remember(this.#merged, keyOf(names), new Map());
        return known.get(keyOf(values)) ?? remember(known, keyOf(values), this.#merge(values, names));
    }

    /**
     * @param {string[]} values
     * @param {string[]} names
     */
    #merge(values, names) {
        const lines = values.map((value) => /** @type {FieldLine} */ ([this.varyName, value]));
        return this.#engine.applyDecision(bare(names), lines).map(([, value]) => value);
    }

    /**
     * The application's lines with a decision applied.
     * @param {Decision} decision
     * @param {FieldLine[]} lines
     * @returns {FieldLine[]}
     */
    apply({kind, set, vary}, lines) {
        if (kind === 'no-policy') {
            return lines;
        }
        const isVary = (/** @type {FieldLine} */ [name]) => name.toLowerCase() === 'vary';
        const merged = this.mergeVary(lines.filter(isVary).map(([, value]) => value), vary);
        return [
            ...lines.filter((line) => !isVary(line) && !this.owns(line[0])), ...set,
            ...merged.map((value) => /** @type {FieldLine} */ ([this.varyName, value])),
        ];
    }
}
