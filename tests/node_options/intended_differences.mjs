// SPDX-License-Identifier: MIT
/**
 * Where answers are meant to differ from those of expressjs/cors, and why. Everything else is the
 * same. Each changes the peer's answer into the one that is wanted.
 *
 * `facts` of a case: what the request is, and what its options say of it.
 */

const NOTHING = {};

/** Lines that tell a page something; the rest is how the answer is sent. */
const isOfCors = ([name]) => name.startsWith('access-control-');

const withoutCors = (lines) =>
    Object.fromEntries(Object.entries(lines).filter((line) => !isOfCors(line)));

const union = (...lists) => [...new Set(lists.flat())].sort();

export const DIFFERENCES = [
    {
        name: 'Vary names all that the answer depends on',
        reason: 'A cache would hand one site\'s answer, or refusal, to another.',
        applies: ({isOff}) => !isOff,
        change: (answer, {isOptions, isPublic, namesMethod, echoes}) => ({...answer,
            vary: union(answer.vary, namesMethod ? ['access-control-request-method'] : [],
                namesMethod || isOptions && echoes ? ['access-control-request-headers'] : [],
                isPublic ? [] : ['origin'])}),
    },
    {
        name: 'What is not allowed is told nothing',
        reason: 'The lists of methods and headers, and that there are credentials, are not its.',
        applies: ({isOff, originAllowed, isPreflight, isAllowed}) =>
            !isOff && (!originAllowed || isPreflight && !isAllowed),
        change: (answer) => ({...answer, lines: withoutCors(answer.lines)}),
    },
    {
        name: 'A preflight that is not allowed is answered with 403 and the reason',
        reason: 'People see in the network panel why; the page gets no further either way.',
        applies: ({isOff, isPreflight, isAllowed, continues}) =>
            !isOff && isPreflight && !isAllowed && !continues,
        change: () => ({...NOTHING, denied: true}),
    },
    {
        name: 'An OPTIONS that names no method is denied likewise',
        reason: 'The peer takes it for a preflight, and so it is one here.',
        applies: ({isOff, isBare, hasOrigin, originAllowed, continues}) =>
            !isOff && isBare && hasOrigin && !originAllowed && !continues,
        change: () => ({...NOTHING, denied: true}),
    },
    {
        name: 'With credentials, "*" of methods or headers is what was requested',
        reason: 'Browsers take "*" for a name there, and nothing would be allowed.',
        applies: ({isOptions, isOff, isAllowed, credentials, hasStar}) =>
            isOptions && !isOff && isAllowed && credentials && hasStar,
        change: (answer, {requested}) => ({...answer, lines: {...answer.lines, ...requested}}),
    },
];

/**
 * The answer that is wanted where the peer gave this one.
 * @param {object} answer
 * @param {object} facts
 * @param {Map<string, number>} counts how often each difference was met
 */
export function wanted(answer, facts, counts) {
    let changed = answer;
    for (const {name, applies, change} of DIFFERENCES) {
        if (!changed.denied && applies(facts)) {
            const next = change(changed, facts);
            if (JSON.stringify(next) !== JSON.stringify(changed)) {
                counts.set(name, (counts.get(name) ?? 0) + 1);
            }
            changed = next;
        }
    }
    return changed;
}
