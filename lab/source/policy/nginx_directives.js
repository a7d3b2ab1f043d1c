// SPDX-License-Identifier: MIT
// A policy in nginx's words.

/**
 * @typedef {import('./policy_reading.js').PolicyReading} PolicyReading
 * @typedef {import('./policy_reading.js').PolicyValues} PolicyValues
 */

/** More origins than that belong in a file. */
const INLINE_MAX = 50;
const LINE_MAX = 90;

/** The keys that are directives too, in the order in which people read them. */
const directives = ['allow_origins', 'allow_methods', 'allow_headers', 'expose_headers',
    'allow_credentials', 'max_age', 'preflight_status', 'accept_risks'];

/**
 * One word of nginx's configuration, quoted where it has to be.
 *
 * @param {string} text
 */
export function nginxWord(text) {
    return /^[\w.:/*+=@%,~^&|!?<>()[\]-]+$/.test(text)
        ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** @param {string} key @param {string} value */
function directiveValue(key, value) {
    return key === 'allow_credentials' ? value === 'true' ? 'on' : 'off' : nginxWord(value);
}

/** @param {string} key @param {string[]} values */
function directive(key, values) {
    const words = values.map((value) => directiveValue(key, value));
    const line = `cors_${key} ${words.join(' ')};`;
    const indent = ' '.repeat(`cors_${key} `.length);
    return line.length <= LINE_MAX ? [line]
        : words.map((word, at) => `${at === 0 ? `cors_${key} ` : indent}${word}` +
            `${at === words.length - 1 ? ';' : ''}`);
}

/** The location that holds what a policy's path matches. @param {string} path */
export function nginxLocation(path) {
    return path.endsWith('*') ? `location ${nginxWord(path.slice(0, -1))}`
        : `location = ${nginxWord(path)}`;
}

/** @param {string} head @param {string[]} lines */
function block(head, lines) {
    return [`${head} {`, ...lines.map((line) => `    ${line}`), '}'].join('\n');
}

const upstream = 'proxy_pass http://127.0.0.1:3000;';

/**
 * With the policy in its file.
 *
 * @param {PolicyReading} reading
 */
export function nginxWithFile({environment}) {
    const named = environment === 'production' ? '' : ` ${nginxWord(environment)}`;
    return block('location /', [
        `cors_policy cors.yaml${named};  # relative to nginx.conf`,
        '# cors_enforce block;  # refuse the simple POST that CORS lets through',
        upstream,
    ]);
}

/**
 * With the policy in place of a file; or why that cannot be.
 *
 * @param {PolicyReading} reading
 * @returns {{text: string | null, why: string}}
 */
export function nginxInline({policies}) {
    const [values] = policies;
    const origins = values?.get('allow_origins') ?? [];
    if (policies.length !== 1) {
        return {text: null, why: 'Directives in place hold one policy; this file has ' +
            `${policies.length}. Write a location for each, or use the file.`};
    }
    if (origins.length === 0 || origins.length > INLINE_MAX) {
        return {text: null, why: origins.length === 0
            ? 'No origin is left in this environment, and directives need one.'
            : `${origins.length} origins are better kept in the file.`};
    }
    const lines = directives.filter((key) => values.has(key))
        .flatMap((key) => directive(key, values.get(key) ?? []));
    return {text: block(nginxLocation(values.get('path')?.at(-1) ?? '/*'), [...lines, upstream]),
        why: ''};
}
