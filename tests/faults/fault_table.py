# SPDX-License-Identifier: MIT
"""The fault table, for a terminal and for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from tests.faults.fault_kinds import error_name
from tests.faults.fault_state import Fault
from tests.faults.fault_trials import Row

HEAD = (f"{'program':18} {'call':10} {'calls':>6} {'places':>6} {'runs':>6} {'as usual':>9} "
        f"{'said why':>9} {'explained':>10} {'wrong':>6} {'not reached':>12}")

COLUMNS = """\
In each run of a program one call fails, or it and all later ones of its kind. A run is as usual,
with the answers of a run without a fault; or it said why it is not, and whatever else it said is
true; or it is explained, by what other people's code does for a reason below; or it is wrong.
These four add up to the runs. Not reached are runs in which the call that was to fail did not come.
"""


def line(row: Row) -> str:
    return (f"{row.program:18} {row.call:10} {row.calls:6} {row.distinct:6} {row.runs:6} "
            f"{row.usual:9} {row.told:9} {row.explained.total():10} {row.wrong.total():6} "
            f"{row.missed:12}")


def complaints(row: Row) -> list[str]:
    """Each kind of wrong with a run that shows it."""
    return [f"{count} times: {what}; for instance with {failing(row.examples[what])}"
            for what, count in row.wrong.most_common()]


def failing(fault: Fault) -> str:
    place = f" (place {fault.place:#x})" if fault.place else ""
    later = " and all later ones" if fault.stays else ""
    return f"call {fault.number}{place}{later} failing with {error_name(fault.error)}"


def runs(rows: Iterable[Row]) -> int:
    return sum(row.runs for row in rows)


def wrong(rows: Iterable[Row]) -> int:
    return sum(row.wrong.total() for row in rows)


def counted(row: Row) -> str:
    places = "" if row.distinct == row.calls else f" from {row.distinct:,} places"
    return f"{row.call} {row.calls:,}{places}"


def page(rows: list[Row]) -> str:
    """One line for each program: its calls, and what became of the runs; and what explains them."""
    lines = [COLUMNS, "| program | calls of each kind | runs | as usual | said why "
             "| explained | wrong | not reached |", "|---|---|---:|---:|---:|---:|---:|---:|"]
    for program, of_program in groupby(rows, lambda row: row.program):
        group = list(of_program)
        kinds = ", ".join(map(counted, group))
        lines.append(f"| {program} | {kinds} | {runs(group):,} | "
                     f"{sum(row.usual for row in group):,} | "
                     f"{sum(row.told for row in group):,} | "
                     f"{sum(row.explained.total() for row in group):,} | {wrong(group):,} | "
                     f"{sum(row.missed for row in group):,} |")
    reasons = sum((row.explained for row in rows), Counter[str]())
    told = [f"- {count:,} explained: {words}." for words, count in reasons.most_common()]
    told += [f"- wrong: {row.program}, {row.call}, {complaint}."
             for row in rows for complaint in complaints(row)]
    return "\n".join([*lines, *([""] if told else []), *told])
