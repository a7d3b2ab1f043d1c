// SPDX-License-Identifier: MIT
// Draws the cases of a batch. The same seed gives the same ones, in every browser.
import {plainCase} from '../lab_case.js';
import {actualAnswer, preflightAnswer, redirectAnswer} from './batch_answers.js';
import {
    BODIES, BORDER_HEADERS, CONTENT_TYPES, ELEMENTS, FORBIDDEN_HEADERS, METHODS, PAGE, TARGETS,
    UNSAFE_HEADERS,
} from './batch_values.js';
import {SeededRandom} from './seeded_random.js';

/**
 * @typedef {import('../lab_case.js').LabCase} LabCase
 * @typedef {import('./batch_answers.js').Asked} Asked
 * @typedef {{kind: string, labCase: LabCase, times: number}} Drawn `times`: how often the call is
 *   made, one after the other.
 */

/** A case on its way. */
class Plan {
    /**
     * @param {SeededRandom} random
     * @param {import('./batch_answers.js').FieldNames} fields
     */
    constructor(random, fields) {
        this.random = random;
        this.fields = fields;
        this.times = 1;
        /** @type {LabCase} */
        this.labCase = {
            ...plainCase, page: PAGE, url: `${random.pick(TARGETS)}/items`,
            credentials: random.pick(['same-origin', 'omit', 'include', 'include']), answers: [],
        };
        /** @type {Array<[string, string]>} */
        this.headers = [];
    }

    /** @param {readonly [string, string]} line */
    header([name, value]) {
        this.headers.push([name, value]);
        this.labCase.headers = this.headers.map((pair) => pair.join(': ')).join('\n');
    }

    /** @param {string} [page] what the server sees as the page's origin @returns {Asked} */
    asked(page = this.labCase.page) {
        const {credentials, method} = this.labCase;
        return {
            random: this.random, fields: this.fields, page, include: credentials === 'include',
            method: /^(?:delete|get|head|options|post|put)$/i.test(method)
                ? method.toUpperCase() : method,
            headers: this.headers.map(([name]) => name),
        };
    }

    /** One answer each, for preflight and request. @param {number} good */
    serve(good) {
        this.labCase.answers = [{
            url: this.labCase.url, preflight: preflightAnswer(this.asked(), good),
            response: actualAnswer(this.asked(), good),
        }];
    }

    /**
     * A chain of redirects; each server answers in its own way.
     *
     * @param {readonly string[]} origins
     * @param {number} hops
     * @param {number} good
     */
    redirects(origins, hops, good) {
        const {random, labCase} = this;
        const urls = [labCase.url, ...Array.from({length: hops}, (_, at) =>
            `${random.pick(origins)}/hop-${at + 1}`)];
        labCase.answers = urls.map((url, at) => {
            const asked = this.asked(at === 0 || random.chance(0.6) ? labCase.page : 'null');
            const next = urls[at + 1];
            return {
                url, preflight: preflightAnswer(asked, good),
                response: next ? redirectAnswer(asked, good, this.location(url, next))
                    : actualAnswer(asked, good),
            };
        });
    }

    /** How a redirect names its target. @param {string} url @param {string} target */
    location(url, target) {
        const {origin, pathname} = new URL(target);
        const odd = [target.replace('://', '://u:p@'), `${target}#there`, 'http://[::1', '',
            new URL(url).origin === origin ? pathname : target.replace('https:', '')];
        const isOfScript = ['fetch', 'xhr'].includes(this.labCase.initiator);
        return isOfScript && this.random.chance(0.1) ? this.random.pick(odd) : target;
    }
}

/** @param {Plan} plan */
function anyCall(plan) {
    const {random, labCase} = plan;
    labCase.method = random.pick(METHODS);
    if (random.chance(0.5)) {
        plan.header(random.pick(random.chance(0.8) ? UNSAFE_HEADERS : FORBIDDEN_HEADERS));
    }
    if (!/^(?:get|head)$/i.test(labCase.method) && random.chance(0.4)) {
        [labCase.body, labCase.type] = random.pick(BODIES);
    }
}

/** @param {Plan} plan */
function asXhr(plan) {
    plan.labCase.initiator = 'xhr';
    plan.labCase.credentials = plan.random.pick(['same-origin', 'include']);
}

