// SPDX-License-Identifier: MIT
// The first room: a call, a server, and the exchange between them.
import {copyButton, h, newId} from '../dom.js';
import {handServer} from '../case_play.js';
import {firstCase} from '../example_cases.js';
import {HOPS_MAX, readCase, writeCase} from '../lab_case.js';
import {makeAnswersForm} from './answers_form.js';
import {makeCallForm} from './call_form.js';
import {arrowsOf} from './diagram_arrows.js';
import {makeExampleMenu} from './example_menu.js';
import {makeDiagram} from './exchange_diagram.js';
import {hopIndex, mendAnswers, ordinaryAnswers} from './mend_answer.js';
import {playEverywhere} from './play_everywhere.js';
import {makePolicyForm, startPolicy} from './policy_form.js';
import {makePolicySide, readPolicy} from './policy_server.js';
import {makeStepper} from './trace_stepper.js';
import {verdictDetails, verdictHead, verdictLine} from './verdict_view.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('./play_everywhere.js').Traces} Traces
 * @typedef {import('../case_play.js').Server} Server
 * @typedef {import('../../../bindings/wasm/libcors.js').Trace} Trace
 * @typedef {{traces: Traces, chosen: Trace, advise?: (trace: Trace) => string}} Played
 */

/** @param {URLSearchParams} params */
function stateOf(params) {
    const step = Number(params.get('step'));
    const hasCase = [...params.keys()].some((name) => name !== 'step');
    const labCase = hasCase ? readCase(params) : {...firstCase};
    if (labCase.answers.length === 0) {
        labCase.answers = [ordinaryAnswers(labCase.url)];
    }
    return {
        labCase,
        step: Number.isInteger(step) && step > 0 ? step : null,
    };
}

/** The answers follow the URL that is called. @param {LabCase} labCase @param {string} url */
function answersForUrl(labCase, url) {
    const [first, ...rest] = labCase.answers;
    return first ? [{...first, url}, ...rest] : [ordinaryAnswers(url)];
}

/** @param {Shell} shell @param {LabCase} labCase @param {Server} server */
function play(shell, labCase, server) {
    const traces = playEverywhere(shell.cors, labCase, server);
    return {traces, chosen: /** @type {Trace} */ (traces[labCase.browser])};
}

/**
 * Plays a case with answers by hand; a URL that a redirect leads to gets answers of its own first.
 *
 * @param {Shell} shell
 * @param {LabCase} labCase
 */
function playByHand(shell, labCase) {
    for (let more = 0; more < HOPS_MAX; more += 1) {
        const played = play(shell, labCase, handServer(labCase));
        const unknown = Object.values(played.traces).flatMap((trace) => trace.steps)
            .find((step) => hopIndex(labCase, step.url) < 0);
        if (!unknown || labCase.answers.length >= HOPS_MAX) {
            return {labCase, played};
        }
        labCase = {...labCase, answers: [...labCase.answers, ordinaryAnswers(unknown.url)]};
    }
    return {labCase, played: play(shell, labCase, handServer(labCase))};
}

/** @param {(server: 'answers' | 'policy') => void} onChange */
function serverChoice(onChange) {
    const name = newId('server');
    const radio = (/** @type {'answers' | 'policy'} */ value) => h('input', {
        type: 'radio', name, value, onchange: () => onChange(value),
    });
    const [byHand, byPolicy] = [radio('answers'), radio('policy')];
    const element = h('fieldset', {}, h('legend', {class: 'unseen'}, 'The server answers'),
        h('div', {class: 'choice'}, h('label', {}, byHand, 'Answers by hand'),
            h('label', {}, byPolicy, 'A policy')));
    return {
        element,
        /** @param {string} server */
        show(server) {
            byHand.checked = server === 'answers';
            byPolicy.checked = server === 'policy';
        },
    };
}

/**
 * A panel that folds: on narrow screens the exchange comes first.
 *
 * @param {string} title
 * @param {HTMLElement[]} children
 */
function panel(title, ...children) {
    const brief = h('span', {class: 'brief code'});
    const isWide = matchMedia('(min-width: 64rem)').matches;
    const element = h('details', {class: 'panel fold', open: isWide},
        h('summary', {}, h('h2', {}, title), brief), h('div', {class: 'stack'}, children));
    return {element, brief};
}

/**
 * @param {HTMLElement} main
 * @param {URLSearchParams} params
 * @param {Shell} shell
 * @returns {import('../rooms.js').Room}
 */
