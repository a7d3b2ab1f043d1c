// SPDX-License-Identifier: MIT
// Prediction and reality, member by member.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Simulation} Simulation
 * @typedef {import('./real_frames.js').Told} Told
 * @typedef {import('./real_scripts.js').Noted} Noted
 *
 * @typedef {{name: string, predicted: string, real: string, agrees: boolean | null}} Row `agrees`
 *   is null where script was told nothing.
 *
 * @typedef {{predicted: Noted | null, real: Noted | null, differs: string[]}} Sent
 *
 * @typedef {{calls: Row[][], sent: Sent[], agrees: boolean, differences: string[]}} Comparison
 */

const MEMBERS = /** @type {const} */ (
    ['result', 'type', 'status', 'redirected', 'url', 'headers']);

const WORDS = {
    result: 'Result', type: 'Type', status: 'Status', redirected: 'Redirected', url: 'URL',
    headers: 'Readable headers',
};

export const SENT_MEMBERS = /** @type {const} */ (['method', 'url', 'origin',
    'access-control-request-method', 'access-control-request-headers']);

/** @param {unknown} value */
function shown(value) {
    if (value === undefined) {
        return 'not told';
    }
    if (value === null || value === '') {
        return 'none';
    }
    if (value === 'hangs') {
        return 'no end within 15 s';
    }
    return Array.isArray(value) ? value.join(', ') || 'none' : String(value);
}

/**
 * @param {Simulation['fetches'][number]} predicted
 * @param {Told} real
 * @returns {Row[]}
 */
function compareCall(predicted, real) {
    return MEMBERS
        // After an error there is no more to tell, on either side.
        .filter((name) => name === 'result' || predicted[name] !== null && real[name] !== undefined)
        .filter((name) => name === 'result' || predicted.result === 'ok')
        .map((name) => ({
            name: WORDS[name], predicted: shown(predicted[name]), real: shown(real[name]),
            agrees: real[name] === undefined ? null
                : shown(predicted[name]) === shown(real[name]),
        }));
}

/**
 * @param {Noted | undefined} predicted
 * @param {Noted | undefined} real
 * @returns {Sent}
 */
function compareSent(predicted, real) {
    return {
        predicted: predicted ?? null, real: real ?? null,
        differs: predicted && real
            ? SENT_MEMBERS.filter((name) => predicted[name] !== real[name]) : ['presence'],
    };
}

/**
 * @param {Row[][]} calls
 * @param {Sent[]} sent
 */
function differencesOf(calls, sent) {
    const ofCalls = calls.flatMap((rows, at) => rows.filter(({agrees}) => agrees === false)
        .map(({name, predicted, real}) =>
            `${calls.length > 1 ? `call ${at + 1}: ` : ''}${name.toLowerCase()}: ` +
            `predicted ${predicted}, really ${real}`));
    const ofSent = sent.flatMap(({predicted, real, differs}, at) => differs.map((name) => {
        if (name === 'presence') {
            return `request ${at + 1} ${real ? 'was not predicted' : 'did not come'}`;
        }
        return `request ${at + 1}: ${name}: predicted ${shown(predicted?.[name] ?? null)}, ` +
            `really ${shown(real?.[name] ?? null)}`;
    }));
    return [...ofCalls, ...ofSent];
}

/**
 * @param {Simulation} prediction
 * @param {Told[]} told
 * @param {Noted[]} noted
 * @returns {Comparison}
 */
export function compare(prediction, told, noted) {
    const calls = prediction.fetches.map((predicted, at) => compareCall(predicted, told[at] ?? {}));
    const sent = Array.from({length: Math.max(prediction.sent.length, noted.length)}, (_, at) =>
        compareSent(prediction.sent[at], noted[at]));
    const differences = differencesOf(calls, sent);
    return {calls, sent, agrees: differences.length === 0, differences};
}
