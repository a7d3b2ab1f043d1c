# SPDX-License-Identifier: MIT
"""A round of each pair; `make differential` runs many.

CORS_DIFFERENTIAL_SEED changes what is asked. A failure prints the line that asks it again.
"""

from __future__ import annotations

import os

import pytest

from tests.differential.answer_pair import Pair
from tests.differential.differential_run import run_pair
from tests.differential.pair_list import PAIRS

SEED = int(os.environ.get("CORS_DIFFERENTIAL_SEED", "20261121"))

# What a round compares at least, and how many kinds of answers come up in it at least: else it is
# asked too little, or too far from the border.
LEAST = {
    "decide-oracle": (400, 10), "decide-nginx": (1000, 8), "decide-bindings": (1000, 10),
    "judge-bindings": (500, 15), "lint-bindings": (50, 20), "simulate-model": (300, 10),
    "simulate-bindings": (500, 30), "simulate-decide": (500, 5), "closed-loop": (5000, 2),
    "explain-bindings": (50, 10),
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair.name))
def test_a_round(pair: Pair) -> None:
    outcome = run_pair(pair, SEED, 0)
    assert outcome.disagreements == 0, outcome.report
    executions, kinds = LEAST[pair.name]
    assert outcome.executions >= executions, outcome.executions
    assert len(outcome.outcomes) >= kinds, outcome.outcomes