export function mountRoom(main, params, shell) {
    let {labCase, step} = stateOf(params);
    /** @type {Played | null} */
    let played = null;
    let frame = 0;
    let said = '';
    let replays = 0; // counts, so that a policy that is read slowly does not undo a later one

    const diagram = makeDiagram(shell);
    const stepper = makeStepper((to) => {
        step = to;
        showDiagram();
        writeUrl();
        diagram.element.querySelector('.arrow.current')?.scrollIntoView({block: 'nearest'});
    });
    const examples = makeExampleMenu((chosen) => change({...chosen}, null));
    const callForm = makeCallForm((part) => change(part));
    const answersForm = makeAnswersForm((part) => change(part));
    const policyForm = makePolicyForm((part) => change(part));
    const choice = serverChoice((server) => change(server === 'policy' && !labCase.policy
        ? {server, policy: startPolicy} : {server}));
    const call = panel('The call', callForm.element);
    const server = panel('The server', choice.element, answersForm.element, policyForm.element);
    const verdict = h('div', {class: 'verdict-place'});
    const behind = h('div', {});
    const details = h('section', {class: 'panel details'},
        h('h2', {class: 'unseen'}, 'Behind the verdict'), behind);
    const real = h('a', {class: 'button'}, 'Try it for real');
    const stage = h('section', {class: 'panel stage'},
        h('h2', {class: 'unseen'}, 'The exchange'), stepper.element, diagram.element);

    main.append(
        h('div', {class: 'exchange-head'},
            h('div', {class: 'room-head'},
                h('h1', {}, 'Watch an exchange'),
                h('p', {class: 'muted'}, 'What a page asks for, what the browser makes of it, ',
                    'what the server answers, and what script may read. Change anything: it plays ',
                    'again.')),
            h('div', {class: 'row exchange-bar'}, examples.element,
                copyButton(() => location.href, 'Copy link'), real)),
        h('div', {class: 'exchange'},
            h('div', {class: 'stack setup'}, call.element, server.element),
            h('div', {class: 'stack show'}, verdict, stage),
            details));

    /** @param {Partial<LabCase>} part @param {number | null} [toStep] */
    function change(part, toStep = step) {
        const follows = part.url !== undefined && part.answers === undefined
            ? {answers: answersForUrl(labCase, part.url)} : {};
        labCase = {...labCase, ...part, ...follows};
        step = toStep;
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(() => {
            replay();
            writeUrl();
        });
    }

    function writeUrl() {
        const written = writeCase(labCase);
        if (written.size === 0) {
            written.set('page', labCase.page); // an empty URL is the first case
        }
        if (step !== null) {
            written.set('step', String(step));
        }
        shell.setParams(written);
    }

    function showDiagram() {
        if (played) {
            const {page, url} = labCase;
            diagram.show(played.chosen, {page, upTo: step, url, labCase});
        }
    }

    function showForms() {
        callForm.show(labCase);
        choice.show(labCase.server);
        const isPolicy = labCase.server === 'policy';
        answersForm.element.hidden = isPolicy;
        policyForm.element.hidden = !isPolicy;
        if (isPolicy) {
            policyForm.show(labCase);
        } else {
            answersForm.show(labCase, new Set(Object.values(played?.traces ?? {})
                .flatMap((trace) => trace.steps).map(({url}) => hopIndex(labCase, url))));
        }
        const written = writeCase(labCase);
        examples.show(written.toString());
        real.href = shell.hashOf('real', written);
        call.brief.textContent = `${labCase.method} ${labCase.url}`;
        server.brief.textContent = isPolicy ? 'a policy' : 'answers by hand';
    }

    function showPlayed() {
        if (!played) {
            return;
        }
        const {traces, chosen, advise} = played;
        const options = {labCase, advice: advise?.(chosen),
            onRepair: advise ? undefined : repair};
        verdict.replaceChildren(verdictHead(traces, labCase.browser, options));
        behind.replaceChildren(verdictDetails(traces, labCase.browser, options));
        stepper.show(arrowsOf(chosen, {url: labCase.url, labCase}), step);
        showDiagram();
        stage.hidden = details.hidden = false;
        const says = `${verdictLine(chosen, labCase.browser)}. ${chosen.outcome.cause}`;
        if (said && says !== said) {
            shell.announce(says);
        }
        said = says;
    }

    /** @param {Trace} trace */
    function repair(trace) {
        change({answers: mendAnswers(labCase, trace)});
        // The button is made anew; whoever pressed it by keyboard goes on from the verdict.
        requestAnimationFrame(() => (verdict.querySelector('button') ??
            stepper.element.querySelector('button'))?.focus());
    }

    /** @param {string} words */
    function showTrouble(words) {
        played = null;
        verdict.replaceChildren(h('div', {class: 'note bad'}, h('p', {}, words)));
        stage.hidden = details.hidden = true;
        if (said !== words) {
            shell.announce(words);
        }
        said = words;
    }

    async function replayPolicy() {
        const mine = replays;
        const {problems, policy} = await readPolicy(shell, labCase);
        if (mine === replays) {
            policyForm.showProblems(problems);
            if (policy === null) {
                showTrouble('The policy has errors, so nothing can answer by it. Below it stands ' +
                    'what is wrong, and where.');
            } else {
                const side = makePolicySide(shell, labCase);
                played = {...play(shell, labCase, side.server(policy)), advise: side.advise};
                showPlayed();
            }
        }
        policy?.release();
    }

    function replay() {
        replays += 1;
        stepper.stop();
        try {
            if (labCase.server === 'policy') {
                replayPolicy().catch((fault) => showTrouble(`The policy cannot be read: ${fault}`));
            } else {
                ({labCase, played} = playByHand(shell, labCase));
                showPlayed();
            }
        } catch (fault) {
            const why = fault instanceof Error ? fault.message : fault;
            showTrouble(`The engine cannot play this: ${why}`);
        }
        showForms();
    }

    replay();
    return {
        update(next) {
            ({labCase, step} = stateOf(next));
            replay();
        },
        leave() {
            stepper.stop();
            cancelAnimationFrame(frame);
        },
    };
}
