// SPDX-License-Identifier: MIT
// What the engine makes of a policy file: its findings, the policy, and the values that were read,
// for choosing what to ask about and for writing the same policy in other words.

/**
 * @typedef {import('../../../bindings/wasm/libcors.js').Cors} Cors
 * @typedef {import('../../../bindings/wasm/libcors.js').Policy} Policy
 * @typedef {import('../../../bindings/wasm/libcors.js').PolicyBuilder} PolicyBuilder
 * @typedef {import('../../../bindings/wasm/libcors.js').Problem} Problem
 * @typedef {import('../../../bindings/wasm/policy_yaml.js').LintOptions} LintOptions
 * @typedef {import('../rooms.js').Shell} Shell
 * @typedef {import('./policy_state.js').PolicyState} PolicyState
 * @typedef {import('./policy_state.js').Named} Named
 *
 * The values of one policy, by key, in the order in which they were read.
 * @typedef {Map<string, string[]>} PolicyValues
 *
 * @typedef {{
 *   text: string, environment: string, problems: Problem[], policy: Policy | null,
 *   policies: PolicyValues[], environments: string[],
 * }} PolicyReading
 */

export const POLICY_FILE = 'cors.yaml';

/**
 * The builder's own methods, with a note of what they are told.
 *
 * @param {PolicyBuilder} builder
 * @param {string} environment
 * @param {PolicyValues[]} policies
 * @param {Set<string>} environments
 */
function notingBuilder(builder, environment, policies, environments) {
    /** @param {string} key @param {string} value */
    const note = (key, value) => {
        const values = policies.at(-1);
        values?.set(key, [...values.get(key) ?? [], value]);
    };
    /** @type {Partial<PolicyBuilder>} */
    const noting = {
        beginPolicy(position) {
            policies.push(new Map());
            builder.beginPolicy(position);
        },
        add(key, value, position) {
            note(key, value);
            builder.add(key, value, position);
        },
        addOriginFor(wanted, origin, position) {
            environments.add(wanted);
            if (wanted === '' || wanted === environment) {
                note('allow_origins', origin);
            }
            builder.addOriginFor(wanted, origin, position);
        },
        hasEnvironment(wanted) {
            environments.add(wanted);
            builder.hasEnvironment(wanted);
        },
    };
    return new Proxy(builder, {
        get(target, name) {
            const own = Reflect.get(noting, name) ?? Reflect.get(target, name, target);
            return typeof own === 'function' ? own.bind(target) : own;
        },
    });
}

/**
 * The engine, but for builders that note what they are told.
 *
 * @param {Cors} cors
 * @param {string} environment
 * @param {PolicyValues[]} policies
 * @param {Set<string>} environments
 * @returns {Cors}
 */
function notingEngine(cors, environment, policies, environments) {
    return new Proxy(cors, {
        get(target, name) {
            if (name === 'createBuilder') {
                return (/** @type {{environment?: string}} */ options) => notingBuilder(
                    target.createBuilder(options), environment, policies, environments);
            }
            const own = Reflect.get(target, name, target);
            return typeof own === 'function' ? own.bind(target) : own;
        },
    });
}

/** @param {Named[]} named */
function byName(named) {
    return Object.fromEntries(named.filter(({name}) => name !== '')
        .map(({name, value}) => [name, value]));
}

/**
 * @param {PolicyState} state
 * @returns {LintOptions & {environment: string}}
 */
function optionsOf(state) {
    return {
        file: POLICY_FILE, environment: state.environment || 'production',
        variables: byName(state.variables), files: byName(state.files),
    };
}

/**
 * Brings the reader of policies, and returns what reads one. The policy that it returns is the
 * caller's to release.
 *
 * @param {Shell} shell
 */
export async function loadPolicyReader(shell) {
    const [{lintPolicy}] = await Promise.all([
        import('../../../bindings/wasm/policy_yaml.js'),
        shell.loadLint(), // the public suffixes
    ]);
    /**
     * @param {PolicyState} state
     * @returns {PolicyReading}
     */
    return (state) => {
        const options = optionsOf(state);
        /** @type {PolicyValues[]} */
        const policies = [];
        /** @type {Set<string>} */
        const environments = new Set();
        const engine = notingEngine(shell.cors, options.environment, policies, environments);
        const {problems, policy} = lintPolicy(engine, state.policy, options);
        return {text: state.policy, environment: options.environment, problems, policy, policies,
            environments: [...environments].filter(Boolean)};
    };
}
