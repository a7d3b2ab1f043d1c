// SPDX-License-Identifier: MIT
// The server as an application behind a policy.
import {h, labelled} from '../dom.js';
import {parseFields} from '../lab_case.js';
import {fill} from './call_form.js';
import {faultList} from './fault_list.js';

/**
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 * @typedef {(change: Partial<LabCase>) => void} OnChange
 */

/** A policy to begin with. */
export const startPolicy = `policies:
  - path: /*
    allow_origins: [https://app.example.com]
    allow_methods: [PUT]
    allow_headers: [Content-Type]
    allow_credentials: true
`;

/**
 * Where a line and a column, which counts code points, stand in a text.
 *
 * @param {string} text
 * @param {number} line
 * @param {number} column
 */
function offsetOf(text, line, column) {
    const lines = text.split('\n');
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    return before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length;
}

/** @param {HTMLTextAreaElement} field @param {Problem} problem */
function goTo(field, {line, column}) {
    const at = offsetOf(field.value, line, column);
    field.focus();
    field.setSelectionRange(at, at);
}

/** @param {HTMLTextAreaElement} field @param {Problem} problem */
function finding(field, problem) {
    const {line, column, severity, message, suggestion} = problem;
    return h('li', {class: `finding ${severity}`},
        h('button', {type: 'button', class: 'quiet', onclick: () => goTo(field, problem)},
            `${line}:${column}`),
        h('p', {}, h('strong', {}, `${severity}: `), message,
            suggestion ? [' Instead: ', h('code', {}, suggestion)] : null));
}

/**
 * @param {OnChange} onChange
 */
export function makePolicyForm(onChange) {
    /** @param {'policy' | 'application'} member @param {number} rows */
    const area = (member, rows) => {
        const field = h('textarea', {
            class: `code ${member === 'policy' ? 'policy-file' : ''}`, rows, spellcheck: 'false',
        });
        field.addEventListener('input', () => onChange({[member]: field.value}));
        return field;
    };
    /** @param {'environment' | 'status'} member */
    const line = (member) => {
        const field = h('input', {type: 'text', class: 'code', spellcheck: 'false'});
        field.addEventListener('input', () => onChange({[member]: field.value}));
        return field;
    };
    const fields = {
        policy: area('policy', 10), environment: line('environment'), status: line('status'),
        application: area('application', 2),
    };
    const findings = h('ul', {class: 'findings', 'aria-label': 'Findings'});
    const faults = faultList();
    const element = h('div', {class: 'stack'},
        labelled('The policy file', fields.policy), findings,
        h('div', {class: 'fields'},
            labelled('Environment', fields.environment),
            labelled('Application’s status', fields.status),
            h('div', {class: 'wide'},
                labelled('Application’s headers, one a line', fields.application),
                faults.element)));

    return {
        element,
        /** @param {LabCase} labCase */
        show(labCase) {
            for (const [member, field] of Object.entries(fields)) {
                fill(field, labCase[/** @type {keyof typeof fields} */ (member)]);
            }
            faults.show(parseFields(labCase.application).faults, fields.application);
        },
        /** @param {Problem[]} problems */
        showProblems(problems) {
            findings.hidden = problems.length === 0;
            findings.replaceChildren(...problems.map((problem) =>
                finding(fields.policy, problem)));
            fields.policy.setAttribute('aria-invalid',
                String(problems.some(({severity}) => severity === 'error')));
        },
    };
}
