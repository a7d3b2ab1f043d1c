# SPDX-License-Identifier: MIT
"""One change of one place of a source file, and a name for it that outlives other changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A piece of a file and what stands there instead."""

    kind: str
    start: int
    end: int
    after: str


@dataclass(frozen=True, order=True)
class Mutant:
    file: str  # its name in src/core
    line: int
    function: str  # or table, or enum
    code: str  # the line, which names the place better than its number
    kind: str
    before: str
    after: str
    again: int  # which one of those that are the same but for their place
    start: int
    end: int

    @property
    def name(self) -> tuple[str, str, str, str, str, str, int]:
        """What stays as it is while the file changes elsewhere."""
        return (self.file, self.function, self.code, self.kind, self.before, self.after, self.again)

    def rank(self, seed: int) -> str:
        """Puts mutants into an order that nothing but the seed and their names decides."""
        return hashlib.sha256(repr((seed, *self.name)).encode()).hexdigest()

    def applied(self, text: str) -> str:
        if text[self.start:self.end] != self.before:
            raise ValueError(f"{self.file} changed while its mutants were made")
        return text[:self.start] + self.after + text[self.end:]

    def changed_lines(self, text: str) -> tuple[str, str]:
        """Its lines before and after, each as one."""
        first = text.rfind("\n", 0, self.start) + 1
        last = (text + "\n").index("\n", self.end)
        before = text[first:last]
        after = text[first:self.start] + self.after + text[self.end:last]
        return " ".join(before.split()), " ".join(after.split())
