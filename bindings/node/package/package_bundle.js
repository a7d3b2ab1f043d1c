// SPDX-License-Identifier: MIT
/**
 * Puts the package together: node package/package_bundle.js ENGINE-FOLDER OUTPUT-FOLDER
 *
 *     implementation.cjs              everything, for Node; the other .cjs and .js stand around it
 *     libcors_fetch.js                whole in itself, for what is not Node
 *     *.d.ts, *.d.cts                 types for both module systems
 *
 * The engine and the public suffix list are inside both, so that bundlers have nothing to find.
 */

import {copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

import {build} from 'esbuild';

import {licensesOf} from './package_licenses.js';
import {commonTypes} from './package_types.js';

const sources = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** @typedef {{engine: string, output: string}} Places */

/** A function that gives a file's bytes anew. @param {string} name @param {string} file */
function embedded(name, file) {
    const base64 = readFileSync(file).toString('base64');
    return `export const ${name} = () => bytesOf('${base64}');\n`;
}

/**
 * Has the bytes themselves stand in place of embedded_files.js.
 * @param {string} engine
 * @returns {import('esbuild').Plugin}
 */
function embedFiles(engine) {
    const decode = `function bytesOf(base64) {
        const text = atob(base64);
        const bytes = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i++) {
            bytes[i] = text.charCodeAt(i);
        }
        return bytes;
    }
    `;
    return {
        name: 'embedded files',
        setup({onLoad}) {
            onLoad({filter: /[/\\]embedded_files\.js$/}, () => ({
                contents: decode + embedded('wasmBytes', join(engine, 'libcors.wasm')) +
                    embedded('suffixBytes', join(engine, 'suffixes.bin')),
            }));
        },
    };
}

/**
 * @param {Places} places
 * @param {string} entry
 * @param {import('esbuild').BuildOptions} options
 */
function bundle({engine, output}, entry, options) {
    return build({
        entryPoints: [join(sources, entry)],
        bundle: true,
        target: 'node18',
        charset: 'utf8',
        legalComments: 'none',
        logLevel: 'warning',
        // The other one is CommonJS, of which all would be bundled.
        alias: {yaml: join(sources, '../wasm/node_modules/yaml/browser/index.js')},
        banner: {js: '// libcors. MIT; LICENSE has the notices of what is bundled.'},
        plugins: [embedFiles(engine)],
        absWorkingDir: output,
        ...options,
    });
}

/**
 * An ES module around a CommonJS one.
 * @param {string} common
 * @param {object} exports what it exports
 */
function moduleAround(common, exports) {
    const names = Object.keys(exports).filter((name) => name !== 'default').sort();
    return `import entry from './${common}';\n` +
        names.map((name) => `export const ${name} = entry.${name};\n`).join('') +
        ('default' in exports ? 'export default entry;\n' : '');
}

/** @param {string} output */
function writeEntries(output) {
    const {libcors, fetch, cli} = require(join(output, 'implementation.cjs'));
    const all = 'require("./implementation.cjs")';
    const texts = {
        // What require() gives is the middleware's function itself, with all exports in it.
        'libcors.cjs': `const {libcors} = ${all};\n` +
            'module.exports = Object.assign(libcors.cors, libcors);\n',
        'libcors_fetch.cjs': `module.exports = {...${all}.fetch};\n`,
        'libcors_cli.cjs': `module.exports = {...${all}.cli};\n`,
        'libcors_command.cjs': `#!/usr/bin/env node\n${all}.cli.main();\n`,
        'libcors.js': moduleAround('libcors.cjs', libcors),
        'libcors_fetch_node.js': moduleAround('libcors_fetch.cjs', fetch),
        'libcors_cli.js': moduleAround('libcors_cli.cjs', cli),
    };
    for (const [file, text] of Object.entries(texts)) {
        writeFileSync(join(output, file), text);
    }
}

/** @param {string} output */
function writeTypes(output) {
    const names = ['libcors', 'libcors_types', 'libcors_fetch', 'libcors_cli'];
    const modules = Object.fromEntries(names.map((name) =>
        [name, readFileSync(join(sources, `${name}.d.ts`), 'utf8')]));
    const write = (/** @type {string} */ suffix) =>
        (/** @type {[string, string]} */ [name, types]) =>
            writeFileSync(join(output, name + suffix), types);
    Object.entries(modules).forEach(write('.d.ts'));
    Object.entries(commonTypes(modules)).forEach(write('.d.cts'));
}

/** package.json without what only its makers need. @param {string} output */
function writeManifest(output) {
    const manifest = JSON.parse(readFileSync(join(sources, 'package.json'), 'utf8'));
    delete manifest.devDependencies;
    writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @param {Places} places */
async function writePackage(places) {
    const {engine, output} = places;
    await bundle(places, 'package/package_entry.js',
        {format: 'cjs', platform: 'node', outfile: 'implementation.cjs'});
    await bundle(places, 'libcors_fetch.js',
        {format: 'esm', platform: 'neutral', outfile: 'libcors_fetch.js'});
    writeEntries(output);
    writeTypes(output);
    writeManifest(output);
    copyFileSync(join(engine, 'libcors.wasm'), join(output, 'libcors.wasm'));
    copyFileSync(join(sources, 'README.md'), join(output, 'README.md'));
    writeFileSync(join(output, 'LICENSE'), licensesOf(sources));
}

const [engine, output] = process.argv.slice(2);
await writePackage({engine: resolve(engine), output: resolve(output)});
