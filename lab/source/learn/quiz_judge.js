// SPDX-License-Identifier: MIT
// Who is right in the quiz: the engine, which plays the case of the question or of each choice.
import {playOnce} from './learn_case.js';

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../lab_case.js').LabCase} LabCase
 *
 * A choice says how the case ends, by code, or what to change in it.
 * @typedef {{words: string, code: string} | {words: string, labCase: LabCase}} QuizChoice
 *
 * @typedef {{
 *   name: string,
 *   title: string,
 *   text: string,
 *   ask: string,
 *   labCase: LabCase,
 *   expected: string,
 *   choices: QuizChoice[],
 *   why: string,
 *   reads?: string,
 * }} Question `expected` is the code with which the case ends as it stands; `reads`: a change is
 *   right where script can then read that header; else, where it can read the answer.
 *
 * @typedef {{right: boolean, trace: Trace, labCase: LabCase}} Judged
 */

/**
 * @param {Trace} trace
 * @param {string | undefined} reads
 */
function isMended({outcome}, reads) {
    return outcome.ok && outcome.type !== 'opaque' &&
        (reads === undefined || outcome.headers.includes(reads.toLowerCase()));
}

/**
 * Each choice with the verdict on it.
 *
 * @param {Cors} cors
 * @param {Question} question
 * @returns {Judged[]}
 */
export function judge(cors, question) {
    const asItStands = playOnce(cors, question.labCase);
    return question.choices.map((choice) => {
        if ('code' in choice) {
            return {right: choice.code === asItStands.outcome.code, trace: asItStands,
                labCase: question.labCase};
        }
        const trace = playOnce(cors, choice.labCase);
        return {right: isMended(trace, question.reads), trace, labCase: choice.labCase};
    });
}

/** The one that is right. @param {Judged[]} judged */
export function rightChoice(judged) {
    return judged.findIndex(({right}) => right);
}
