// SPDX-License-Identifier: MIT
// Answers of the batch's servers. Most are nearly right, so that calls get far and fail in one
// place; `good` is the share of lines that are right.
import {formatHead} from '../lab_case.js';
import {
    ANSWER_FIELDS, EXPOSED, MAX_AGES, ODD_CREDENTIALS, ODD_ORIGINS, STATUS_BAD, STATUS_FINE,
    STATUS_REDIRECT,
} from './batch_values.js';

/**
 * @typedef {import('./seeded_random.js').SeededRandom} SeededRandom
 * @typedef {[string, string]} Field
 * @typedef {Record<string, string>} FieldNames the engine's, by their name there
 *
 * @typedef {{
 *   random: SeededRandom,
 *   fields: FieldNames,
 *   page: string,
 *   include: boolean,
 *   method: string,
 *   headers: string[],
 * }} Asked What the servers are asked for; `page` is the origin that they will see.
 */

/** @param {SeededRandom} random @param {string} text */
function otherCase(random, text) {
    return random.pick([text, text, text.toLowerCase(), text.toUpperCase()]);
}

/** @param {Asked} asked @param {number} good @returns {Field[]} */
export function allowOrigin({random, fields, page, include}, good) {
    const name = otherCase(random, fields.ALLOW_ORIGIN);
    if (random.chance(good)) {
        return [[name, random.pick(include ? [page] : [page, page, '*', ` ${page} `])]];
    }
    const kind = random.next();
    if (kind < 0.2) {
        return [];
    }
    if (kind < 0.35) {
        return [[name, random.pick(['*', page])], [name, random.pick(['*', page, 'null'])]];
    }
    return [[name, kind < (include ? 0.6 : 0.4) ? '*' : random.pick(ODD_ORIGINS)]];
}

/** @param {Asked} asked @param {number} good @returns {Field[]} */
function allowCredentials({random, fields, include}, good) {
    const name = otherCase(random, fields.ALLOW_CREDENTIALS);
    if (!include && random.chance(0.8)) {
        return [];
    }
    if (random.chance(good)) {
        return [[name, 'true']];
    }
    return random.chance(0.3) ? [] : [[name, random.pick(ODD_CREDENTIALS)]];
}

/**
 * A list that has what is wanted, or has not, or is no list.
 *
 * @param {SeededRandom} random
 * @param {string} name
 * @param {string[]} wanted
 * @param {number} good
 * @returns {Field[]}
 */
function listed(random, name, wanted, good) {
    const written = otherCase(random, name);
    const joined = wanted.join(random.pick([', ', ',', ' , ']));
    if (random.chance(good)) {
        return random.chance(0.15) ? wanted.map((item) => /** @type {Field} */ ([written, item]))
            : [[written, random.chance(0.1) ? '*' : joined]];
    }
    const odd = ['', ',', '*', `"${joined}"`, wanted.slice(1).join(', '), joined.toLowerCase(),
        'a b', '(', `${joined};`, `${joined}, (bad)`, '*, *', 'PUT; POST'];
    return random.chance(0.2) ? [] : [[written, random.pick(odd)]];
}

/** @param {Asked} asked @param {number} good */
export function preflightAnswer(asked, good) {
    const {random, fields} = asked;
    const headers = [
        ...allowOrigin(asked, good), ...allowCredentials(asked, good),
        ...listed(random, fields.ALLOW_METHODS, [asked.method, 'DELETE'], good),
        ...listed(random, fields.ALLOW_HEADERS, [...asked.headers, 'Content-Type'], good),
    ];
    if (random.chance(0.3)) {
        headers.push([fields.MAX_AGE, random.pick(MAX_AGES)]);
    }
    const bad = [...STATUS_BAD, ...STATUS_REDIRECT];
    const status = random.pick(random.chance(good) ? [200, 204, 204, 202] : bad);
    if (STATUS_REDIRECT.includes(status)) {
        headers.push([fields.LOCATION, '/moved']);
    }
    return formatHead({status, headers});
}

/** @param {SeededRandom} random @param {FieldNames} fields @returns {Field[]} */
export function someFields(random, fields) {
    /** @type {Field[]} */
    const exposed = random.chance(0.6)
        ? [[otherCase(random, fields.EXPOSE_HEADERS), random.pick(EXPOSED)]] : [];
    return [...exposed, ...random.sample(ANSWER_FIELDS, random.below(5))
        .map(([name, value]) => /** @type {Field} */ ([name, value]))];
}

/** @param {Asked} asked @param {number} good */
export function actualAnswer(asked, good) {
    const {random, fields} = asked;
    return formatHead({
        status: random.pick(random.chance(0.9) ? STATUS_FINE : STATUS_BAD),
        headers: [...allowOrigin(asked, good), ...allowCredentials(asked, good),
            ...someFields(random, fields)],
    });
}

/** @param {Asked} asked @param {number} good @param {string} target */
export function redirectAnswer(asked, good, target) {
    const {random, fields} = asked;
    return formatHead({
        status: random.pick(STATUS_REDIRECT),
        headers: [[fields.LOCATION, target], ...allowOrigin(asked, good),
            ...allowCredentials(asked, good)],
    });
}
