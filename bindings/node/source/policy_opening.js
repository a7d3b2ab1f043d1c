// SPDX-License-Identifier: MIT
/** From what people hand in, a path, a file: URL or data, to a source of policies. */

import {PolicySource} from './policy_source.js';

/**
 * @typedef {import('./policy_files.js').PolicyFiles} PolicyFiles
 * @typedef {import('./policy_guard.js').Source} Source
 * @typedef {import('./policy_source.js').PolicyText} PolicyText
 */

const NO_POLICY = 'a policy is wanted: the path or file: URL of a policy file, or what such a ' +
    'file holds as data, {policies: [{allow_origins: ["https://app.example.com"]}]}';

/** What tells options of the package "cors" from a policy. */
const OTHERS_OPTIONS = ['origin', 'origins', 'methods', 'allowedHeaders', 'exposedHeaders',
    'credentials', 'maxAge', 'preflightContinue', 'optionsSuccessStatus'];

/** @param {URL} url @returns {string} */
function pathOfUrl(url) {
    if (url.protocol !== 'file:' || url.host !== '') {
        throw new TypeError(`${NO_POLICY}; ${url.href} is not a file: URL of this machine`);
    }
    return decodeURIComponent(url.pathname);
}

/**
 * @param {string} path
 * @param {PolicyFiles | null} files
 * @returns {PolicyText}
 */
function fileText(path, files) {
    if (path === '') {
        throw new TypeError(NO_POLICY);
    }
    if (files === null) {
        throw new TypeError(`no policy file can be read here, "${path}" neither: hand in what it ` +
            'holds, as data');
    }
    return {name: path, file: path, read: () => files.readPolicy(path)};
}

/**
 * JSON is YAML: data is read by the same reader, under the same rules.
 * @param {object} data
 * @returns {PolicyText}
 */
function dataText(data) {
    const keys = Object.keys(data);
    if (!keys.includes('policies') && !keys.includes('allow_origins') &&
        keys.some((key) => OTHERS_OPTIONS.includes(key))) {
        throw new TypeError(`${NO_POLICY}; options such as "${keys[0]}" are for ` +
            'cors.fromOptions()');
    }
    const isEntry = !Array.isArray(data) && !keys.includes('policies');
    const text = JSON.stringify(isEntry ? {policies: [data]} : data, null, 2);
    return {name: 'policy', file: null, read: () => ({text})};
}

/** @param {unknown} given @returns {given is Source} */
function isSource(given) {
    return typeof given === 'object' && given !== null &&
        typeof (/** @type {any} */ (given).view) === 'function';
}

/**
 * @param {unknown} given a PolicySource of libcors.d.ts, or a source that is one already
 * @param {import('./policy_source.js').SourceOptions} options
 * @param {PolicyFiles | null} files
 * @returns {Source}
 */
export function openPolicy(given, options, files) {
    if (isSource(given)) {
        return given;
    }
    if (typeof given === 'string') {
        return new PolicySource(fileText(given, files), options, files);
    }
    if (given instanceof URL) {
        return new PolicySource(fileText(pathOfUrl(given), files), options, files);
    }
    if (typeof given !== 'object' || given === null) {
        throw new TypeError(NO_POLICY);
    }
    return new PolicySource(dataText(given), options, files);
}
