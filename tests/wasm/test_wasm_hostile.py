# SPDX-License-Identifier: MIT
"""What nobody means: the engine refuses it with a sentence, and answers as before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.wasm.wasm_engine import run_node

FOLDER = Path(__file__).resolve().parent
COUNT = 400


@pytest.mark.parametrize("seed", range(1, 6))
def test_anything(seed: int) -> None:
    told = json.loads(run_node(FOLDER / "hostile_input.mjs", [str(seed), str(COUNT)]))
    assert told["same"], "the engine answers otherwise than before"
    for what in ("play", "begin", "decide", "explain", "simulate", "build", "lint"):
        # Both, lest the input be all of one kind.
        tally = told["tallies"][what]
        assert tally["answered"] > COUNT / 10, what
        assert what == "lint" or tally["refused"] > 0, what


def test_huge_texts() -> None:
    told = json.loads(run_node(FOLDER / "huge_texts.mjs"))
    assert told["wrong"] == []
    assert told["count"] >= 8
