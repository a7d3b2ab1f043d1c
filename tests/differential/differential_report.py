# SPDX-License-Identifier: MIT
"""The table of a run, and its section of docs/reliability.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.differential.differential_run import Outcome
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


def section(outcomes: Sequence[Outcome], seed: int, seconds: float) -> str:
    lines = [
        "| pair | who answers the same | answers compared | rounds | seconds | disagreements |",
        "|---|---|--:|--:|--:|--:|"]
    lines += [f"| {one.pair} | {one.parties} | {one.executions:,} | {one.rounds:,} | "
              f"{one.seconds:.0f} | {one.disagreements} |" for one in outcomes]
    total = sum(one.executions for one in outcomes)
    wrong = sum(one.disagreements for one in outcomes)
    lines += [f"| all | | {total:,} | {sum(one.rounds for one in outcomes):,} | "
              f"{sum(one.seconds for one in outcomes):.0f} | {wrong} |", "",
              f"Seed {seed}: each round draws from it, from its pair and from its number. "
              f"{measured(seconds)}"]
    return "\n".join(lines) + "\n"


def record(outcomes: Sequence[Outcome], seed: int, seconds: float) -> None:
    write_section(PAGE, BEGIN, END, section(outcomes, seed, seconds))
