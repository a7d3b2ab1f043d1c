// SPDX-License-Identifier: MIT
/** Types for CommonJS, made of those for ES modules. */

/** Names of types that declarations export. @param {string} types */
function typeNames(types) {
    return [...types.matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(([, name]) => name);
}

/**
 * What the ES modules export, for CommonJS. require('libcors') is its default export, with all
 * others in it.
 * @param {Record<string, string>} modules texts of .d.ts files by their name without that
 * @returns {Record<string, string>} texts of .d.cts files, likewise
 */
export function commonTypes(modules) {
    const common = Object.fromEntries(Object.entries(modules).map(([name, types]) =>
        [name, types.replaceAll(/(['"]\.\/\w+)\.js(['"])/g, '$1.cjs$2')]));
    const names = typeNames(modules.libcors + modules.libcors_types);
    const aliases = names.map((name) => `  type ${name} = all.${name};\n`).join('');
    return {
        ...common,
        libcors_all: common.libcors,
        libcors: `// SPDX-License-Identifier: MIT\nimport all = require('./libcors_all.cjs');\n\n` +
            'declare const cors: typeof all.cors & typeof all;\n' +
            `declare namespace cors {\n${aliases}}\nexport = cors;\n`,
    };
}
