// SPDX-License-Identifier: MIT
// The matrix as sentences that `cors test` judges.
import {urlOf} from './matrix_verdicts.js';

/**
 * @typedef {import('./policy_matrix.js').MatrixRow} MatrixRow
 * @typedef {import('./policy_matrix.js').Question} Question
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 */

/** Words of these sentences, which `header` must stand before. */
const sentenceWords = ['header', 'credentials', 'and', 'read', 'not', 'from', 'with', 'may'];

/** @param {string} headers */
function withHeaders(headers) {
    return headers.split(/[\s,]+/).filter(Boolean).map((name) => {
        const lower = name.toLowerCase();
        return lower === 'content-type' ? 'content-type application/json'
            : sentenceWords.includes(lower) ? `header ${lower}` : lower;
    });
}

/** @param {string} may @param {string[]} methods @param {string} path @param {string[]} withs */
function clause(may, methods, path, withs) {
    const tail = withs.length > 0 ? ` with ${withs.join(' and ')}` : '';
    return methods.length > 0 ? [`${may} ${methods.join(', ')} ${path}${tail}`] : [];
}

/**
 * @param {MatrixRow} row
 * @param {Question} question
 * @param {string} path
 * @param {string[]} headers
 */
function sentences({asked, cells}, {methods: columns}, path, headers) {
    // Those sentences know methods as they should be written: "patch" is a mistake there.
    const methods = columns.filter((method) => method === method.toUpperCase());
    /** @param {'without' | 'withCredentials'} kind */
    const readableBy = (kind) => methods.filter((method) =>
        cells[columns.indexOf(method)][kind].trace.outcome.ok);
    const readable = readableBy('without');
    const cookies = readableBy('withCredentials');
    const unreadable = methods.filter((method) => !readable.includes(method));
    const bare = readable.filter((method) => !cookies.includes(method));
    return [
        ...clause('may', cookies, path, [...headers, 'credentials']),
        ...clause('may', bare, path, headers),
        ...clause('may not', bare, path, [...headers, 'credentials']),
        ...clause('may not', unreadable, path, headers),
    ].map((words) => `${asked.origin} ${words}`);
}

/**
 * @param {PolicyState} state
 * @param {Question} question
 * @param {MatrixRow[]} rows
 */
export function expectationsOf(state, question, rows) {
    const path = urlOf(state, question.path).pathname
        .replace(/[,;]$/, encodeURIComponent); // those would end the sentence
    const headers = withHeaders(state.headers);
    const own = new URL(state.server).origin;
    const environment = state.environment === 'production' ? '' : ` --env ${state.environment}`;
    return [
        `# cors test expectations.txt${environment}`,
        'policy: cors.yaml',
        '',
        ...rows.filter(({asked}) => asked.origin !== own)
            .flatMap((row) => sentences(row, question, path, headers)),
        '',
    ].join('\n');
}
