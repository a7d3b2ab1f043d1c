// SPDX-License-Identifier: MIT
/** Where hosts are: as the test says, here for names below localhost, else as DNS says. */

import {lookup as lookUp} from 'node:dns';

/**
 * @typedef {{
 *   secure: boolean,
 *   hostname: string,
 *   port: number,
 *   mapped: boolean,
 * }} Place `mapped`: where the test says, which is not where browsers will find the host
 */

/** @type {import('node:net').LookupFunction} */
export function lookupHost(hostname, options, callback) {
    if (/^(?:.+\.)?localhost$/i.test(hostname) && options.all) {
        callback(null, [{address: '127.0.0.1', family: 4}, {address: '::1', family: 6}]);
    } else {
        lookUp(hostname, options, /** @type {any} */ (callback));
    }
}

/** @param {string} hostname */
export function withoutBrackets(hostname) {
    return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** @param {string} host @param {string} place */
function readPlace(host, place) {
    try {
        const url = new URL(place);
        if (/^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') {
            return url;
        }
    } catch {
        // said below
    }
    throw new TypeError(`hosts: ${JSON.stringify(place)}, where ${host} is, must be an origin ` +
        'such as http://127.0.0.1:3000');
}

/** @param {string} host */
function readHost(host) {
    try {
        const url = new URL(`http://${host}/`);
        if (host !== '' && url.pathname === '/' && url.search === '' && url.username === '') {
            return /:80$/.test(host) ? `${url.host}:80` : url.host;
        }
    } catch {
        // said below
    }
    throw new TypeError(`hosts: ${JSON.stringify(host)} must be a host name, or one with a port, ` +
        'such as api.example.com or api.example.com:8443');
}

/** @param {URL} url */
function portOf(url) {
    return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/**
 * @param {Record<string, string>} [hosts]
 * @returns {(url: URL) => Place}
 */
export function readHosts(hosts = {}) {
    const places = new Map(Object.entries(hosts).map(
        ([host, place]) => [readHost(host), readPlace(host, place)]));
    return (url) => {
        const mapped = places.get(`${url.hostname}:${portOf(url)}`) ?? places.get(url.hostname);
        const place = mapped ?? url;
        return {
            secure: place.protocol === 'https:',
            hostname: withoutBrackets(place.hostname),
            port: portOf(place),
            mapped: mapped !== undefined,
        };
    };
}
