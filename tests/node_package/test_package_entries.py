# SPDX-License-Identifier: MIT
"""Every way into the package, by import and by require, comes to one implementation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.node_package.package_install import node, run

NAMES = ["PolicyError", "cors", "createBrowser", "default", "expectAllowed", "expectBlocked",
         "fastifyCors", "fromOptions", "honoCors", "koaCors", "withCors"]
FETCH_NAMES = ["PolicyError", "honoCors", "withCors"]


def test_require_gives_the_middleware_with_everything_in_it(project: Path) -> None:
    told = json.loads(node(project, """
        const cors = require('libcors');
        const {createBrowser} = require('libcors');
        console.log(JSON.stringify({
            names: Object.keys(cors).sort(),
            kinds: [typeof cors, typeof cors.fromOptions, typeof createBrowser],
            itself: cors.cors === cors && cors.default === cors,
            middleware: cors({allow_origins: ['https://app.example']}).length,
        }));
    """, "commonjs"))
    assert told == {"names": NAMES, "kinds": ["function"] * 3, "itself": True, "middleware": 3}


def test_import_gives_the_same(project: Path) -> None:
    told = json.loads(node(project, """
        import {createRequire} from 'node:module';
        import cors, * as all from 'libcors';
        const required = createRequire(import.meta.url)('libcors');
        console.log(JSON.stringify({
            names: Object.keys(all).sort(),
            same: cors === required && all.cors === required &&
                all.fromOptions === cors.fromOptions &&
                Object.keys(all).every((name) => all[name] === required[name]),
        }));
    """))
    assert told == {"names": NAMES, "same": True}


def test_fetch_entry_in_node_shares_the_implementation(project: Path) -> None:
    told = json.loads(node(project, """
        import {createRequire} from 'node:module';
        import * as libcors from 'libcors';
        import * as fetch from 'libcors/fetch';
        const required = createRequire(import.meta.url)('libcors/fetch');
        console.log(JSON.stringify({
            names: Object.keys(fetch).sort(), required: Object.keys(required).sort(),
            same: fetch.PolicyError === libcors.PolicyError &&
                required.PolicyError === libcors.PolicyError,
        }));
    """))
    assert told == {"names": FETCH_NAMES, "required": FETCH_NAMES, "same": True}


def test_module_is_exported_and_is_the_engine(project: Path) -> None:
    told = json.loads(node(project, """
        import {readFileSync} from 'node:fs';
        import {createRequire} from 'node:module';
        const require = createRequire(import.meta.url);
        const bytes = readFileSync(require.resolve('libcors/libcors.wasm'));
        const module = new WebAssembly.Module(bytes);
        console.log(JSON.stringify({
            imports: WebAssembly.Module.imports(module),
            judges: WebAssembly.Module.exports(module).some(({name}) => name === 'judge'),
            version: require('libcors/package.json').version,
        }));
    """))
    assert told == {"imports": [], "judges": True, "version": "0.1.0"}


@pytest.mark.parametrize("path", ["libcors/implementation.cjs", "libcors/source/policy_guard.js"])
def test_nothing_else_can_be_imported(project: Path, path: str) -> None:
    told = node(project, f"""
        import('{path}').catch((error) => console.log(error.code));
    """)
    assert told.strip() == "ERR_PACKAGE_PATH_NOT_EXPORTED"


def test_importing_does_nothing_yet(project: Path) -> None:
    """The engine is compiled when the first policy is read."""
    told = node(project, """
        const {Module} = WebAssembly;
        let compiled = 0;
        WebAssembly.Module = new Proxy(Module, {construct(target, given) {
            compiled += 1;
            return new target(...given);
        }});
        const {cors} = await import('libcors');
        const before = compiled;
        cors({allow_origins: ['https://app.example']});
        cors({allow_origins: ['https://other.example']});
        console.log(before, compiled);
    """)
    assert told.split() == ["0", "1"]


def test_refused_policy_says_where_and_why(project: Path) -> None:
    told = json.loads(node(project, """
        import {PolicyError, cors} from 'libcors';
        try {
            cors({allow_origins: ['https://*.co.uk']});
        } catch (error) {
            const {name, code, message, problems} = error;
            console.log(JSON.stringify({
                name, code, message, rules: problems.map(({rule}) => rule),
                known: error instanceof PolicyError,
            }));
        }
    """))
    assert (told["name"], told["code"], told["known"]) == ("PolicyError", "ERR_CORS_POLICY", True)
    assert told["rules"] == ["public-suffix-wildcard"]
    assert "co.uk" in told["message"]


def test_command(project: Path) -> None:
    (project / "cors.yaml").write_text("policies:\n  - allow_origins: [https://app.example]\n")
    command = str(project / "node_modules" / ".bin" / "libcors")
    assert run(["sh", "-c", f"{command} lint cors.yaml 2>&1"], project) == "no problems\n"
    request = json.dumps({"method": "GET", "path": "/", "headers": [
        ["Origin", "https://app.example"]]})
    decided = json.loads(run([command, "decide", "--policy", "cors.yaml"], project, request + "\n"))
    assert decided["allowed"] is True


def test_bundle_of_an_application(project: Path, tmp_path: Path) -> None:
    """A bundler finds all in the package, and the one file works where there is nothing else."""
    esbuild = Path(__file__).resolve().parents[2] / "bindings/node/node_modules/esbuild/bin/esbuild"
    (project / "bundled.mjs").write_text("""
        import {cors} from 'libcors';
        console.log(cors({allow_origins: ['https://app.example']}).length);
    """)
    for form, name in ("cjs", "bundle.cjs"), ("esm", "bundle.mjs"):
        banner = ["--banner:js=import {createRequire} from 'node:module';"
                  "const require = createRequire(import.meta.url);"] if form == "esm" else []
        run(["node", str(esbuild), "bundled.mjs", "--bundle", "--platform=node",
             f"--format={form}", f"--outfile={tmp_path / name}", "--log-level=warning", *banner],
            project)
        assert run(["node", str(tmp_path / name)], tmp_path).strip() == "3"
