// SPDX-License-Identifier: MIT
/** Every name and sentence of the engine, and the numbers behind them. */

/**
 * @typedef {import('./libcors.js').Tables} Tables
 * @typedef {import('./wasm_record.js').RecordReader} RecordReader
 */

/** What the module writes first: tables of names alone, each ended by an empty one. */
const PLAIN_TABLES = ['mode', 'credentials', 'redirect', 'cache', 'body', 'key'];

/** Rules and keys are counted from 1, all else from 0. */
const FROM_ONE = new Set(['rule', 'key']);

/**
 * @param {string} table
 * @param {string[]} names
 * @returns {Map<string, number>}
 */
function numbersOf(table, names) {
    const first = FROM_ONE.has(table) ? 1 : 0;
    return new Map(names.map((name, index) => [name, first + index]));
}

/**
 * @param {RecordReader} reader
 * @returns {string[]}
 */
function readNames(reader) {
    const names = [];
    for (let name = reader.text(); name !== ''; name = reader.text()) {
        names.push(name);
    }
    return names;
}

/**
 * @template {string} Key
 * @param {RecordReader} reader
 * @param {Key[]} keys what the texts of a row are called
 * @returns {Array<Record<Key, string>>}
 */
function readRows(reader, ...keys) {
    return reader.counted(() => {
        const row = /** @type {Record<Key, string>} */ ({});
        keys.forEach((key) => {
            row[key] = reader.text();
        });
        return row;
    });
}

/**
 * Reads the module's tables: those for everybody, and the numbers for the parts of this binding.
 * @param {import('./wasm_engine.js').Engine} engine
 */
export function readTables(engine) {
    engine.run(() => engine.exports.tables());
    const reader = engine.answer();
    const version = reader.text();
    const plain = PLAIN_TABLES.map((table) => [table, readNames(reader)]);
    const nameOf = (/** @type {{name: string}} */ row) => row.name;
    const browsers = readRows(reader, 'name').map(nameOf);
    const initiators = readRows(reader, 'name').map(nameOf);
    const kinds = readRows(reader, 'name').map(nameOf);
    const rows = {
        codes: readRows(reader, 'name', 'cause', 'fix'),
        whys: readRows(reader, 'name', 'advice'),
        reasons: readRows(reader, 'name', 'sentence'),
        rules: readRows(reader, 'name', 'severity', 'meaning'),
    };
    const fields = readRows(reader, 'name', 'field').map(({name, field}) => [name, field]);
    /** @type {Record<string, string[]>} */
    const choices = {
        browser: browsers, initiator: initiators, kind: kinds, ...Object.fromEntries(plain),
    };
    const tables = /** @type {Tables} */ ({
        browsers, ...rows, fields: Object.fromEntries(fields), choices,
    });
    const numbers = Object.fromEntries(
        Object.entries({...choices, rule: rows.rules.map(nameOf)})
            .map(([table, names]) => [table, numbersOf(table, names)]));
    return {version, tables, numbers};
}
