// SPDX-License-Identifier: MIT
// The room "Policy": write one, see what is wrong with it, who may do what under it, and take it
// along.
import {h, labelled} from '../dom.js';
import {configurationsView} from './configurations.js';
import {countOf, findingsList} from './findings_list.js';
import {canAsk, makeMatrixFields, questionOf} from './matrix_fields.js';
import {makeEditor} from './policy_editor.js';
import {policyExamples} from './policy_examples.js';
import {makePolicyFields} from './policy_fields.js';
import {judgeMatrix, matrixView} from './policy_matrix.js';
import {POLICY_FILE, loadPolicyReader} from './policy_reading.js';
import {readPolicyState, writePolicyState} from './policy_state.js';
import {suggestedEdit} from './suggested_edit.js';
import {offsetOf, valueEnd} from './text_places.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 * @typedef {import('./policy_reading.js').PolicyReading} PolicyReading
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 */

const TYPING_MS = 200; // after the last key, before the engine reads again
const TRYING_MS = 60; // for suggestions, each of which is tried by a reading of the whole
const SAYING_MS = 1200; // and before the count is announced

/** Calls once nothing has come for a while. @param {() => void} call @param {number} wait */
function later(call, wait) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const stop = () => clearTimeout(timer);
    return {
        stop,
        start() {
            stop();
            timer = setTimeout(call, wait);
        },
    };
}

/** @param {(example: import('./policy_examples.js').PolicyExample) => void} onChoose */
function exampleMenu(onChoose) {
    const menu = h('select', {}, h('option', {value: ''}, 'Choose…'),
        policyExamples.map(({name}, at) => h('option', {value: at}, name)));
    menu.addEventListener('change', () => {
        const example = policyExamples[Number(menu.value)];
        if (menu.value !== '' && example) {
            onChoose(example);
        }
    });
    return {element: labelled('Start from an example', menu), reset: () => {
        menu.value = '';
    }};
}

