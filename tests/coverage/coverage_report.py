# SPDX-License-Identifier: MIT
"""The report: a line for each file, what is wanting, and what is excused."""

from __future__ import annotations

from collections.abc import Iterator

from tests.coverage.coverage_reading import FileCoverage
from tests.coverage.coverage_reasons import Reason, Verdict
from tests.support import figures
from tests.support.figures import Column, percent, share

OUTCOMES_WANTED = 0.95


def total(files: list[FileCoverage]) -> FileCoverage:
    return FileCoverage(
        "all of src/core",
        sum(one.lines for one in files),
        [line for one in files for line in one.unreached_lines],
        sum(one.outcomes for one in files),
        [outcome for one in files for outcome in one.unreached])


def lines_reached(one: FileCoverage) -> float:
    return share(one.lines - len(one.unreached_lines), one.lines)


def outcomes_reached(one: FileCoverage) -> float:
    return share(one.outcomes - len(one.unreached), one.outcomes)


FIGURES: list[Column[FileCoverage]] = [
    Column("lines", lambda one: str(one.lines)),
    Column("reached", lambda one: percent(lines_reached(one))),
    Column("outcomes", lambda one: str(one.outcomes)),
    Column("reached", lambda one: percent(outcomes_reached(one))),
]


def table(files: list[FileCoverage]) -> str:
    """A line for each file, and one for all."""
    columns = [Column[FileCoverage]("file", lambda one: one.name, words=True), *FIGURES,
               Column[FileCoverage]("left", lambda one: str(len(one.unreached)))]
    return figures.text(columns, [*files, total(files)])


def complaints(files: list[FileCoverage], verdict: Verdict) -> Iterator[str]:
    """What keeps the core from being covered as it should be."""
    for one in files:
        for line in one.unreached_lines:
            yield f"src/core/{one.name}:{line}: no test runs this line"
    for outcome in verdict.unexplained:
        yield (f"src/core/{outcome.file}:{outcome.line}: in {outcome.function}(), "
               f"{outcome.condition} is never {outcome.never}: test it, take it out, "
               f"or say why in coverage_reasons.json")
    for needless in verdict.needless:
        yield f"coverage_reasons.json: '{needless}' needs no reason any more: remove it"
    if outcomes_reached(total(files)) < OUTCOMES_WANTED:
        yield (f"only {percent(outcomes_reached(total(files)))} of outcomes are reached, "
               f"and {percent(OUTCOMES_WANTED)} are wanted")


def excuse_rows(reasons: list[Reason]) -> Iterator[str]:
    for reason in reasons:
        yield f"{len(reason.outcomes):4}  {reason.sentence}"
        for outcome in reason.outcomes:
            yield f"        {outcome}"


EXCUSES: list[Column[Reason]] = [
    Column("outcomes", lambda reason: str(len(reason.outcomes))),
    Column("why no test makes them happen", lambda reason: reason.sentence, words=True),
    Column("where", lambda reason: ", ".join(sorted({one.split()[0] for one in reason.outcomes})),
           words=True),
]


def section(files: list[FileCoverage], reasons: list[Reason], measured: str) -> str:
    """What docs/reliability.md says where nothing is wanting."""
    whole = total(files)
    columns = [Column[FileCoverage]("file", lambda one: f"`{one.name}`", words=True), *FIGURES]
    return "\n".join([
        "",
        f"The tests in C run {percent(lines_reached(whole))} of the {whole.lines} lines of "
        f"`src/core`, and make {percent(outcomes_reached(whole))} of {whole.outcomes} outcomes "
        "happen.",
        "An outcome is that one condition, each operand of `&&` and `||` for itself, is true, or "
        "that it is false;",
        "clang counts them in terms of the source.",
        "",
        measured,
        "",
        figures.markdown(columns, files),
        f"{len(whole.unreached)} outcomes are left, each with its reason in "
        "`tests/coverage/coverage_reasons.json`:",
        "",
        figures.markdown(EXCUSES, reasons),
        "",
    ])
