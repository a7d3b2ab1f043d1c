# SPDX-License-Identifier: MIT
"""What llvm-cov exports, read into lines and outcomes of conditions, file by file.

A function that stands inline in a header is exported once for each file that includes it, and one
that is built in several ways once for each of them. These are one here: a line or an outcome counts
as reached if it is in any of them. What a macro makes counts at each of its expansions by itself.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

# Conditions that are known when the core is built; it is tested in both builds.
KNOWN_AT_BUILD_TIME = {"BUILT_FOR_SIZE"}


class Segment(NamedTuple):
    """From here on the source is run `times` times, if it is counted at all."""
    line: int
    column: int
    times: int
    counted: bool
    entry: bool
    gap: bool


class Span(NamedTuple):
    line: int
    column: int
    end_line: int
    end_column: int


class Spot(NamedTuple):
    """A condition, told apart from the same in another function or another macro's expansion."""
    file: str
    function: str
    start_line: int
    expansion: int
    written_in: str
    span: Span


@dataclass(frozen=True, order=True)
class Outcome:
    """That a condition is true, or that it is false, and that no test makes it so."""
    file: str
    line: int
    function: str
    condition: str
    never: str

    def __str__(self) -> str:
        """Without its line, so that it stays the same while others come and go."""
        return f"{self.file} {self.function}(): {self.condition} is never {self.never}"


@dataclass
class FileCoverage:
    """Of one file: how many there are, and which of them no test reaches."""
    name: str
    lines: int = 0
    unreached_lines: list[int] = field(default_factory=list)
    outcomes: int = 0
    unreached: list[Outcome] = field(default_factory=list)


class Sources:
    """The text of what is counted."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def text(self, file: str, span: Span) -> str:
        """What stands in a span, in one line."""
        if file not in self._lines:
            self._lines[file] = Path(file).read_text().split("\n")
        lines = self._lines[file][span.line - 1:span.end_line]
        lines[-1] = lines[-1][:span.end_column - 1]
        lines[0] = lines[0][span.column - 1:]
        return " ".join(" ".join(lines).split())


def line_counts(segments: list[Segment]) -> Iterator[tuple[int, int]]:
    """How often each line is run: the most of what begins in it or reaches into it."""
    if not segments:
        return
    by_line: dict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        by_line[segment.line].append(segment)
    before: Segment | None = None
    for line in range(segments[0].line, segments[-1].line + 1):
        here = by_line.get(line, [])
        skipped = bool(here) and not here[0].counted and here[0].entry
        counts = [one.times for one in here if one.counted and one.entry and not one.gap]
        if before is not None and before.counted:
            counts.append(before.times)
        if counts and not skipped:
            yield line, max(counts)
        before = here[-1] if here else before


def read_branches(functions: list[dict[str, Any]], folder: str) -> dict[Spot, tuple[int, int]]:
    """How often each condition of a folder's functions was true, and how often false."""
    counts: dict[Spot, tuple[int, int]] = {}
    for function in functions:
        files = [os.path.normpath(name) for name in function["filenames"]]
        if not files[0].startswith(folder):
            continue
        name = function["name"].rpartition(":")[2]
        for branch in function["branches"]:
            spot = Spot(files[0], name, function["regions"][0][0], branch[6], files[branch[6]],
                        Span(*branch[:4]))
            true, false = counts.get(spot, (0, 0))
            counts[spot] = (true + branch[4], false + branch[5])
    return counts


def read_coverage(exported: dict[str, Any], folder: Path) -> list[FileCoverage]:
    """The files of a folder that have something to run, by name."""
    inside = f"{folder}/"
    found: dict[str, FileCoverage] = {}
    for file in exported["files"]:
        path = os.path.normpath(file["filename"])
        if path.startswith(inside):
            one = found[path] = FileCoverage(Path(path).name)
            for line, count in line_counts([Segment(*each[:6]) for each in file["segments"]]):
                one.lines += 1
                if count == 0:
                    one.unreached_lines.append(line)
    sources = Sources()
    for spot, counts in sorted(read_branches(exported["functions"], inside).items()):
        condition = sources.text(spot.written_in, spot.span)
        if condition in KNOWN_AT_BUILD_TIME:
            continue
        one = found[spot.file]
        one.outcomes += len(counts)
        for count, word in zip(counts, ("true", "false")):
            if count == 0:
                one.unreached.append(
                    Outcome(one.name, spot.span.line, spot.function, condition, word))
    return sorted((one for one in found.values() if one.lines > 0), key=lambda one: one.name)
