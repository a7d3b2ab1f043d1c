# SPDX-License-Identifier: MIT
"""The report: a line for each file, what is wanting, and what is excused."""

from __future__ import annotations

from collections.abc import Iterator

from tests.coverage.coverage_reading import FileCoverage
from tests.coverage.coverage_reasons import Reason, Verdict

LINES_WANTED = 100.0  # percent
OUTCOMES_WANTED = 95.0


def percent(reached: int, of_all: int) -> float:
    return 100.0 * reached / of_all if of_all else 100.0


def total(files: list[FileCoverage]) -> FileCoverage:
    return FileCoverage(
        "all of src/core",
        sum(one.lines for one in files),
        [line for one in files for line in one.unreached_lines],
        sum(one.outcomes for one in files),
        [outcome for one in files for outcome in one.unreached])


def lines_reached(one: FileCoverage) -> float:
    return percent(one.lines - len(one.unreached_lines), one.lines)


def outcomes_reached(one: FileCoverage) -> float:
    return percent(one.outcomes - len(one.unreached), one.outcomes)


def table_rows(files: list[FileCoverage]) -> Iterator[str]:
    yield f"{'file':28}{'lines':>7}{'reached':>10}{'outcomes':>10}{'reached':>10}{'left':>6}"
    for one in [*files, total(files)]:
        yield (f"{one.name:28}{one.lines:7}{lines_reached(one):9.1f}%{one.outcomes:10}"
               f"{outcomes_reached(one):9.1f}%{len(one.unreached):6}")


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
        yield (f"only {outcomes_reached(total(files)):.1f}% of outcomes are reached, "
               f"and {OUTCOMES_WANTED:.0f}% are wanted")


def excuse_rows(reasons: list[Reason]) -> Iterator[str]:
    for reason in reasons:
        yield f"{len(reason.outcomes):4}  {reason.sentence}"
        for outcome in reason.outcomes:
            yield f"        {outcome}"


def markdown(files: list[FileCoverage], reasons: list[Reason], measured: str) -> str:
    """The section of docs/reliability.md."""
    whole = total(files)
    rows = [f"| `{one.name}` | {one.lines} | {lines_reached(one):.1f}% | {one.outcomes} | "
            f"{outcomes_reached(one):.1f}% |" for one in files]
    excused = [f"| {len(reason.outcomes)} | {reason.sentence} | "
               f"{', '.join(sorted({outcome.split()[0] for outcome in reason.outcomes}))} |"
               for reason in reasons]
    return "\n".join([
        "",
        f"The tests in C run {lines_reached(whole):.1f}% of the {whole.lines} lines of `src/core`, "
        f"and make {outcomes_reached(whole):.1f}% of {whole.outcomes} outcomes happen.",
        "An outcome is that one condition, each operand of `&&` and `||` for itself, is true, or "
        "that it is false;",
        "clang counts them in terms of the source.",
        "",
        measured,
        "",
        "| file | lines | reached | outcomes | reached |",
        "|---|---:|---:|---:|---:|",
        *rows,
        "",
        f"{len(whole.unreached)} outcomes are left, each with its reason in "
        "`tests/coverage/coverage_reasons.json`:",
        "",
        "| outcomes | why no test makes them happen | where |",
        "|---:|---|---|",
        *excused,
        "",
        "",
    ])
