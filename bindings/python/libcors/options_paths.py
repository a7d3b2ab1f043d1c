# SPDX-License-Identifier: MIT
"""Which options count for a path: by regular expressions over paths, the most specific first.

An application routes by the path as it came; what stands before it may have decoded it once more,
or resolved its dot segments. Options count only where all of these agree on them.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import unquote

PLAIN = re.compile(r"(?:/(?![./])[^/%\\]*)*/?")

Found = TypeVar("Found")


class PathsDiffer(Exception):
    """It depends on who reads a path which options count for it."""


def _resolved(path: str) -> str:
    """Without dot segments and empty ones."""
    kept: list[str] = []
    segments = path.replace("\\", "/").split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    last = "/" if segments[-1] in ("", ".", "..") and kept else ""
    return "/" + "/".join(kept) + last


def path_readings(path: str) -> Iterator[str]:
    """All that a path may be to those who read it."""
    yield path
    if PLAIN.fullmatch(path):
        return
    yield _resolved(path)
    decoded = unquote(path)
    yield decoded
    yield _resolved(decoded)


def find_by_path(path: str, find: Callable[[str], Found]) -> Found:
    """What `find` finds for a path, whoever reads it. Raises PathsDiffer."""
    readings = path_readings(path)
    found = find(next(readings))
    if any(find(reading) is not found for reading in readings):
        raise PathsDiffer
    return found


class PathPattern:
    """A regular expression over paths, or a path; case counts."""

    def __init__(self, pattern: str | re.Pattern[str], marks: frozenset[str]) -> None:
        self.compiled = isinstance(pattern, re.Pattern)
        self.text: str = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
        self.expression: re.Pattern[str] | None = None
        if isinstance(pattern, re.Pattern) or marks.intersection(pattern):
            self.expression = re.compile(pattern)

    def matches(self, path: str) -> bool:
        if self.expression is None:
            return path == self.text
        return self.expression.match(path) is not None

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """Paths first, then expressions by their depth and their length."""
        literal = self.expression is None
        return (not literal, not self.compiled and not literal, -self.text.count("/"),
                -len(self.text))


def most_specific_first(patterns: Sequence[tuple[PathPattern, Found]]) -> list[
        tuple[PathPattern, Found]]:
    return sorted(patterns, key=lambda pair: pair[0].rank)
