// SPDX-License-Identifier: MIT
/**
 * A policy made of options. The rules are the engine's; here is what is kinder than in policy
 * files, because existing applications have it and nobody is harmed by it.
 */

import {PolicyError} from './policy_error.js';
import {showProblems} from './problem_text.js';

/**
 * @typedef {import('../../wasm/libcors.js').Cors} Cors
 * @typedef {import('../../wasm/libcors.js').Policy} Policy
 * @typedef {import('../../wasm/libcors.js').PolicyBuilder} PolicyBuilder
 * @typedef {import('../../wasm/libcors.js').Problem} Problem
 * @typedef {import('./options_origins.js').Entry} Entry
 * @typedef {import('./options_origins.js').PlacedFault} PlacedFault
 * @typedef {import('./options_shape.js').Placed} Placed
 * @typedef {import('./options_shape.js').Shape} Shape
 */

/**
 * What a policy is made of: a shape, and its origins. `judged`: the application judges them, so
 * that an empty list is none left out.
 * @typedef {{shape: Shape, entries: Entry[], judged: boolean, faults: PlacedFault[]}} Recipe
 */

/** Risks that people take on for one host by writing it out. */
const OWN_RISKS = ['insecure-origin-with-credentials', 'loopback-in-production'];

/** A name of these rules only does nothing: it is left out, and the rest stands. */
const USELESS = ['forbidden-request-header', 'forbidden-response-header', 'forbidden-method'];

/** What keys of policies are called here. @type {Record<string, string>} */
const OPTION_NAMES = {
    allow_origins: 'origin', allow_methods: 'methods', allow_headers: 'allowedHeaders',
    expose_headers: 'exposedHeaders', allow_credentials: 'credentials', max_age: 'maxAge',
    accept_risks: 'acceptRisks',
};

/** A value under construction. @typedef {{key: string, placed: Placed}} Value */

/** @param {Problem} problem */
const isError = (problem) => problem.severity === 'error';

