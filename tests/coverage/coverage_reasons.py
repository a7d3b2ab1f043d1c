# SPDX-License-Identifier: MIT
"""Why no test reaches some outcomes: coverage_reasons.json, held against what was counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.coverage.coverage_reading import FileCoverage, Outcome

REASONS = Path(__file__).resolve().parent / "coverage_reasons.json"


@dataclass(frozen=True)
class Reason:
    """A sentence, and the outcomes that it is about, each written as str(Outcome)."""
    sentence: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What reasons and counts do not agree about."""
    unexplained: tuple[Outcome, ...]  # unreached, and nothing says why
    needless: tuple[str, ...]  # explained, and reached or gone


def read_reasons(path: Path = REASONS) -> list[Reason]:
    return [Reason(each["reason"], tuple(each["never"])) for each in json.loads(path.read_text())]


def judge(files: Iterable[FileCoverage], reasons: Iterable[Reason]) -> Verdict:
    """The same condition twice in one function wants to be named twice."""
    left = Counter(outcome for reason in reasons for outcome in reason.outcomes)
    unexplained = []
    for outcome in (each for one in files for each in one.unreached):
        if left[str(outcome)] > 0:
            left[str(outcome)] -= 1
        else:
            unexplained.append(outcome)
    return Verdict(tuple(unexplained), tuple(sorted(left.elements())))
