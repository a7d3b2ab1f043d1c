# SPDX-License-Identifier: MIT
"""What is wrong with a policy, and how people are told: in the words of `cors lint`."""
from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from libcors import _engine

SHOWN_MAX = 160  # characters of a line that are shown, and how many of them before the place
SHOWN_BEFORE = 60
SHOWN_COLUMN_MAX = 10000


@dataclass(frozen=True)
class Problem:
    """One finding about a policy; cors-policy(5) describes the rules."""
    rule: str
    severity: Literal["error", "warning", "info"]
    file: str
    line: int  # from 1; 0: the problem is not about a place in a text
    column: int
    message: str
    suggestion: str | None = None


class PolicyError(ValueError):
    """A policy was refused: its text is what `cors lint` prints, with a caret under the fault."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class PolicyWarning(UserWarning):
    """A policy is used, and probably does not say what was meant."""


# The lines of a file, without their breaks; empty where they cannot be shown.
Lines = Callable[[str], list[str]]


def problems_of(rows: Iterable[_engine.ProblemRow]) -> list[Problem]:
    return [Problem(*row[:6], row[6] or None) for row in rows]


def is_shown(character: str) -> bool:
    """No control, and no mark that turns the direction of text around."""
    return not (unicodedata.category(character) == "Cc"
                or "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
                or "\ud800" <= character <= "\udfff")


def clean(text: str) -> str:
    return "".join(character if is_shown(character) else "\ufffd" for character in text)


def columns(text: str) -> int:
    """How wide a terminal shows a text."""
    return sum(0 if unicodedata.combining(character)
               else 2 if unicodedata.east_asian_width(character) in "WF" else 1
               for character in text)


def place_text(line: str, column: int) -> str:
    """A line, or the part of it around the column, and a caret below the place."""
    cut = column > SHOWN_MAX - SHOWN_BEFORE
    first = column - SHOWN_BEFORE if cut else 1
    shown = clean(line[first - 1:first - 1 + SHOWN_MAX].replace("\t", " "))
    before = ("    …" if cut else "    ") + shown[:column - first]
    more = "…" if len(line) > first - 1 + SHOWN_MAX else ""
    return f"{'    …' if cut else '    '}{shown}{more}\n{' ' * columns(before)}^\n"


def problem_text(problem: Problem, lines: list[str]) -> str:
    at = f"{clean(problem.file)}:{problem.line}:{problem.column}"
    if problem.line == 0:
        at = clean(problem.file)
    text = f"{at}: {problem.severity}: {clean(problem.message)} [{problem.rule}]\n"
    if 0 < problem.line <= len(lines) and 0 < problem.column <= SHOWN_COLUMN_MAX:
        line = lines[problem.line - 1]
        text += place_text(line, problem.column) if line else ""
    if problem.suggestion:
        text += f"    write: {clean(problem.suggestion)}\n"
    return text


def problems_text(problems: Iterable[Problem], lines: Lines = lambda name: []) -> str:
    """All problems as `cors lint` prints them, without the last line break."""
    known: dict[str, list[str]] = {}
    parts = []
    for problem in problems:
        if problem.file not in known:
            known[problem.file] = lines(problem.file)
        parts.append(problem_text(problem, known[problem.file]))
    return "".join(parts).rstrip("\n")


def warn(message: str, stacklevel: int = 2) -> None:
    """Issues a PolicyWarning; `stacklevel` counts as that of warnings.warn() does here."""
    warnings.warn(PolicyWarning(message), stacklevel=stacklevel)


def take_problems(problems: list[Problem], lines: Lines, stacklevel: int = 2) -> None:
    """Raises PolicyError where a problem is an error, and warns of each warning."""
    grave = [problem for problem in problems if problem.severity != "info"]
    if any(problem.severity == "error" for problem in grave):
        raise PolicyError(problems_text(grave, lines), problems)
    if grave:
        warn(problems_text(grave, lines), stacklevel + 1)
