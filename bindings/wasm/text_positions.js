// SPDX-License-Identifier: MIT
/** Lines and columns as people count them, and the characters that no text file has. */

/** What no YAML file holds: control characters, and halves of surrogate pairs. */
const UNPRINTABLE = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Places in a text. Lines end with a line feed and nothing else, as editors count them; YAML has
 * more line breaks. Columns count code points.
 */
export class TextPositions {
    /** @param {string} text */
    constructor(text) {
        this.text = text;
        this.offset = 0;
        this.line = 1;
        this.column = 1;
        this.lineEnd = this.#findLineEnd();
    }

    #restart() {
        this.offset = 0;
        this.line = 1;
        this.column = 1;
        this.lineEnd = this.#findLineEnd();
    }

    #findLineEnd() {
        const end = this.text.indexOf('\n', this.offset);
        return end === -1 ? this.text.length : end;
    }

    /**
     * The place of a character; cheap for those behind the last one.
     * @param {number} offset
     * @returns {{line: number, column: number}}
     */
    at(offset) {
        if (offset < this.offset) {
            this.#restart();
        }
        while (this.lineEnd < offset) {
            this.offset = this.lineEnd + 1;
            this.line++;
            this.column = 1;
            this.lineEnd = this.#findLineEnd();
        }
        while (this.offset < offset) {
            const point = /** @type {number} */ (this.text.codePointAt(this.offset));
            this.offset += point > 0xffff ? 2 : 1;
            this.column++;
        }
        return {line: this.line, column: this.column};
    }
}

/**
 * The first character that is no text; null: all are.
 * @param {string} text
 * @returns {{offset: number, control: boolean} | null}
 */
export function findTextFault(text) {
    const offset = text.search(UNPRINTABLE);
    if (offset === -1) {
        return null;
    }
    return {offset, control: !/^[\uD800-\uDFFF]/.test(text[offset])};
}
