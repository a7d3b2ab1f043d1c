# SPDX-License-Identifier: MIT
"""What a run says: a line while it goes on, a table at the end, and a section of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.judgement import Fate, Verdict
from tests.mutation.mutation_results import TRIED, First, Results
from tests.support import figures
from tests.support.figures import Column, percent, share, wilson
from tests.support.measurement import measured

KILLED_MIN = 0.95


@dataclass(frozen=True)
class Run:
    seed: int
    possible: int  # mutants that could have been drawn
    first: First
    jobs: int
    seconds: float


def table(results: Results) -> str:
    """A line for each file of the core, and one for all."""
    def count(*fates: Fate) -> Callable[[str], str]:
        return lambda file: str(len(results.of(*fates, file=file)))

    files = [*sorted({verdict.mutant.file for verdict in results.verdicts}), ""]
    return figures.text([
        Column("file", lambda file: file or "all", words=True),
        Column("mutants", count(*Fate)),
        Column("refused", count(Fate.REFUSED)),
        Column("same", count(Fate.SAME)),
        Column("tried", count(*TRIED)),
        Column("killed", count(Fate.KILLED)),
        Column("survived", count(Fate.SURVIVED)),
        Column("share", lambda file: percent(results.killed_share(file))),
    ], files)


def place_of(verdict: Verdict) -> str:
    return f"src/core/{verdict.mutant.file}:{verdict.mutant.line}"


def show_change(verdict: Verdict, core: Path) -> str:
    before, after = verdict.mutant.changed_lines((core / verdict.mutant.file).read_text())
    return f"{place_of(verdict)} {verdict.mutant.function}()\n    - {before}\n    + {after}"


def shortcomings(results: Results, core: Path) -> str:
    """What keeps a run from being a success; empty if nothing does."""
    parts = []
    if results.killed_share() < KILLED_MIN:
        parts.append(f"{percent(results.killed_share())} of the mutants were killed; it takes "
                     f"{percent(KILLED_MIN)}.")
    if results.unexplained:
        parts.append("No test notices these changes, and survivors.json has no reason for them; "
                     "write a test, or the reason why none can:")
        parts += [show_change(verdict, core) for verdict in results.unexplained]
    if results.needless:
        parts.append("survivors.json has a reason for these, which do not survive; take it out:")
        parts += [f"{show_change(verdict, core)}\n    {verdict.fate.value} {verdict.by}".rstrip()
                  for verdict in results.needless]
    return "\n".join(parts)


def weighted_share(results: Results, possible: dict[str, int]) -> float:
    """Each file by how many mutants it has: of small ones more than their share is drawn."""
    tried = {file: count for file, count in possible.items() if results.of(*TRIED, file=file)}
    killed = sum(results.killed_share(file) * count for file, count in tried.items())
    return killed / sum(tried.values()) if tried else 1.0


def first_of(results: Results, possible: dict[str, int]) -> First:
    """What a whole run came to, for its record."""
    return First(len(results.of(*TRIED)), len(results.of(Fate.KILLED)),
                 weighted_share(results, possible))


def section(results: Results, run: Run) -> str:
    """What docs/reliability.md says."""
    tried, killed = len(results.of(*TRIED)), len(results.of(Fate.KILLED))
    low, high = (percent(bound) for bound in wilson(run.first.killed, run.first.tried))
    gone = run.first.tried - tried
    killers = {verdict.by for verdict in results.of(Fate.KILLED)}
    return "\n".join([
        "",
        f"Of {run.possible:,} places and ways to make `src/core` wrong, "
        f"{len(results.verdicts) + gone} were drawn, "
        f"from every file, by seed {run.seed}, which was drawn for this run: no test was written "
        "for what it would find. They are comparisons, bounds, logic, conditions, arithmetic, "
        "constants, texts, returned values, and statements left out. "
        f"{len(results.of(Fate.REFUSED))} do not compile, and {len(results.of(Fate.SAME))} compile "
        "to the same object code, byte for byte. The others were run against the tests; for what "
        "survived, tests were then written, or the reason why none can tell.",
        "",
        "| | mutants run | killed | survived, with a reason | survived without one |",
        "|---|---:|---:|---:|---:|",
        f"| at first | {run.first.tried} | {run.first.killed} "
        f"({percent(share(run.first.killed, run.first.tried))}) | | |",
        f"| now | {tried} | {killed} ({percent(share(killed, tried))}) "
        f"| {len(results.of(Fate.SURVIVED)) - len(results.unexplained)} "
        f"| {len(results.unexplained)} |",
        "",
        f"Of all there are, {low} to {high} were killed at first (Wilson, 95%); with each file "
        f"counted by its size, {percent(run.first.weighted_share)}. "
        f"{taken_out(gone)}{len(killers)} test programs and suites killed them, "
        f"{run.jobs} at once. {measured(run.seconds)} What survived, and why no test can tell, as "
        "`tests/mutation/survivors.json` has it:",
        "",
        survivors(results),
    ])


def taken_out(count: int) -> str:
    if count == 0:
        return ""
    return (f"{count} that survived {'was' if count == 1 else 'were'} of code that did nothing, "
            "which has been taken out. ")


def survivors(results: Results) -> str:
    """A line for each; those without a reason stand out."""
    columns: list[Column[Verdict]] = [
        Column("place", lambda one: f"`{one.mutant.file}` {one.mutant.function}: "
               f"{cell(one.mutant.code)}", words=True),
        Column("change", lambda one: f"{cell(one.mutant.before)} → {cell(one.mutant.after)}",
               words=True),
        Column("why no test can tell", lambda one: results.reasons.get(
            one.mutant.name, "**No reason: a test is wanting.**"), words=True),
    ]
    return figures.markdown(columns, results.of(Fate.SURVIVED))


def cell(code: str) -> str:
    """On one line of a table, in which no bar may stand."""
    shown = " ".join(code.split()).replace("|", "\\|")
    return f"`{shown}`" if shown else "nothing"
