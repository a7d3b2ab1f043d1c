// SPDX-License-Identifier: MIT
/** Types for CommonJS, made of those for ES modules. */

const TYPE = /^export (?:interface|type|class) (\w+)(?:<(\w+) extends (\w+) = (\w+)>)?/gm;

/** The types that declarations export, by other names. @param {string} types */
function aliasesOf(types) {
    return [...types.matchAll(TYPE)].map(([, name, parameter, limit, usual]) => parameter
        ? `  type ${name}<${parameter} extends ${limit} = ${usual}> = all.${name}<${parameter}>;\n`
        : `  type ${name} = all.${name};\n`).join('');
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
    const aliases = aliasesOf(modules.libcors + modules.libcors_types);
    return {
        ...common,
        libcors_all: common.libcors,
        libcors: `// SPDX-License-Identifier: MIT\nimport all = require('./libcors_all.cjs');\n\n` +
            'declare const cors: typeof all.cors & typeof all;\n' +
            `declare namespace cors {\n${aliases}}\nexport = cors;\n`,
    };
}
