# SPDX-License-Identifier: MIT
"""What is in the package: these files and no others, with their licenses, and nothing beside it."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path

import pytest

from tests.node_package.package_install import node, run, tarball

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
TARBALL_MAX = 650_000


@pytest.fixture(scope="module")
def package(project: Path) -> Path:
    return project / "node_modules" / "libcors"


def test_files(package: Path) -> None:
    found = sorted(str(path.relative_to(package)) for path in package.rglob("*") if path.is_file())
    assert found == (FOLDER / "files.manifest").read_text().splitlines()


def test_nothing_else_is_installed(project: Path) -> None:
    tree = json.loads(run(["npm", "ls", "--all", "--json", "--loglevel=error"], project))
    assert list(tree["dependencies"]) == ["libcors"]
    assert "dependencies" not in tree["dependencies"]["libcors"]


def test_manifest(package: Path) -> None:
    manifest = json.loads((package / "package.json").read_text())
    wanted = {"dependencies", "optionalDependencies", "devDependencies", "scripts", "imports"}
    assert not wanted & set(manifest)
    told = {**manifest["exports"], "bin": manifest["bin"]}
    targets = re.findall(r': "\./([\w.]+)"', json.dumps(told))
    missing = [target for target in targets if not (package / target).is_file()]
    assert len(targets) > 10 and not missing


def test_version_is_the_engines(project: Path, package: Path) -> None:
    manifest = json.loads((package / "package.json").read_text())
    meson = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text())
    assert meson and manifest["version"] == meson[1]


def test_licenses_of_what_is_bundled(package: Path) -> None:
    text = (package / "LICENSE").read_text()
    assert text.startswith((ROOT / "LICENSE").read_text().strip())
    assert "Copyright Eemeli Aro" in text and "ISC" not in text.split("Eemeli Aro")[0]
    assert "public_suffix_list.dat" in text and "https://mozilla.org/MPL/2.0/" in text


def test_fetch_entry_asks_for_no_module(project: Path) -> None:
    told = node(project, """
        import {readFileSync} from 'node:fs';
        import {SourceTextModule} from 'node:vm';
        const text = readFileSync('node_modules/libcors/libcors_fetch.js', 'utf8');
        console.log(JSON.stringify(new SourceTextModule(text).dependencySpecifiers));
    """, options=("--experimental-vm-modules", "--no-warnings"))
    assert json.loads(told) == []


def test_sizes(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tarfile.open(tarball()) as archive:
        whole = sum(member.size for member in archive)
    packed = tarball().stat().st_size
    with capsys.disabled():
        print(f"\nlibcors-0.1.0.tgz {packed:,} bytes, {whole:,} unpacked; libcors.wasm "
              f"{(package / 'libcors.wasm').stat().st_size:,}")
    assert packed < TARBALL_MAX
