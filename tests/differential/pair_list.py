# SPDX-License-Identifier: MIT
"""All pairs, in the order of the table."""

from __future__ import annotations

from tests.differential import (bindings_pair, explain_pair, judge_pair, linting_pair, loop_pairs,
                                nginx_pair, oracle_pair, simulate_pairs)
from tests.differential.answer_pair import Pair

PAIRS = (oracle_pair.PAIR, nginx_pair.PAIR, bindings_pair.PAIR, judge_pair.PAIR,
         linting_pair.PAIR, simulate_pairs.MODEL, simulate_pairs.BINDINGS,
         loop_pairs.LOOP, loop_pairs.CLOSED, explain_pair.PAIR)


def find_pair(name: str) -> Pair:
    return next(pair for pair in PAIRS if pair.name == name)