/** @type {Record<string, (plan: Plan) => void>} */
const drawers = {
    'any call'(plan) {
        anyCall(plan);
        plan.serve(plan.random.pick([0.7, 0.94, 1]));
    },
    'headers at their limits'(plan) {
        const {random, labCase} = plan;
        labCase.method = random.pick(['GET', 'POST']);
        plan.header(random.pick(BORDER_HEADERS));
        if (random.chance(0.3)) {
            plan.header(random.pick(BORDER_HEADERS));
        }
        plan.serve(0.97);
    },
    'content types'(plan) {
        const {random, labCase} = plan;
        labCase.method = 'POST';
        [labCase.body, labCase.type] = random.pick(BODIES);
        if (random.chance(0.7)) {
            plan.header(['Content-Type', random.pick(CONTENT_TYPES)]);
        }
        plan.serve(0.95);
    },
    'one mistake'(plan) {
        anyCall(plan);
        plan.header(plan.random.pick(UNSAFE_HEADERS));
        plan.serve(1);
        const [answer] = plan.labCase.answers;
        if (plan.random.chance(0.7)) {
            answer.preflight = preflightAnswer(plan.asked(), 0.5);
        } else {
            answer.response = actualAnswer(plan.asked(), 0.2);
        }
    },
    modes(plan) {
        const {random, labCase} = plan;
        anyCall(plan);
        labCase.mode = random.pick(['no-cors', 'same-origin', 'cors']);
        labCase.redirect = random.pick(['follow', 'error', 'manual']);
        labCase.url = `${random.pick([...TARGETS, PAGE])}/items`;
        if (random.chance(0.4)) {
            plan.redirects([...TARGETS, PAGE], 1, 0.94);
        } else {
            plan.serve(0.94);
        }
    },
    redirects(plan) {
        const {random, labCase} = plan;
        anyCall(plan);
        labCase.url = `${random.pick([...TARGETS, PAGE])}/items`;
        plan.redirects([...TARGETS, PAGE], 1 + random.below(4), 0.96);
    },
    'long chains of redirects'(plan) {
        const {random, labCase} = plan;
        labCase.method = random.pick(['GET', 'PUT']);
        plan.redirects([random.pick(TARGETS)], random.pick([5, 19, 20]), 1);
        for (const answer of labCase.answers) {
            answer.preflight = labCase.answers[0].preflight;
        }
        plan.times = random.chance(0.3) ? 2 : 1;
    },
    'preflight cache'(plan) {
        anyCall(plan);
        plan.header(plan.random.pick(UNSAFE_HEADERS));
        plan.serve(1);
        plan.times = 2 + plan.random.below(2);
    },
    'exposed headers'(plan) {
        plan.labCase.method = plan.random.pick(['GET', 'POST', 'HEAD']);
        plan.serve(1);
    },
    'pages whose origin is null'(plan) {
        const {random, labCase} = plan;
        labCase.page = 'null';
        anyCall(plan);
        if (random.chance(0.3)) {
            plan.redirects([...TARGETS, PAGE], 1 + random.below(2), 0.96);
        } else {
            plan.serve(random.pick([0.8, 0.97]));
        }
        plan.times = random.chance(0.3) ? 2 : 1;
    },
    XMLHttpRequest(plan) {
        const {random, labCase} = plan;
        anyCall(plan);
        asXhr(plan);
        labCase.listener = random.chance(0.6);
        if (labCase.listener && random.chance(0.6)) {
            labCase.method = 'POST';
            [labCase.body, labCase.type] = random.pick(BODIES);
        }
        plan.serve(random.pick([0.7, 0.94]));
    },
    'images, scripts and the like'(plan) {
        const {random, labCase} = plan;
        labCase.initiator = random.pick(ELEMENTS);
        labCase.mode = random.pick(['cors', 'cors', 'no-cors']);
        labCase.credentials = random.pick(['same-origin', 'include']);
        const origins = [...TARGETS, PAGE];
        labCase.url = `${random.pick(origins)}/items`;
        plan.redirects(origins, random.pick([0, 0, 1, 2]), 0.8);
        const {answers} = labCase;
        const last = answers[answers.length - 1];
        last.response = last.response.replace(/^\d+/, '200'); // what elements take
    },
    beacons(plan) {
        const {random, labCase} = plan;
        labCase.initiator = 'beacon';
        [labCase.body, labCase.type] = random.pick(BODIES);
        labCase.credentials = 'include';
        plan.serve(0.8);
    },
    'no answer'(plan) {
        anyCall(plan);
        plan.serve(1);
        const [answer] = plan.labCase.answers;
        if (plan.random.chance(0.5)) {
            answer.preflight = '';
        } else {
            answer.response = '';
        }
        plan.times = plan.random.chance(0.4) ? 2 : 1;
    },
};

/** How often each is drawn, relative to each other. @type {Array<[string, number]>} */
const shares = [['any call', 18], ['headers at their limits', 9], ['content types', 8],
    ['one mistake', 14], ['modes', 8], ['redirects', 14], ['long chains of redirects', 2],
    ['preflight cache', 8], ['exposed headers', 6], ['pages whose origin is null', 7],
    ['XMLHttpRequest', 8], ['images, scripts and the like', 8], ['beacons', 3], ['no answer', 3]];

/** @param {SeededRandom} random */
function drawKind(random) {
    let left = random.below(shares.reduce((sum, [, share]) => sum + share, 0));
    return shares.find(([, share]) => {
        left -= share;
        return left < 0;
    })?.[0] ?? shares[0][0];
}

/**
 * @param {import('./batch_answers.js').FieldNames} fields
 * @param {string} seed
 * @param {number} number
 * @param {import('../engine.js').BrowserName} browser whose profile the case is shown with
 * @returns {Drawn}
 */
export function drawCase(fields, seed, number, browser) {
    const random = new SeededRandom(`${seed}/${number}`);
    const kind = drawKind(random);
    const plan = new Plan(random, fields);
    drawers[kind](plan);
    return {kind, labCase: {...plan.labCase, browser}, times: plan.times};
}
