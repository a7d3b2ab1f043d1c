// SPDX-License-Identifier: MIT
// Light, dark, or as the system has it; remembered where the browser allows.

const KEY = 'theme';
const choices = ['auto', 'light', 'dark'];

function remembered() {
    try {
        return localStorage.getItem(KEY) ?? 'auto';
    } catch {
        return 'auto';
    }
}

/** @param {string} choice */
function remember(choice) {
    try {
        localStorage.setItem(KEY, choice);
    } catch {
        // A browser that keeps nothing still shows it.
    }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} choice
 */
function apply(button, choice) {
    if (choice === 'auto') {
        delete document.documentElement.dataset.theme;
    } else {
        document.documentElement.dataset.theme = choice;
    }
    button.textContent = `Colours: ${choice}`;
}

/** @param {HTMLButtonElement} button */
export function startTheme(button) {
    let choice = choices.includes(remembered()) ? remembered() : 'auto';
    apply(button, choice);
    button.addEventListener('click', () => {
        choice = choices[(choices.indexOf(choice) + 1) % choices.length];
        remember(choice);
        apply(button, choice);
    });
}
