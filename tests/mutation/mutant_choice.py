# SPDX-License-Identifier: MIT
"""Which mutants are tried: a share of those of each file, drawn by a seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.mutation.c_source import Source
from tests.mutation.mutant import Mutant
from tests.mutation.mutations import all_changes

EACH_FILE_MIN = 5  # so that a small file, which may hold what matters most, has its share


def find_mutants(file: Path) -> list[Mutant]:
    """Every mutant of a file, in the order of their places."""
    source = Source(file.read_text())
    found = [(change, region.name) for region, change in all_changes(source)]
    seen: Counter[tuple[str, ...]] = Counter()
    mutants = []
    for change, function in sorted(found, key=lambda pair: (pair[0].start, pair[0].kind)):
        code = source.line_at(change.start)
        before = source.text[change.start:change.end]
        same = (function, code, change.kind, before, change.after)
        mutants.append(Mutant(
            file=file.name, line=source.line_number(change.start), function=function, code=code,
            kind=change.kind, before=before, after=change.after, again=seen[same],
            start=change.start, end=change.end))
        seen[same] += 1
    return mutants


def find_all(folder: Path) -> dict[str, list[Mutant]]:
    """The mutants of each file of a folder that has any."""
    files = sorted(folder.glob("*.[ch]"))
    return {file.name: mutants for file in files if (mutants := find_mutants(file))}


def choose(mutants: dict[str, list[Mutant]], seed: int, count: int) -> list[Mutant]:
    """About `count` of them. What a file's share is hangs on it alone, so that a change of one
    file leaves the mutants of the others what they were, nearly always."""
    total = sum(len(found) for found in mutants.values())
    chosen = []
    for found in mutants.values():
        share = max(EACH_FILE_MIN, round(count * len(found) / total))
        chosen += sorted(found, key=lambda mutant: mutant.rank(seed))[:share]
    return sorted(chosen)


def sample(chosen: list[Mutant], seed: int, count: int) -> list[Mutant]:
    return sorted(sorted(chosen, key=lambda mutant: mutant.rank(seed + 1))[:count])
