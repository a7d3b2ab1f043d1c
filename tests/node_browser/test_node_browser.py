# SPDX-License-Identifier: MIT
"""createBrowser of the Node package: its tests in JavaScript, and what only other processes see."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.node_tests import run_node_tests
from tests.support.started import ENDS_WITH_US

HERE = Path(__file__).resolve().parent
FILES = sorted(HERE.glob("page_*.test.mjs"))
SECONDS = 120.0  # far above what any of it takes
CALLS = 350
GROWTH_MAX = 1 << 20  # bytes: a leak of 1.5 KB a call would be more


def run_node(*arguments: str) -> str:
    done = subprocess.run([*ENDS_WITH_US, "node", *arguments], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_in_javascript(file: Path) -> None:
    assert run_node_tests(file) > 10


def leaves() -> list[str]:
    left: list[str] = json.loads(run_node(str(HERE / "exits_by_itself.mjs")))
    return left


@pytest.mark.parametrize("what", leaves())
def test_process_ends_by_itself(what: str) -> None:
    assert run_node(str(HERE / "exits_by_itself.mjs"), what) == f"left {what}\n"


def test_memory_is_flat() -> None:
    first, *later = json.loads(run_node("--expose-gc", str(HERE / "memory_flat.mjs"), str(CALLS)))
    assert max(round["heap"] for round in later) - first["heap"] < GROWTH_MAX
    assert all(round["engine"] == first["engine"] for round in later)
