# SPDX-License-Identifier: MIT
"""The fault table, for a terminal and for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from tests.faults.fault_kinds import error_name
from tests.faults.fault_trials import Row

HEAD = (f"{'program':18} {'call':10} {'calls':>6} {'apart':>6} {'runs':>6} {'failed':>7} "
        f"{'as usual':>9} {'said so':>8} {'explained':>10} {'wrong':>6}")


def line(row: Row) -> str:
    return (f"{row.program:18} {row.call:10} {row.calls:6} {row.distinct:6} {row.runs:6} "
            f"{row.injected:7} {row.usual:9} {row.told:8} "
            f"{sum(row.explained.values()):10} {sum(row.wrong.values()):6}")


def complaints(row: Row) -> list[str]:
    """Each kind of wrong with a run that shows it."""
    return [f"    {count} times: {what}; for instance with call {row.examples[what].number}"
            f"{' and all later ones' if row.examples[what].stays else ''} failing with "
            f"{error_name(row.examples[what].error)}"
            for what, count in row.wrong.most_common()]


def wrong(rows: Iterable[Row]) -> int:
    return sum(sum(row.wrong.values()) for row in rows)


def counted(row: Row) -> str:
    places = "" if row.distinct == row.calls else f" from {row.distinct:,} places"
    return f"{row.call} {row.calls:,}{places}"


def page(rows: list[Row]) -> str:
    """One line for each program: its calls, and what became of the runs."""
    lines = ["| program | calls of each kind | runs | as usual | ended, and said why | explained "
             "| wrong |",
             "|---|---|---:|---:|---:|---:|---:|"]
    for program, of_program in groupby(rows, lambda row: row.program):
        group = list(of_program)
        kinds = ", ".join(map(counted, group))
        lines.append(f"| {program} | {kinds} | {sum(row.injected for row in group):,} | "
                     f"{sum(row.usual for row in group):,} | "
                     f"{sum(row.told for row in group):,} | "
                     f"{sum(sum(row.explained.values()) for row in group)} | {wrong(group)} |")
    reasons = sum((row.explained for row in rows), Counter[str]())
    told = [f"- {count} explained: {words}." for words, count in reasons.most_common()]
    return "\n".join([*lines, *([""] if told else []), *told])