/** Whether an entry names one host, with whatever port. @param {string} value */
function namesOneHost(value) {
    return /^[^*{]+(?::\*)?$/.test(value);
}

/**
 * @param {Entry} entry
 * @returns {Placed}
 */
function placeEntry({path, value, pattern}) {
    return {path, column: 1, value, text: pattern ?? value};
}

/**
 * All values of a recipe, by the engine's keys.
 * @param {Recipe} recipe
 * @returns {Value[]}
 */
function valuesOf({shape, entries}) {
    /** @param {string} key @param {Placed[]} list */
    const of = (key, list) => list.map((placed) => ({key, placed}));
    const some = {path: 'options', column: 1, text: ''};
    /** @type {Placed[]} */
    const everyHeader = ['*', 'Authorization'].map((value) => ({...some, value}));
    return [
        ...of('allow_origins', entries.map(placeEntry)),
        ...of('allow_methods', shape.methods),
        ...of('allow_headers', shape.allowedHeaders ?? everyHeader),
        ...of('expose_headers', shape.exposedHeaders),
        ...of('allow_credentials', shape.credentials ? [{...some, value: 'true'}] : []),
        ...of('max_age', shape.maxAge === null ? [] : [shape.maxAge]),
        ...of('accept_risks', shape.acceptRisks),
    ];
}

/** One building of a policy; where its values stand is kept for messages. */
class Building {
    /** @type {Map<string, number>} */
    #files = new Map();
    /** @type {Map<string, string>} */
    texts = new Map();

    /**
     * @param {Cors} cors
     * @param {string} environment
     */
    constructor(cors, environment) {
        this.builder = cors.createBuilder({environment});
        this.builder.hasEnvironment(environment); // options have no entries for one
        this.builder.beginPolicy(this.at('options', 1, ''));
        this.builder.hasOrigins(this.at('options.origin', 1, ''));
    }

    /**
     * @param {string} path
     * @param {number} column
     * @param {string} text
     */
    at(path, column, text) {
        let file = this.#files.get(path);
        if (file === undefined) {
            file = this.builder.addFile(path);
            this.#files.set(path, file);
        }
        this.texts.set(path, text || (this.texts.get(path) ?? ''));
        return {file, line: 1, column};
    }

    /** @param {Value} value */
    add({key, placed: {path, column, value, text}}) {
        this.builder.add(key, value, this.at(path, column, text));
    }

    /** @param {PlacedFault} fault */
    report({path, rule, column, text, message, suggestion}) {
        this.builder.report(rule, this.at(path, column, text), message, suggestion);
    }
}

/**
 * @param {Cors} cors
 * @param {string} environment
 * @param {Value[]} values
 * @param {PlacedFault[]} faults
 */
function build(cors, environment, values, faults) {
    const building = new Building(cors, environment);
    for (const fault of faults) {
        building.report(fault);
    }
    for (const value of values) {
        building.add(value);
    }
    return {...building.builder.finish(), texts: building.texts};
}

/**
 * What a problem of the policy is for options; null: not worth telling.
 * @param {Problem} problem
 * @param {Recipe} recipe
 * @returns {Problem | null}
 */
function judgeProblem(problem, recipe) {
    const entries = recipe.entries.filter(({path}) => path === problem.file);
    if (OWN_RISKS.includes(problem.rule) && isError(problem) && entries.length > 0 &&
        entries.every(({value}) => namesOneHost(value))) {
        return {...problem, severity: 'warning', ...wordOwnRisk(problem)};
    }
    if (USELESS.includes(problem.rule) || recipe.faults.some(({path, rule, isError: grave}) =>
        !grave && path === problem.file && rule === problem.rule)) {
        return {...problem, severity: 'warning'};
    }
    const isExpected = problem.rule === 'no-origins-left' && (recipe.judged ||
            recipe.faults.some(({path}) => path.startsWith('options.origin'))) ||
        problem.rule === 'redundant-origin' && entries.some(({pattern}) => pattern !== null) ||
        problem.rule === 'wildcard-headers' && recipe.shape.allowedHeaders === null;
    return problem.severity === 'info' || isExpected ? null : problem;
}

/** A message without words of policy files. @param {Problem} problem @returns {Problem} */
function word(problem) {
    const message = problem.message.replace(/\b[a-z]+_[a-z]+\b/g, (name) =>
        Object.hasOwn(OPTION_NAMES, name) ? OPTION_NAMES[name] : name)
        .replace(/, in line 1 of (?=options\S+\.$)/, ' in ')
        .replace(/^In the environment .*$/, 'No origin is listed, so nobody is allowed.');
    return {...problem, message};
}

/**
 * As `cors lint` prints them; a line and column say nothing of an option.
 * @param {Problem[]} problems
 * @param {Map<string, string>} texts
 */
function show(problems, texts) {
    return showProblems(problems, texts).replace(/^(o\S+):1:\d+: (?=error|warning)/gm, '$1: ');
}

/**
 * In policy files there are other means against these.
 * @param {Problem} problem
 */
function wordOwnRisk({rule, message}) {
    return rule !== 'loopback-in-production' ? {} : {
        message: message.replace(/; keep it out of production with .*$/,
            '; list it only where NODE_ENV is not "production".'),
        suggestion: null,
    };
}

/**
 * The values that are left when useless ones are taken out.
 * @param {Value[]} values
 * @param {Problem[]} problems
 */
function dropUseless(values, problems) {
    const useless = problems.filter(({rule}) => USELESS.includes(rule));
    return values.filter(({placed}) => !useless.some(({file, column}) =>
        file === placed.path && column === placed.column));
}

/**
 * @param {string[]} risks
 * @returns {Value[]}
 */
function acceptRisks(risks) {
    return risks.map((value) => ({key: 'accept_risks',
        placed: {path: 'options.acceptRisks', column: 1, value, text: value}}));
}

/**
 * The policy of a recipe. What is refused is thrown as a PolicyError.
 * @param {Cors} cors
 * @param {Recipe} recipe
 * @param {string} environment
 * @returns {{policy: Policy, problems: Problem[], message: string}} with its warnings
 */
export function buildPolicy(cors, recipe, environment) {
    const values = valuesOf(recipe);
    const first = build(cors, environment, values, recipe.faults);
    const problems = first.problems.map((problem) => judgeProblem(problem, recipe))
        .filter((problem) => problem !== null).map(word);
    const message = show(problems, first.texts);
    if (problems.some(isError)) {
        first.policy?.release();
        throw new PolicyError(message, problems);
    }
    const policy = first.policy ??
        rebuild(cors, environment, dropUseless(values, first.problems));
    return {policy, problems, message};
}

/**
 * The policy without the errors that only warn.
 * @param {Cors} cors
 * @param {string} environment
 * @param {Value[]} values
 */
function rebuild(cors, environment, values) {
    const {policy, problems, texts} =
        build(cors, environment, [...values, ...acceptRisks(OWN_RISKS)], []);
    if (policy === null) {
        throw new PolicyError(show(problems, texts), problems);
    }
    return policy;
}
