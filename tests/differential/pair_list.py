# SPDX-License-Identifier: MIT
"""All pairs, in the order of the table."""

from __future__ import annotations

from tests.differential import bindings_pair, judge_pair, lint_pair, nginx_pair, oracle_pair
from tests.differential.answer_pair import Pair

PAIRS = (oracle_pair.PAIR, nginx_pair.PAIR, bindings_pair.PAIR, judge_pair.PAIR,
         lint_pair.PAIR)


def find_pair(name: str) -> Pair:
    return next(pair for pair in PAIRS if pair.name == name)
