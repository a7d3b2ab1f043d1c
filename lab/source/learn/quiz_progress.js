// SPDX-License-Identifier: MIT
// Which answers were given, as the URL holds them: a letter a question, "-" for none.

/**
 * @typedef {import('./quiz_judge.js').Question} Question
 * @typedef {Array<number | null>} Answers the choice made at each question; null: none
 */

const LETTERS = 'abcdefgh';

/**
 * @param {string | null} text
 * @param {readonly Question[]} questions
 * @returns {Answers}
 */
export function readAnswers(text, questions) {
    return questions.map(({choices}, at) => {
        const choice = LETTERS.indexOf((text ?? '').charAt(at) || '-');
        return choice >= 0 && choice < choices.length ? choice : null;
    });
}

/** @param {Answers} answers @returns {string | null} null: none was given */
export function writeAnswers(answers) {
    return answers.every((choice) => choice === null) ? null
        : answers.map((choice) => (choice === null ? '-' : LETTERS[choice])).join('');
}

/**
 * The question that a URL asks for, from 0; the first where it asks for none.
 *
 * @param {string | null} text
 * @param {number} count
 */
export function readPlace(text, count) {
    const number = /^\d{1,2}$/.test(text ?? '') ? Number(text) : 1;
    return Math.min(Math.max(number, 1), count) - 1;
}