/** @type {import('../rooms.js').RoomModule['mountRoom']} */
export function mountRoom(main, params, shell) {
    let state = readPolicyState(params);
    /** @type {((state: PolicyState) => PolicyReading) | null} */
    let read = null;
    let isOpen = true;
    let said = '';

    const editor = makeEditor('The policy, as YAML', (policy) => {
        examples.reset();
        change({policy});
    });
    const fields = makePolicyFields(change);
    const matrixFields = makeMatrixFields(change);
    const examples = exampleMenu(({policy, environment, variables, files}) => {
        state = {...state, policy, environment: environment ?? 'production',
            variables: variables ?? [], files: files ?? [], path: '', headers: '', origins: null};
        editor.setText(policy);
        fields.reveal(state);
        refresh();
    });
    const findings = h('div', {}, h('p', {class: 'muted'}, 'The engine is loading.'));
    const matrix = h('div', {});
    const configurations = h('div', {});
    const refreshing = later(refresh, TYPING_MS);
    const saying = later(() => shell.announce(said), SAYING_MS);

    /** @param {Partial<PolicyState>} part */
    function change(part) {
        state = {...state, ...part};
        refreshing.start();
    }

    /** @param {Problem} problem */
    function goTo(problem) {
        const file = state.files.find(({name}) => name === problem.file);
        if (problem.file === POLICY_FILE || !file) {
            editor.goTo(problem);
            return;
        }
        const start = offsetOf(file.value, problem.line, problem.column);
        fields.more.open = true;
        fields.files.goTo(file.name, start, valueEnd(file.value, start));
    }

    /** @param {PolicyState} changed */
    function recount(changed) {
        const reading = read?.(changed);
        reading?.policy?.release();
        return reading?.problems.length ?? Infinity;
    }

    /** The change that mends a problem; null where none does. @param {Problem} problem */
    function editFor(problem) {
        const {file} = problem;
        const row = state.files.find(({name}) => name === file);
        const text = file === POLICY_FILE ? state.policy : row?.value ?? '';
        return suggestedEdit(text, problem, recount(state), (better) => recount(
            file === POLICY_FILE ? {...state, policy: better} : {...state,
                files: state.files.map((each) => each === row ? {...each, value: better} : each)}));
    }

    /** @param {Problem} problem */
    function write(problem) {
        const edit = editFor(problem);
        if (!edit) {
            goTo(problem);
        } else if (problem.file === POLICY_FILE) {
            editor.write(edit);
        } else {
            fields.more.open = true;
            fields.files.write(problem.file, edit);
        }
    }

    /** Tries what is suggested, as far as that is quick; what was not tried may do. */
    function makeMayWrite() {
        const end = performance.now() + TRYING_MS;
        return (/** @type {Problem} */ problem) => Boolean(problem.suggestion) &&
            (performance.now() > end || editFor(problem) !== null);
    }

    /** @param {PolicyReading} reading */
    function showFindings({problems}) {
        const count = countOf(problems);
        editor.setProblems(problems.filter(({file}) => file === POLICY_FILE));
        editor.count.textContent = count;
        if (said !== '' && said !== count) {
            saying.start();
        }
        said = count;
        findings.replaceChildren(findingsList(problems,
            {goTo, write, mayWrite: makeMayWrite()}));
    }

    /** @param {PolicyReading} reading */
    function showPolicy(reading) {
        const asked = questionOf(state, reading);
        matrixFields.set(state, reading, asked);
        if (!reading.policy) {
            const words = 'Refused: a policy with an error is not used at all. Mend it first.';
            matrix.replaceChildren(h('p', {class: 'note bad'}, words));
            configurations.replaceChildren(h('p', {class: 'note bad'}, words));
            return;
        }
        const rows = canAsk(state, asked.question)
            ? judgeMatrix(shell, reading.policy, state, asked.question) : [];
        matrix.replaceChildren(rows.length > 0 ? matrixView(shell, state, asked.question, rows)
            : h('p', {class: 'muted'}, 'Nothing is asked yet.'));
        configurations.replaceChildren(configurationsView(reading, state, asked.question, rows));
    }

    function refresh() {
        refreshing.stop();
        shell.setParams(writePolicyState(state));
        if (!read) {
            return;
        }
        const reading = read(state);
        try {
            fields.set(state, reading);
            showFindings(reading);
            showPolicy(reading);
        } finally {
            reading.policy?.release();
        }
    }

    main.append(
        h('div', {class: 'room-head'}, h('h1', {}, 'Policy'),
            h('p', {class: 'muted'}, 'Write a policy: the engine finds what is wrong with it, ' +
                'and plays a browser against it to show who may do what.')),
        h('div', {class: 'columns even'},
            h('section', {class: 'panel stack policy-editor', 'aria-label': 'The policy'},
                h('div', {class: 'fields policy-head'}, examples.element, fields.environment),
                editor.element, editor.count, fields.more),
            h('section', {class: 'panel stack policy-beside', 'aria-labelledby': 'findings-title'},
                h('h2', {id: 'findings-title'}, 'Findings'), findings)),
        h('section', {class: 'panel stack policy-part', 'aria-labelledby': 'matrix-title'},
            h('h2', {id: 'matrix-title'}, 'Who may do what'), matrixFields.element, matrix),
        h('section', {class: 'panel stack policy-part', 'aria-labelledby': 'copy-title'},
            h('h2', {id: 'copy-title'}, 'To copy'), configurations));
    editor.setText(state.policy);
    fields.set(state, null);
    fields.reveal(state);

    loadPolicyReader(shell).then((reader) => {
        read = reader;
        if (isOpen) {
            refresh();
        }
    }).catch((fault) => findings.replaceChildren(h('p', {class: 'note bad', role: 'alert'},
        'Policies cannot be read: ', fault instanceof Error ? fault.message : String(fault))));

    return {
        update(changed) {
            state = readPolicyState(changed);
            examples.reset();
            editor.setText(state.policy);
            fields.reveal(state);
            refresh();
        },
        leave() {
            isOpen = false;
            refreshing.stop();
            saying.stop();
        },
    };
}
