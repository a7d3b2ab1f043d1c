# SPDX-License-Identifier: MIT
"""What a run says: a line while it goes on, a table at the end, and a section of a page."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone
from os import cpu_count
from pathlib import Path

from tests.mutation.judgement import Fate, Verdict
from tests.mutation.mutation_results import Results

KILLED_MIN = 0.95
TRIED = (Fate.KILLED, Fate.SURVIVED)


@dataclass(frozen=True)
class Run:
    seed: int
    possible: int  # mutants that could have been drawn
    jobs: int


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def table(results: Results) -> str:
    """A line for each file of the core, and one for all."""
    lines = [f"{'file':28}{'mutants':>9}{'refused':>9}{'same':>7}{'tried':>7}{'killed':>8}"
             f"{'survived':>10}{'share':>9}"]
    for file in [*sorted({verdict.mutant.file for verdict in results.verdicts}), ""]:
        all_fates = results.of(*Fate, file=file)
        counts = {fate: len(results.of(fate, file=file)) for fate in Fate}
        lines.append(
            f"{file or 'all':28}{len(all_fates):9}{counts[Fate.REFUSED]:9}{counts[Fate.SAME]:7}"
            f"{counts[Fate.KILLED] + counts[Fate.SURVIVED]:7}{counts[Fate.KILLED]:8}"
            f"{counts[Fate.SURVIVED]:10}{percent(results.killed_share(file)):>9}")
    return "\n".join(lines)


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


def commit(root: Path) -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()


def section(root: Path, results: Results, run: Run) -> str:
    """What docs/reliability.md says."""
    tried = results.of(*TRIED)
    today = datetime.now(timezone.utc).date().isoformat()
    minutes = sum(verdict.seconds for verdict in results.verdicts) / run.jobs / 60
    killers = {verdict.by for verdict in results.of(Fate.KILLED)}
    lines = [
        "",
        f"Of {run.possible:,} places and ways to make `src/core` wrong, "
        f"{len(results.verdicts)} were drawn by seed {run.seed}, from every file: comparisons, "
        "bounds, logic, conditions, arithmetic, constants, texts, returned values, and statements "
        f"left out. {len(results.of(Fate.REFUSED))} do not compile, and "
        f"{len(results.of(Fate.SAME))} compile to the same object code, byte for byte. The other "
        f"{len(tried)} were run against the tests.",
        "",
        "| mutants run | killed | survived, each with its reason | without one |",
        "|---:|---:|---:|---:|",
        f"| {len(tried)} | {len(results.of(Fate.KILLED))} "
        f"({percent(results.killed_share())}) "
        f"| {len(results.of(Fate.SURVIVED)) - len(results.unexplained)} "
        f"| {len(results.unexplained)} |",
        "",
        f"{len(killers)} test programs and suites killed them. "
        f"Measured {today} at {commit(root)}, {cpu_count()} cores, {run.jobs} at once, in "
        f"{minutes:.0f} minutes. The reasons stand in `tests/mutation/survivors.json`:",
        "",
        *reasons(results),
        "",
    ]
    return "\n".join(lines)


def reasons(results: Results) -> list[str]:
    """A line for each survivor; a table cell may hold no bar."""
    lines = ["| place | change | why no test can tell |", "|---|---|---|"]
    for verdict in results.of(Fate.SURVIVED):
        mutant = verdict.mutant
        before, after = (cell(part) for part in (mutant.before, mutant.after))
        lines.append(f"| `{mutant.file}` {mutant.function}: {cell(mutant.code)} "
                     f"| {before} → {after} | {results.reasons.get(mutant.name, '')} |")
    return lines if len(lines) > 2 else ["None."]


def cell(text: str) -> str:
    """Code on one line of a table."""
    shown = " ".join(text.split()).replace("|", "\\|")
    return f"`{shown}`" if shown else "nothing"
