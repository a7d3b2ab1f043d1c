// SPDX-License-Identifier: MIT
// What became of a call: the verdict, the consoles of three browsers, the rule, and the fix.
import {copyButton, h, mark} from '../dom.js';
import {standardRule, whyRule} from '../standard_rules.js';
import {browserNames} from '../lab_case.js';
import {checkLine} from './check_line.js';
import {browserTitles, consoleBrowsers} from './play_everywhere.js';

/**
 * @typedef {import('../engine.js').BrowserName} BrowserName
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('./play_everywhere.js').Traces} Traces
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {import('../standard_rules.js').StandardRule} StandardRule
 *
 * @typedef {{
 *   labCase?: LabCase,
 *   onRepair?: (trace: Trace) => void,
 *   advice?: string,
 * }} VerdictOptions `onRepair` offers to apply the repair; `advice`, in its place, tells where to
 *   mend what is no answer written by hand; `labCase` brings the command line that repeats the call
 */

/** @param {Traces} traces @param {BrowserName} browser */
function chosenTrace(traces, browser) {
    return traces[browser] ?? Object.values(traces)[0] ?? null;
}

/** Those that decide otherwise than the chosen one. @param {Traces} traces @param {Trace} trace */
function dissenters(traces, trace) {
    return browserNames.filter((name) => {
        const other = traces[name];
        return other && other.outcome.ok !== trace.outcome.ok;
    });
}

/** @param {Trace} trace @param {BrowserName} browser */
export function verdictLine({outcome}, browser) {
    const who = browserTitles[browser];
    if (!outcome.ok) {
        return outcome.preflight ? `Blocked by ${who}, at the preflight` : `Blocked by ${who}`;
    }
    return outcome.type === 'opaque' ? `Sent, but unreadable in ${who}` : `Allowed by ${who}`;
}

/** @param {Traces} traces @param {Trace} trace */
function dissentNote(traces, trace) {
    const others = dissenters(traces, trace).map((name) => browserTitles[name]);
    if (others.length === 0) {
        return null;
    }
    const verb = trace.outcome.ok ? (others.length === 1 ? 'blocks' : 'block')
        : (others.length === 1 ? 'allows' : 'allow');
    return h('p', {class: 'small'}, mark('warn', `${others.join(' and ')} ${verb} it.`));
}

/** @param {Trace} trace @param {VerdictOptions} options */
function repairView(trace, {onRepair, advice}) {
    const {repair} = trace.outcome;
    if (advice) {
        return h('p', {class: 'repair-words'}, advice);
    }
    if (!repair) {
        return null;
    }
    const where = repair.preflight ? 'In the answer to the preflight' : 'In the answer';
    const what = repair.name === null ? `status ${repair.status}`
        : `${repair.name}: ${repair.value}`;
    return h('div', {class: 'repair'},
        h('p', {class: 'small'}, `${where}: `, h('code', {}, what)),
        onRepair ? h('button', {type: 'button', class: 'primary', onclick: () => onRepair(trace)},
            'Apply this fix') : null);
}

/**
 * The verdict in one line, its cause, and the fix.
 *
 * @param {Traces} traces
 * @param {BrowserName} browser
 * @param {VerdictOptions} [options]
 */
export function verdictHead(traces, browser, options = {}) {
    const trace = chosenTrace(traces, browser);
    if (!trace) {
        return h('div', {class: 'verdict'});
    }
    const {outcome} = trace;
    const isUnread = outcome.ok && outcome.type === 'opaque';
    const kind = outcome.ok ? (isUnread ? 'warn' : 'good') : 'bad';
    return h('div', {class: `verdict ${kind}`},
        h('p', {class: 'verdict-line'},
            h('span', {class: 'verdict-sign', 'aria-hidden': 'true'}, outcome.ok ? '✓' : '✕'),
            h('strong', {}, verdictLine(trace, browser))),
        h('p', {}, isUnread ? 'The request goes out, and script learns nothing of its answer.'
            : outcome.cause),
        outcome.fix && !options.advice ? h('p', {class: 'small'}, outcome.fix) : null,
        outcome.ok ? null : repairView(trace, options),
        dissentNote(traces, trace));
}

/** @param {Traces} traces @param {typeof consoleBrowsers[number]} name */
function consoleCard(traces, name) {
    const trace = traces[name];
    const message = trace?.outcome.messages[name] ?? null;
    return h('li', {class: 'console'},
        h('h4', {}, browserTitles[name], ' ', trace ? mark(trace.outcome.ok ? 'good' : 'bad',
            trace.outcome.ok ? 'allows' : 'blocks') : null),
        message === null ? h('p', {class: 'muted small'}, 'prints nothing')
            : h('pre', {class: 'code'}, message));
}

/** @param {StandardRule} rule */
function ruleLink({standard, section, href}) {
    return h('a', {href, rel: 'noreferrer', target: '_blank'}, `${standard}, “${section}”`,
        h('span', {class: 'unseen'}, ' (in a new tab)'));
}

/** @param {string} title @param {Array<import('../dom.js').Child>} children */
function part(title, ...children) {
    return h('section', {class: 'part'}, h('h3', {}, title), children);
}

/** @param {string} code */
function rulePart(code) {
    const rule = standardRule(code);
    return rule ? part('The rule', h('p', {}, rule.words), h('p', {class: 'small'}, ruleLink(rule)))
        : null;
}

/** @param {Trace} trace */
function whyPart({steps}) {
    const seen = new Set();
    const whys = steps.flatMap((step) => step.whys)
        .filter(({why, what}) => !seen.has(`${why} ${what}`) && seen.add(`${why} ${what}`));
    if (whys.length === 0) {
        return null;
    }
    return part('Why the browser asked first', h('ul', {class: 'whys'},
        whys.map(({why, what, advice}) => {
            const rule = whyRule(why);
            return h('li', {}, h('strong', {}, why.replace('-', ' ')), ' ',
                what ? h('code', {}, what) : null, '. ', advice, ' ',
                rule ? h('span', {class: 'small'}, ruleLink(rule)) : null);
        })));
}

/** @param {LabCase | undefined} labCase */
function checkPart(labCase) {
    if (!labCase) {
        return null;
    }
    const line = checkLine(labCase);
    return part('Ask the real server',
        h('div', {class: 'copyable'}, h('pre', {class: 'code'}, line), copyButton(() => line)));
}

/**
 * What stands behind the verdict: consoles, rule, why there was a preflight, the command line.
 *
 * @param {Traces} traces
 * @param {BrowserName} browser
 * @param {VerdictOptions} [options]
 */
export function verdictDetails(traces, browser, options = {}) {
    const trace = chosenTrace(traces, browser);
    if (!trace) {
        return h('div', {class: 'verdict-details'});
    }
    const consoles = consoleBrowsers.filter((name) => traces[name]);
    return h('div', {class: 'verdict-details'},
        part('What the consoles say', h('ul', {class: 'consoles'},
            consoles.map((name) => consoleCard(traces, name)))),
        trace.outcome.ok ? null : rulePart(trace.outcome.code),
        whyPart(trace),
        checkPart(options.labCase));
}
