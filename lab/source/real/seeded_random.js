// SPDX-License-Identifier: MIT
// Chance that comes out the same for the same seed, in every browser.

/** FNV-1a, 32 bits. @param {string} text */
function hashOf(text) {
    let hash = 0x811c9dc5;
    for (const character of text) {
        hash = Math.imul(hash ^ /** @type {number} */ (character.codePointAt(0)), 0x01000193);
    }
    return hash >>> 0;
}

export class SeededRandom {
    /** @param {string} seed */
    constructor(seed) {
        this.state = hashOf(seed);
    }

    /** From 0 to below 1: mulberry32. */
    next() {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(this.state ^ this.state >>> 15, this.state | 1);
        mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
        return ((mixed ^ mixed >>> 14) >>> 0) / 0x100000000;
    }

    /** @param {number} share */
    chance(share) {
        return this.next() < share;
    }

    /** A whole number below the limit. @param {number} limit */
    below(limit) {
        return Math.floor(this.next() * limit);
    }

    /**
     * @template T
     * @param {readonly T[]} items
     * @returns {T}
     */
    pick(items) {
        return items[this.below(items.length)];
    }

    /**
     * Some of the items, each at most once, in any order.
     *
     * @template T
     * @param {readonly T[]} items
     * @param {number} count
     */
    sample(items, count) {
        const left = [...items];
        return Array.from({length: Math.min(count, left.length)}, () =>
            left.splice(this.below(left.length), 1)[0]);
    }
}
