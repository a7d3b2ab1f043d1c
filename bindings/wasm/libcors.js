// SPDX-License-Identifier: MIT
/**
 * The engine of libcors as WebAssembly. libcors.d.ts says what everything here does; the decisions
 * are all the module's.
 */

import {applyDecision} from './decision_lines.js';
import {WasmBrowser} from './wasm_browser.js';
import {Engine, STATUS} from './wasm_engine.js';
import {explain} from './wasm_explain.js';
import {WasmJudge} from './wasm_judge.js';
import {WasmPolicyBuilder, decide} from './wasm_policy.js';
import {readRegex} from './wasm_regex.js';
import {simulate} from './wasm_simulate.js';
import {encoder} from './wasm_record.js';
import {readTables} from './wasm_tables.js';

export {jsonLine} from './json_line.js';

/**
 * @typedef {import('./libcors.js').BrowserName} BrowserName
 * @typedef {import('./libcors.js').Cors} Cors
 * @typedef {import('./libcors.js').Scenario} Scenario
 * @typedef {import('./libcors.js').ServerRequest} ServerRequest
 */

/** @implements {Cors} */
class WasmCors {
    #engine;
    #names;
    #suffixes = 0; // where the list is in the module's memory
    /** @type {WasmJudge | null} */
    #judge = null;

    /** @param {WebAssembly.Instance} instance */
    constructor(instance) {
        this.#engine = new Engine(instance);
        this.#names = readTables(this.#engine);
        this.version = this.#names.version;
        this.tables = this.#names.tables;
    }

    get hasSuffixes() {
        return this.#suffixes !== 0;
    }

    /** @param {Uint8Array} bytes */
    loadSuffixes(bytes) {
        if (!(bytes instanceof Uint8Array)) {
            throw new TypeError('the suffixes must be bytes, a Uint8Array');
        }
        const address = this.#engine.allocate(bytes.length);
        this.#engine.write(address, bytes);
        if (this.#engine.exports.suffixes_load(address, bytes.length) !== STATUS.OK) {
            this.#engine.release(address);
            throw new TypeError('these bytes are no suffix list, or one for another version');
        }
        this.#engine.release(this.#suffixes); // a list is borrowed until the next is loaded
        this.#suffixes = address;
    }

    /** @param {{environment?: string}} [options] */
    createBuilder(options = {}) {
        return new WasmPolicyBuilder(this.#engine, this.#names, options.environment ?? '');
    }

    /**
     * @param {any} policy
     * @param {ServerRequest} request
     */
    decide(policy, request) {
        return decide(this.#engine, this.#names, policy, request);
    }

    /**
     * @param {any} policy
     * @param {import('./libcors.js').ArrivedRequest} request
     */
    judge(policy, request) {
        this.#judge ??= new WasmJudge(this.#forServers(), this.#names);
        return this.#judge.judge(policy, request);
    }

    /**
     * @param {string} source
     * @param {import('./libcors.js').RegexFlags} [flags]
     */
    readRegex(source, flags = {}) {
        return readRegex(this.#forServers(), source, flags);
    }

    /** @param {string} domain */
    isPublicSuffix(domain) {
        const engine = this.#forServers();
        const bytes = encoder.encode(domain);
        return engine.exports.is_public_suffix(engine.place(bytes), bytes.length) !== 0;
    }

    #forServers() {
        if (this.#engine.exports.judge === undefined) {
            throw new TypeError('this module is the one for pages: build.sh makes one for servers');
        }
        return this.#engine;
    }

    /**
     * @param {import('./libcors.js').Decision} decision
     * @param {import('./libcors.js').FieldLine[]} headers
     */
    applyDecision(decision, headers) {
        return applyDecision(this.#engine, this.tables.fields, decision, headers);
    }

    /**
     * @param {Scenario} scenario
     * @param {{browser?: BrowserName}} [options]
     */
    simulate(scenario, options = {}) {
        return simulate(this.#engine, this.#names, scenario, options.browser ?? 'standard');
    }

    /** @param {string} text */
    explain(text) {
        return explain(this.#engine, this.#names, text);
    }

    /** @param {BrowserName} [name] */
    createBrowser(name = 'standard') {
        return new WasmBrowser(this.#engine, this.#names, name);
    }
}

/**
 * @param {BufferSource | WebAssembly.Module} wasm
 * @returns {Promise<import('./libcors.js').Cors>}
 */
export async function loadCors(wasm) {
    const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
    return new WasmCors(await WebAssembly.instantiate(module, {}));
}

/**
 * @param {BufferSource | WebAssembly.Module} wasm
 * @returns {import('./libcors.js').Cors}
 */
export function loadCorsSync(wasm) {
    const module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
    return new WasmCors(new WebAssembly.Instance(module, {}));
}
