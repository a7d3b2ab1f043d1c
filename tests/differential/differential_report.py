# SPDX-License-Identifier: MIT
"""The table of a run, and its section of docs/reliability.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.differential.differential_run import Outcome
from tests.support.figures import Column, markdown
from tests.support.measurement import measured
from tests.support.readme_section import write_section

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- differential: written by tests/differential/run -->\n"
END = "<!-- differential: end -->"

HEAD = f"{'pair':<18}{'rounds':>7}{'answers':>10}{'seconds':>9}{'disagree':>10}  parties"


def row(outcome: Outcome) -> str:
    return (f"{outcome.pair:<18}{outcome.rounds:>7}{outcome.executions:>10,}"
            f"{outcome.seconds:>9.1f}{outcome.disagreements:>10}  {outcome.parties}")


COLUMNS: list[Column[Outcome]] = [
    Column("pair", lambda one: one.pair, words=True),
    Column("who answers the same", lambda one: one.parties, words=True),
    Column("answers compared", lambda one: f"{one.executions:,}"),
    Column("rounds", lambda one: f"{one.rounds:,}"),
    Column("seconds", lambda one: f"{one.seconds:.0f}"),
    Column("disagreements", lambda one: str(one.disagreements)),
]


def total(outcomes: Sequence[Outcome], seed: int) -> Outcome:
    return Outcome("all", "", seed, rounds=sum(one.rounds for one in outcomes),
                   executions=sum(one.executions for one in outcomes),
                   disagreements=sum(one.disagreements for one in outcomes),
                   seconds=sum(one.seconds for one in outcomes))


def section(outcomes: Sequence[Outcome], seed: int, seconds: float) -> str:
    return (f"{markdown(COLUMNS, [*outcomes, total(outcomes, seed)])}\n"
            f"Seed {seed}: each round draws from it, from its pair and from its number. "
            f"{measured(seconds)}\n")


def record(outcomes: Sequence[Outcome], seed: int, seconds: float) -> None:
    write_section(PAGE, BEGIN, END, section(outcomes, seed, seconds))
