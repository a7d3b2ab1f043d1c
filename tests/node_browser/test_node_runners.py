# SPDX-License-Identifier: MIT
"""docs/testing_with_a_browser.md: its programs run as written, in node:test, Vitest and Jest."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import node_modules
from tests.support.started import ENDS_WITH_US

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "testing_with_a_browser.md"
SECONDS = 120.0  # far above what a run takes
FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIRST_USE = re.compile(r"^app\.use\(.*?^\}\);\n", re.MULTILINE | re.DOTALL)
LEFT_OUT = "..."

# How to run the file of a runner.
RUNNERS = {
    "shop.vitest.test.mjs": ["node", "node_modules/vitest/vitest.mjs", "run"],
    "shop.jest.test.js": ["node", "node_modules/jest/bin/jest.js", "--ci", "--rootDir", "."],
}
STORY = [
    "The browser blocked the call.",
    "├─ OPTIONS /orders/1 ──────────────────────────────── preflight ──▶│",
    "◀─ 401 Unauthorized ─",
    "^^^",
    "✗ blocked: preflight-status, at the preflight",
    "status 204",
    "await expectAllowed(page.fetch(",
]


@dataclass(frozen=True)
class Run:
    code: int
    lines: list[str]


def fences() -> list[tuple[str, str, str]]:
    return FENCE.findall(PAGE.read_text())


FILES = {name: text for word, name, text in fences() if word == "js"}
CONSOLES = [text for word, _, text in fences() if word == "console"]


def mended() -> str:
    program, count = FIRST_USE.subn(lambda _: FILES["shop.js (mended)"], FILES["shop.js"], count=1)
    assert count == 1
    return program


@pytest.fixture(scope="session", name="packages")
def install_packages() -> list[Path]:
    """What `npm install` would bring: the package as it is published, Express, and the runners."""
    subprocess.run([ROOT / "bindings" / "node" / "build"], check=True, stdin=subprocess.DEVNULL)
    node_modules.install()
    node_modules.install(HERE)
    return [*node_modules.MODULES.iterdir(), *(HERE / "node_modules").iterdir()]


def make_project(folder: Path, packages: list[Path], program: str, test: str) -> None:
    (folder / "package.json").write_text('{"private": true}\n')
    (folder / "shop.js").write_text(program)
    (folder / test).write_text(FILES[test])
    modules = folder / "node_modules"
    modules.mkdir()
    for package in packages:
        if not (modules / package.name).exists():
            (modules / package.name).symlink_to(package)
    shutil.copytree(ROOT / "build" / "node" / "libcors", modules / "libcors")


def run(folder: Path, command: list[str]) -> Run:
    """The process has to end by itself, with a browser that nobody closes."""
    done = subprocess.run(
        [*ENDS_WITH_US, "env", "-u", "NODE_TEST_CONTEXT", "NO_COLOR=1", *command], cwd=folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=SECONDS, check=False)
    return Run(done.returncode, [line.rstrip() for line in done.stdout.splitlines()])


def check_shown(shown: list[str], printed: list[str]) -> None:
    """The page's lines are printed in their order; "..." stands for any lines, "…" for a part."""
    position = 0
    free = True
    for line in shown:
        if line == LEFT_OUT:
            free = True
            continue
        pattern = re.compile(re.escape(line).replace("…", ".*"))
        found = [at for at, text in enumerate(printed[position:], position)
                 if pattern.fullmatch(text)]
        assert found and (free or found[0] == position), "\n".join(["missing:", line, *printed])
        position, free = found[0] + 1, False


@pytest.mark.parametrize("number", [0, 1], ids=["fails", "mended"])
def test_page_as_written(number: int, tmp_path: Path, packages: list[Path]) -> None:
    command, *shown = CONSOLES[number].splitlines()
    program = mended() if number else FILES["shop.js"]
    make_project(tmp_path, packages, program, "shop.test.mjs")
    ran = run(tmp_path, command.removeprefix("$ ").split())
    check_shown([line.rstrip() for line in shown], ran.lines)
    assert ran.code == (0 if number else 1)


@pytest.mark.parametrize("test", RUNNERS)
def test_other_runners(test: str, tmp_path: Path, packages: list[Path]) -> None:
    make_project(tmp_path, packages, FILES["shop.js"], test)
    failed = run(tmp_path, [*RUNNERS[test], test])
    assert failed.code == 1
    text = "\n".join(failed.lines)
    for words in STORY:
        assert words in text, text
    assert "Bearer 123" not in text.replace("'Authorization': 'Bearer 123'", "")
    (tmp_path / "shop.js").write_text(mended())
    passed = run(tmp_path, [*RUNNERS[test], test])
    assert passed.code == 0, "\n".join(passed.lines)
