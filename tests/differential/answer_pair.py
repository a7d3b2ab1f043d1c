# SPDX-License-Identifier: MIT
"""Two parties that answer the same questions, and what comes of asking both.

A case is a value as JSON has it, so that it can be printed, kept and made smaller without knowing
what it means. A round of a pair is drawn from a seed alone: the same seed asks the same again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

Json = dict[str, Any]


class Unaskable(Exception):
    """A case that has no answers to compare: it was made so small that it means nothing."""


@dataclass(frozen=True)
class Disagreement:
    case: Json  # all that is needed to see it again
    told: str  # what each party said, or which invariant broke
    whole: bool = False  # the case shows nothing once it is made smaller


@dataclass
class Round:
    """What came of some cases."""

    executions: int = 0  # answers that were held against another party's, or an invariant
    disagreements: list[Disagreement] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)  # which kinds of answers came up

    def add(self, other: Round) -> None:
        self.executions += other.executions
        self.disagreements += other.disagreements
        self.outcomes += other.outcomes


@dataclass(frozen=True)
class Pair:
    """`draw` makes the cases of a round; `compare` asks both parties about each of them.

    `compare` gets an empty folder for its files. It is also asked about single cases that were
    made smaller, and raises Unaskable where such a case cannot be put to both.
    """

    name: str
    parties: str
    draw: Callable[[Random], list[Json]]
    compare: Callable[[list[Json], Path], Round]


def round_random(pair: str, seed: int, number: int) -> Random:
    """Where the cases of a round come from."""
    return Random(f"{seed}/{pair}/{number}")
