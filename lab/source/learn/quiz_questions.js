// SPDX-License-Identifier: MIT
// The twelve questions of the quiz, in their order.
import {answerQuestions} from './quiz_answers.js';
import {preflightQuestions} from './quiz_preflights.js';
import {trustQuestions} from './quiz_trust.js';

/** @type {readonly import('./quiz_judge.js').Question[]} */
export const questions = [...trustQuestions, ...answerQuestions, ...preflightQuestions];
