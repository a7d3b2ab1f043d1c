// SPDX-License-Identifier: MIT
// One exchange: predicted, carried out, and compared.
import {h, labelled, mark, select} from '../dom.js';
import {callCode} from '../exchange/call_code.js';
import {makeExampleMenu} from '../exchange/example_menu.js';
import {writeCase} from '../lab_case.js';
import {Frames} from './batch_run.js';
import {comparisonView} from './comparison_view.js';
import {mappingView} from './mapping_view.js';
import {predictionView} from './prediction_view.js';
import {predictionWords} from './prediction_words.js';
import {mapCase, newScriptId, withoutRun} from './real_mapping.js';
import {predict} from './real_prediction.js';
import {runCase} from './real_run.js';

/**
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('./real_mapping.js').LocalCase} LocalCase
 * @typedef {{labCase: LabCase, times: number}} Chosen
 */

export const TIMES_MAX = 3;
const PORT_WITHOUT_LAB = 8081; // where `cors lab` would be

/** @param {unknown} fault */
function wordsOf(fault) {
    return fault instanceof Error ? fault.message : String(fault);
}

/**
 * @param {Shell} shell
 * @param {number | null} port the lab's; null: there is none
 * @param {(chosen: Chosen) => void} onChange
 */
export function makeCaseView(shell, port, onChange) {
    const call = h('pre', {class: 'the-call'});
    const mapping = h('div', {});
    const result = h('div', {class: 'stack', role: 'region', 'aria-label': 'Result'});
    const edit = h('a', {class: 'button'}, 'Change it in the first room');
    const run = h('button', {type: 'button', class: 'primary'}, 'Run it again');
    /** @type {Chosen} */
    let chosen;
    let shown = 0; // counts, so that a run that ends late does not show over a newer one

    const menu = makeExampleMenu((labCase) => choose({labCase, times: 1}));
    const times = select(['1', '2', '3'], '1',
        (value) => choose({...chosen, times: Number(value)}));

    /** @param {Chosen} next */
    const choose = (next) => {
        onChange(next);
        show(next);
    };

    /** @param {LocalCase} localCase @param {number} lab */
    const runHere = async (localCase, lab) => {
        const frames = new Frames();
        const mine = shown;
        result.replaceChildren(h('p', {class: 'muted'}, 'This browser makes the call …'));
        try {
            const {prediction, comparison} = await runCase(shell, localCase, chosen.times,
                (page) => frames.on(page));
            if (mine === shown) {
                result.replaceChildren(comparisonView(comparison, localCase.id),
                    predictionWords(shell, prediction));
                shell.announce(comparison.agrees ? 'Prediction and this browser agree.'
                    : `Prediction and this browser differ: ${comparison.differences.join('; ')}.`);
            }
        } finally {
            frames.close();
        }
    };

    const showResult = async () => {
        shown += 1;
        const mine = shown;
        const place = {port: port ?? PORT_WITHOUT_LAB, id: newScriptId()};
        run.disabled = true;
        try {
            const localCase = await mapCase(shell, chosen.labCase, place);
            if (mine !== shown) {
                return;
            }
            mapping.replaceChildren(mappingView(localCase));
            if (port === null) {
                const prediction = predict(shell, localCase, chosen.times);
                result.replaceChildren(predictionView(prediction, localCase.id),
                    predictionWords(shell, prediction));
            } else {
                await runHere(localCase, port);
            }
        } catch (fault) {
            if (mine === shown) {
                result.replaceChildren(h('div', {class: 'note warn', role: 'alert'},
                    h('p', {}, mark('warn', 'Not carried out'), ' ',
                        withoutRun(wordsOf(fault), place.id))));
            }
        } finally {
            if (mine === shown) {
                run.disabled = false;
            }
        }
    };

    /** @param {Chosen} next */
    const show = (next) => {
        chosen = next;
        const params = writeCase(chosen.labCase);
        menu.show(params.toString());
        times.value = String(chosen.times);
        edit.setAttribute('href', shell.hashOf('exchange', params));
        call.textContent = `// on a page of ${chosen.labCase.page}\n${callCode(chosen.labCase)}`;
        mapping.replaceChildren();
        showResult();
    };

    run.addEventListener('click', showResult);
    const element = h('div', {class: 'columns side'},
        h('div', {class: 'panel stack'},
            h('h2', {}, 'The exchange'),
            menu.element, call,
            labelled('Calls, one after the other', times),
            h('div', {class: 'row'}, port === null ? null : run, edit), mapping),
        h('div', {class: 'panel stack'},
            h('h2', {}, port === null ? 'Prediction' : 'Prediction and reality'), result));
    return {
        element, show,
        stop() {
            shown += 1;
        },
    };
}
