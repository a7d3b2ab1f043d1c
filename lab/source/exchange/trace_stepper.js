// SPDX-License-Identifier: MIT
// An exchange step by step: back, play, next, a slider over the arrows, and one over the redirects.
import {h, newId} from '../dom.js';
import {arrowsUpToHop, hopCount, whoSpeaks} from './diagram_arrows.js';

const PACE_MS = 1400;

/** @typedef {import('./diagram_arrows.js').Arrow} Arrow */

/** @param {Arrow} arrow */
function spoken(arrow) {
    const [from, to] = whoSpeaks(arrow);
    const what = {
        call: 'call', preflight: 'preflight', request: 'request', answer: 'answer',
        unsent: 'never sent', result: arrow.isBad ? 'blocked' : 'what script gets',
    }[arrow.kind];
    return `${from} → ${to}: ${what}`;
}

/** @param {string} words */
function slider(words) {
    const id = newId('slider');
    const input = h('input', {type: 'range', id, min: 1, max: 1, step: 1});
    const says = h('span', {class: 'slider-says'});
    const element = h('div', {class: 'slider'}, h('label', {for: id}, words), input, says);
    return {
        element, input,
        /** @param {number} value @param {number} max @param {string} text */
        show(value, max, text) {
            input.max = String(max);
            input.value = String(value);
            input.setAttribute('aria-valuetext', text);
            says.textContent = text;
        },
    };
}

/**
 * @param {(step: number | null) => void} onStep how many arrows to show; null: all
 */
export function makeStepper(onStep) {
    /** @type {Arrow[]} */
    let arrows = [];
    /** @type {number | null} */
    let step = null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;

    const back = h('button', {type: 'button', onclick: () => move(-1)}, 'Back');
    const play = h('button', {type: 'button', onclick: () => (timer ? stop() : start())}, 'Play');
    const next = h('button', {type: 'button', onclick: () => move(1)}, 'Next');
    const all = h('button', {type: 'button', class: 'quiet', onclick: () => go(null)}, 'Show all');
    const steps = slider('Step');
    const hops = slider('Redirects');
    steps.input.addEventListener('input', () => go(Number(steps.input.value)));
    hops.input.addEventListener('input', () =>
        go(arrowsUpToHop(arrows, Number(hops.input.value) - 1)));
    const element = h('div', {class: 'stepper', role: 'group', 'aria-label': 'Step by step'},
        h('div', {class: 'row'}, back, play, next, all), steps.element, hops.element);

    /** The number of arrows that are shown. */
    const shownCount = () => Math.min(step ?? arrows.length, arrows.length);

    function stop() {
        clearInterval(timer);
        timer = undefined;
        play.textContent = 'Play';
    }

    function start() {
        set(shownCount() >= arrows.length ? 1 : shownCount());
        play.textContent = 'Pause';
        timer = setInterval(() => {
            if (shownCount() >= arrows.length) {
                stop();
            } else {
                set(shownCount() + 1);
            }
        }, PACE_MS);
    }

    /** @param {number} by */
    function move(by) {
        go(shownCount() + by);
    }

    /** What somebody asks for ends the play. @param {number | null} to */
    function go(to) {
        stop();
        set(to);
    }

    /** @param {number | null} to */
    function set(to) {
        step = to === null ? null : Math.min(Math.max(to, 1), arrows.length);
        draw();
        onStep(step);
    }

    function draw() {
        const count = shownCount();
        const last = arrows[count - 1];
        // Not disabled: a button that loses the focus while it is pressed is lost to the keyboard.
        back.setAttribute('aria-disabled', String(count <= 1));
        next.setAttribute('aria-disabled', String(count >= arrows.length));
        all.hidden = step === null;
        steps.show(count, arrows.length,
            last ? `${count} of ${arrows.length}, ${spoken(last)}` : '');
        const hopTotal = arrows.length ? hopCount(arrows) : 1;
        hops.element.hidden = hopTotal < 2;
        if (last) {
            hops.show(last.hop + 1, hopTotal, `${last.hop} of ${hopTotal - 1}, ${last.url}`);
        }
    }

    return {
        element,
        /** @param {Arrow[]} nextArrows @param {number | null} nextStep */
        show(nextArrows, nextStep) {
            arrows = nextArrows;
            step = nextStep;
            draw();
        },
        stop,
    };
}
