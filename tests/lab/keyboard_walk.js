// SPDX-License-Identifier: MIT
// Walks through a page with Tab, and tells where the focus went.

const STEPS_MAX = 600;

/** Numbers everything that a mouse could use and that is not out of use. */
function numberTargets() {
    const selector = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, ' +
        'summary, [tabindex="0"]';
    const groups = new Set();
    let count = 0;
    const labels = [];
    for (const element of document.querySelectorAll(selector)) {
        if (!element.checkVisibility({visibilityProperty: true}) || element.type === 'hidden') {
            continue;
        }
        // Tab stops once in a group of radio buttons; the arrows lead on.
        if (element.type === 'radio') {
            const group = element.name;
            if (groups.has(group)) {
                continue;
            }
            groups.add(group);
        }
        element.dataset.walk = String(count);
        labels.push(element.outerHTML.slice(0, 160));
        count += 1;
    }
    return labels;
}

/** Where the focus is, and whether one can see that. */
function readFocus() {
    const element = document.activeElement;
    if (!element || element === document.body) {
        return null;
    }
    const group = element.type === 'radio'
        ? document.querySelector(`input[name="${CSS.escape(element.name)}"][data-walk]`) : null;
    const shown = element.closest('label') ?? element;
    const isOutlined = (each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    // What surrounds a field may show it in its place.
    const around = [element, shown, element.parentElement, element.parentElement?.parentElement];
    const outlined = around.find((each) => each && each !== document.body && isOutlined(each));
    const box = (isOutlined(element) ? element : shown).getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 &&
        box.left < innerWidth;
    const on = document.elementFromPoint(box.left + box.width / 2,
        Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1));
    const covered = on?.closest('.masthead') && !shown.closest('.masthead');
    return {
        number: (group ?? element).dataset.walk ?? null,
        words: element.outerHTML.slice(0, 160),
        isVisible: outlined !== undefined && inView && !covered,
    };
}

/**
 * Goes from the first to the last with Tab.
 *
 * @param {import('playwright-core').Page} page
 */
export async function walkByTab(page) {
    const targets = await page.evaluate(numberTargets);
    await page.evaluate(() => document.querySelector('[data-walk="0"]').focus());
    const reached = new Set(['0']);
    const unseen = [];
    for (let step = 0; step < STEPS_MAX; step += 1) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate(readFocus);
        if (focus === null || focus.number === '0') {
            return {
                missed: targets.filter((_, number) => !reached.has(String(number))),
                unseen,
                ended: true,
            };
        }
        reached.add(focus.number);
        if (!focus.isVisible) {
            unseen.push(focus.words);
        }
    }
    return {missed: [], unseen, ended: false};
}
