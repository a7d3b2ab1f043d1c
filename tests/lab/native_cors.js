// SPDX-License-Identifier: MIT
// The `cors` command, as built for this machine: what the page shows has to be what it says.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {callOf, parseFields, parseHead} from '../../lab/source/lab_case.js';

/** @typedef {import('../../lab/source/lab_case.js').LabCase} LabCase */

const COMMAND = process.env.CORS_COMMAND ?? 'build/cors';
const SENT_MAX = 64; // requests of one case, far above what any makes

/**
 * Runs the command; what it prints, whatever it thinks of what it read.
 *
 * @param {string[]} args
 * @param {string} [input]
 * @param {Record<string, string>} [variables]
 */
export function runCors(args, input = '', variables = {}) {
    const {CORS_ENV: _, ...rest} = process.env;
    const env = {...rest, ...variables};
    try {
        return execFileSync(COMMAND, args, {input, env, encoding: 'utf8', stdio: 'pipe'});
    } catch (error) {
        if (error.status === 1 && typeof error.stdout === 'string') {
            return error.stdout; // findings
        }
        throw new Error(`cors ${args.join(' ')}: ${error.stderr || error}`);
    }
}

/** @param {string[]} args @param {unknown[]} lines */
function answers(args, lines) {
    if (lines.length === 0) {
        return [];
    }
    const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return runCors(args, input).trim().split('\n').map((line) => JSON.parse(line));
}

/** @param {unknown[]} scenarios @param {string} [browser] */
export function simulate(scenarios, browser = 'standard') {
    return answers(['simulate', '--browser', browser], scenarios);
}

/** What a console message means; null where none is known. @param {string} message */
export function explain(message) {
    return JSON.parse(runCors(['explain', '--json'], message) || 'null');
}

/**
 * Runs `use` with a policy file of that text.
 *
 * @template T
 * @param {string} text
 * @param {(file: string, folder: string) => T} use
 * @returns {T}
 */
export function withPolicy(text, use) {
    const folder = mkdtempSync(join(tmpdir(), 'cors-lab-'));
    try {
        const file = join(folder, 'cors.yaml');
        writeFileSync(file, text);
        return use(file, folder);
    } finally {
        rmSync(folder, {recursive: true});
    }
}

/**
 * What `cors lint` finds in a policy.
 *
 * @param {{policy: string, environment?: string, variables?: Array<{name: string, value: string}>,
 *   files?: Array<{name: string, value: string}>}} written
 */
export function lint({policy, environment = 'production', variables = [], files = []}) {
    return withPolicy(policy, (file, folder) => {
        files.forEach(({name, value}) => writeFileSync(join(folder, name), value));
        return JSON.parse(runCors(['lint', '--json', '--env', environment, file], '',
            Object.fromEntries(variables.map(({name, value}) => [name, value])))).problems;
    });
}

/** @param {string} policy @param {string} environment @param {unknown[]} requests */
export function decide(policy, environment, requests) {
    return withPolicy(policy, (file) =>
        answers(['decide', '--policy', file, '--env', environment], requests));
}

/** @param {LabCase} labCase */
function scenarioOf(labCase, server) {
    const {context, call} = callOf(labCase);
    return {...context, fetches: [call], server};
}

/** @param {LabCase} labCase */
function handWritten(labCase) {
    return Object.fromEntries(labCase.answers.map((hop) => {
        const preflight = parseHead(hop.preflight).answer;
        const response = parseHead(hop.response).answer;
        return [new URL(hop.url, labCase.url).href.replace(/#.*/s, ''),
            {...preflight && {preflight}, ...response && {response}}];
    }));
}

/** The lines of an application's answer once the policy had its say. */
function decided(decision, fields) {
    const owned = /^access-control-(?!request-)/i;
    const kept = fields.filter(([name]) => !owned.test(name) && name.toLowerCase() !== 'vary');
    const vary = fields.filter(([name]) => name.toLowerCase() === 'vary').map(([, value]) => value);
    return [...kept, ...decision.set, ['Vary', [...vary, ...decision.vary].join(', ')]];
}

/** @param {Record<string, string | boolean>} request */
function partOf(request) {
    return 'access-control-request-method' in request ? 'preflight' : 'response';
}

/** A request as `cors decide` takes it. @param {Record<string, string | boolean>} sent */
function asAsked(sent) {
    const names = ['origin', 'access-control-request-method', 'access-control-request-headers'];
    return {
        method: sent.method, path: decodeURIComponent(new URL(String(sent.url)).pathname),
        headers: names.filter((name) => sent[name] !== undefined).map((name) => [name, sent[name]]),
    };
}

/** What a policy and the application behind it answer. @param {LabCase} labCase */
function policyAnswer(labCase, decision) {
    const application = decision.status === null ? parseFields(labCase.application).fields : [];
    return {
        status: decision.status ?? Number(labCase.status), headers: decided(decision, application),
    };
}

/** Has the command decide about requests of cases, those of one policy together. */
function answerOpen(open) {
    for (const {labCase: {policy, environment}} of open) {
        const same = open.filter(({labCase, isDone}) =>
            !isDone && labCase.policy === policy && labCase.environment === environment);
        const decisions = same.length === 0 ? []
            : decide(policy, environment, same.map(({request}) => asAsked(request)));
        same.forEach((each, at) => {
            each.isDone = true;
            const {labCase, server, request} = each;
            server[request.url] = {...server[request.url],
                [partOf(request)]: policyAnswer(labCase, decisions[at])};
        });
    }
}

/**
 * What the command says to cases in one browser: the one fetch of each, and what was sent. Behind a
 * policy each request that is sent is decided, until no new one comes.
 *
 * @param {LabCase[]} cases
 * @param {string} browser
 */
export function simulateCases(cases, browser) {
    const servers = cases.map((labCase) => (labCase.server === 'policy' ? {}
        : handWritten(labCase)));
    for (let round = 0; round < SENT_MAX; round += 1) {
        const results = simulate(cases.map((labCase, at) => scenarioOf(labCase, servers[at])),
            browser);
        const open = results.flatMap(({sent, error}, at) => {
            if (error) {
                throw new Error(error);
            }
            const server = servers[at];
            const request = cases[at].server === 'policy' &&
                sent.find((each) => !server[each.url]?.[partOf(each)]);
            return request ? [{labCase: cases[at], server, request, isDone: false}] : [];
        });
        if (open.length === 0) {
            return results.map(({fetches, sent}) => ({...fetches[0], sent}));
        }
        answerOpen(open);
    }
    throw new Error('a case sends no end of requests');
}

/**
 * What the command says to a case of the lab.
 *
 * @param {LabCase} labCase
 * @param {string} [browser]
 */
export function simulateCase(labCase, browser = labCase.browser) {
    return simulateCases([labCase], browser)[0];
}
