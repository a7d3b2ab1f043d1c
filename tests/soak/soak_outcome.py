# SPDX-License-Identifier: MIT
"""What clients count, handed from their process to the run's in a file."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SHOWN_MAX = 20  # of complaints: the first ones tell


@dataclass
class Outcome:
    counts: Counter[str] = field(default_factory=Counter)
    longest: dict[str, float] = field(default_factory=dict)  # seconds
    wrong: list[str] = field(default_factory=list)  # answers that no policy in force gives
    failed: list[str] = field(default_factory=list)  # requests that nothing excuses

    def complain(self, kind: str, words: str) -> None:
        """`kind` is wrong or failed; all are counted, the first are kept."""
        self.counts[kind] += 1
        kept = self.wrong if kind == "wrong" else self.failed
        if len(kept) < SHOWN_MAX:
            kept.append(words)

    def note_seconds(self, what: str, seconds: float) -> None:
        self.longest[what] = max(self.longest.get(what, 0.0), seconds)

    def add(self, other: Outcome) -> None:
        self.counts += other.counts
        self.wrong = (self.wrong + other.wrong)[:SHOWN_MAX]
        self.failed = (self.failed + other.failed)[:SHOWN_MAX]
        for what, seconds in other.longest.items():
            self.note_seconds(what, seconds)

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(vars(self)))

    @staticmethod
    def read(file: Path) -> Outcome:
        values = json.loads(file.read_text())
        return Outcome(Counter(values["counts"]), values["longest"], values["wrong"],
                       values["failed"])
