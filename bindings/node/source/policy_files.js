// SPDX-License-Identifier: MIT
/** Files as policies need them: read whole, and looked at again for whether they changed. */

/** A policy is written by hand; long lists of origins have files of their own. */
const POLICY_SIZE_MAX = 64 * 1024 * 1024;
/** Node's strings end at 512 Mi characters, so that longer lists cannot be read here. */
const LIST_SIZE_MAX = 500 * 1024 * 1024;

/** Within so many milliseconds a file can change twice and look as if it had changed once. */
const CLOCK_STEP = 50;

/** What the C library says where a file cannot be opened. @type {Record<string, string>} */
const FAULTS = {
    ENOENT: 'No such file or directory', EACCES: 'Permission denied', ENOTDIR: 'Not a directory',
    ELOOP: 'Too many levels of symbolic links', ENAMETOOLONG: 'File name too long',
};

/**
 * @typedef {object} PolicyFiles
 * @property {(path: string) => {text: string} | {fault: string}} readPolicy
 * @property {(path: string) => {text: string} | {fault: string}} readList
 * @property {(path: string) => FileStamp} stamp
 *
 * `key` is another where the file is; `settled` is false while it may change and keep its key.
 * @typedef {{key: string, settled: boolean}} FileStamp
 *
 * The part of Node's fs that is used here.
 * @typedef {Pick<typeof import('node:fs'), 'readFileSync' | 'statSync'>} FileSystem
 */

/** @param {any} error */
function faultOf(error) {
    return FAULTS[error?.code] ?? String(error?.message ?? error);
}

/**
 * How many bytes stand before the first that is no UTF-8.
 * @param {Uint8Array} bytes
 */
function findNoText(bytes) {
    let good = 0;
    let bad = bytes.length;
    while (bad - good > 1) {
        const middle = (good + bad) >>> 1;
        try {
            new TextDecoder('utf-8', {fatal: true})
                .decode(bytes.subarray(0, middle), {stream: true});
            good = middle;
        } catch {
            bad = middle;
        }
    }
    return good;
}

/**
 * The text of a policy; the first byte that is no UTF-8 becomes half a surrogate pair, which no
 * file holds.
 * @param {Uint8Array} bytes
 */
function decodePolicy(bytes) {
    try {
        return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
    } catch {
        const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
        const good = decoder.decode(bytes.subarray(0, findNoText(bytes)), {stream: true});
        const rest = bytes.subarray(new TextEncoder().encode(good).length + 1);
        return `${good}\uDC80${new TextDecoder('utf-8', {ignoreBOM: true}).decode(rest)}`;
    }
}

/**
 * @param {import('node:fs').Stats} status
 * @param {boolean} isList
 */
function findFault(status, isList) {
    if (status.isDirectory()) {
        return 'it is a directory';
    }
    if (isList && !status.isFile()) {
        return 'it is not a regular file';
    }
    return status.size > (isList ? LIST_SIZE_MAX : POLICY_SIZE_MAX)
        ? 'it is larger than such a file may be' : null;
}

/**
 * @param {FileSystem} fs
 * @param {string} path
 * @param {boolean} isList
 * @returns {{bytes: Uint8Array} | {fault: string}}
 */
function readBytes(fs, path, isList) {
    try {
        const fault = findFault(fs.statSync(path), isList);
        return fault === null ? {bytes: fs.readFileSync(path)} : {fault};
    } catch (error) {
        return {fault: faultOf(error)};
    }
}

/**
 * @param {FileSystem} fs
 * @returns {PolicyFiles}
 */
export function filesOf(fs) {
    return {
        readPolicy(path) {
            const read = readBytes(fs, path, false);
            return 'fault' in read ? read : {text: decodePolicy(read.bytes)};
        },
        readList(path) {
            const read = readBytes(fs, path, true);
            const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
            return 'fault' in read ? read : {text: decoder.decode(read.bytes)};
        },
        stamp(path) {
            try {
                const {dev, ino, size, mtimeNs, ctimeNs} = fs.statSync(path, {bigint: true});
                const age = Date.now() - Number(ctimeNs / 1_000_000n);
                const settled = Math.abs(age) > CLOCK_STEP; // a clock may be ahead
                return {key: [dev, ino, size, mtimeNs].join(' '), settled};
            } catch (error) {
                return {key: faultOf(error), settled: true};
            }
        },
    };
}

/**
 * The files of a runtime that hands out Node's modules without an import (Deno, Bun, Node 22);
 * null in workers, which have none.
 * @returns {PolicyFiles | null}
 */
export function runtimeFiles() {
    const {process} = /** @type {{process?: any}} */ (globalThis);
    const fs = process?.getBuiltinModule?.('node:fs');
    return fs ? filesOf(fs) : null;
}
