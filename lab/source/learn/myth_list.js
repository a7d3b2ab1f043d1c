// SPDX-License-Identifier: MIT
// The myths: what is said, what is so, and the proof, played when somebody asks for it.
import {h, mark, newId} from '../dom.js';
import {makeDiagram} from '../exchange/exchange_diagram.js';
import {playOnce} from './learn_case.js';
import {caseLinks} from './learn_figure.js';
import {myths} from './myths.js';
import {prose} from './learn_text.js';

/**
 * @typedef {import('./learn_state.js').Tools} Tools
 * @typedef {import('./learn_state.js').Part} Part
 * @typedef {import('./myths.js').Myth} Myth
 */

/** The opened ones, in the URL. @param {Tools['state']} state */
function openNames(state) {
    const known = myths.map(({name}) => name);
    const names = (state.get('proved') ?? '').split(',').concat(state.get('myth') ?? '');
    return known.filter((name) => names.includes(name));
}

/**
 * @param {Tools['shell']} shell
 * @param {Myth} myth
 */
function proofOf(shell, {plays, prove}) {
    const traces = plays.map(({labCase}) => playOnce(shell.cors, labCase));
    const proof = prove(traces);
    return [
        h('p', {class: `note proof ${proof.holds ? 'good' : 'bad'}`},
            mark(proof.holds ? 'good' : 'bad', proof.holds ? 'Proved' : 'Not borne out'), ' ',
            h('strong', {}, proof.words)),
        h('div', {class: 'plays'}, plays.map(({words, labCase}, at) => {
            const diagram = makeDiagram(shell);
            const links = caseLinks(shell);
            diagram.show(traces[at], {page: labCase.page, upTo: null, url: labCase.url, labCase});
            links.show(labCase);
            return h('section', {class: 'stack play'},
                h('h4', {}, words), diagram.element, links.element);
        })),
    ];
}

/**
 * @param {Tools} tools
 * @param {Myth} myth
 */
function mythView({shell, state}, myth) {
    const id = newId('proof');
    const region = h('div', {id, class: 'stack', hidden: true});
    const button = h('button', {type: 'button', 'aria-expanded': 'false', 'aria-controls': id});

    /** @param {boolean} isOpen */
    function show(isOpen) {
        if (isOpen && !region.hasChildNodes()) {
            region.append(...proofOf(shell, myth));
        }
        region.hidden = !isOpen;
        button.setAttribute('aria-expanded', String(isOpen));
        button.replaceChildren(isOpen ? 'Hide the proof' : 'Prove it',
            h('span', {class: 'unseen'}, `: ${myth.myth}`));
    }

    button.addEventListener('click', () => {
        const isOpen = region.hidden;
        const names = openNames(state).filter((name) => name !== myth.name);
        const all = [...names, ...(isOpen ? [myth.name] : [])].join(',');
        state.set({proved: all || null, [isOpen ? 'myth' : 'idea']: isOpen ? myth.name : null});
        show(isOpen);
        if (isOpen) {
            shell.announce(region.querySelector('.proof')?.textContent ?? '');
        }
    });
    const element = h('article', {class: 'panel stack myth', 'data-place': `myth=${myth.name}`},
        h('h3', {tabindex: -1}, h('span', {class: 'myth-word'}, 'Myth'), ' ', myth.myth),
        h('p', {}, prose(myth.truth)), h('p', {}, button), region);
    return {element, refresh: () => show(openNames(state).includes(myth.name))};
}

/**
 * @param {Tools} tools
 * @returns {Part}
 */
export function mythList(tools) {
    const views = myths.map((myth) => mythView(tools, myth));
    const refresh = () => views.forEach((view) => view.refresh());
    refresh();
    return {element: h('div', {class: 'stack myths'}, views.map(({element}) => element)), refresh};
}
