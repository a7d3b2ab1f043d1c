# SPDX-License-Identifier: MIT
"""The module itself: what it asks of its host, what it shows, how large it is and stays."""

from __future__ import annotations

import json
from pathlib import Path

from tests.wasm.wasm_engine import MODULE, ask, run_node

FOLDER = Path(__file__).resolve().parent
SIZE_MAX = 100_000
CHURN_ROUNDS = 6  # of thousands of calls each


def test_imports_nothing() -> None:
    assert json.loads(ask([{"do": "module"}])[0])["imports"] == []


def test_exports_are_those_of_the_manifest() -> None:
    exports = json.loads(ask([{"do": "module"}])[0])["exports"]
    assert sorted(exports) == (FOLDER / "exports.manifest").read_text().splitlines()


def test_size() -> None:
    assert 10_000 < MODULE.stat().st_size < SIZE_MAX


def test_memory_does_not_grow() -> None:
    """Policies, calls, browsers, explanations and Unicode labels: all of it is given back."""
    sizes = run_node(FOLDER / "memory_churn.mjs", [str(CHURN_ROUNDS)]).split()
    assert len(sizes) == CHURN_ROUNDS
    assert set(sizes) == {sizes[0]}
