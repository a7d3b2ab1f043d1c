# SPDX-License-Identifier: MIT
"""What all runs of a campaign came to, target by target: campaign.json."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone

from tests.fuzz import fuzz_files
from tests.fuzz.fuzz_inputs import read_inputs
from tests.fuzz.fuzz_slice import Slice
from tests.support.figures import Column, markdown
from tests.support.measurement import commit
from tests.support.readme_section import write_section

CPU_SECONDS_MIN = 20 * 60
QUIET_CPU_SECONDS_MIN = 10 * 60
BEGIN = "<!-- fuzz: written by tests/fuzz/run -->\n"
END = "<!-- fuzz: end -->"


@dataclass(frozen=True)
class Entry:
    executions: int = 0
    cpu_seconds: float = 0.0
    edges: int = 0
    edges_known: int = 0
    quiet_cpu_seconds: float = 0.0  # since the last new edge
    crashes: int = 0  # runs that ended in one, again and again until it is mended
    crashed: bool = False  # the last run did
    date: str = ""
    commit: str = ""

    @property
    def is_done(self) -> bool:
        return (self.cpu_seconds >= CPU_SECONDS_MIN
                and self.quiet_cpu_seconds >= QUIET_CPU_SECONDS_MIN and not self.crashed)

    def grows_by(self, run: Slice) -> bool:
        """Whether there are more edges, be it by seeds or new code."""
        return run.new_edges > 0 or run.edges > self.edges

    def after(self, run: Slice) -> Entry:
        quiet = run.quiet_cpu_seconds + (0 if self.grows_by(run) else self.quiet_cpu_seconds)
        return replace(
            self, executions=self.executions + run.executions,
            cpu_seconds=round(self.cpu_seconds + run.cpu_seconds, 1),
            edges=run.edges or self.edges, edges_known=run.edges_known or self.edges_known,
            quiet_cpu_seconds=round(quiet, 1),
            crashes=self.crashes + (run.crash is not None), crashed=run.crash is not None,
            date=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), commit=commit())


def read_record() -> dict[str, Entry]:
    if not fuzz_files.RECORD.exists():
        return {}
    return {name: Entry(**values)
            for name, values in json.loads(fuzz_files.RECORD.read_text()).items()}


def write_record(record: dict[str, Entry]) -> None:
    values = {name: asdict(entry) for name, entry in sorted(record.items())}
    fuzz_files.replace_text(fuzz_files.RECORD, json.dumps(values, indent=2) + "\n")


def kept(name: str) -> int:
    return len(read_inputs(fuzz_files.reproducers_text(name)))


COLUMNS: list[Column[tuple[str, Entry]]] = [
    Column("target", lambda row: row[0], words=True),
    Column("executions", lambda row: f"{row[1].executions:,}"),
    Column("CPU minutes", lambda row: f"{row[1].cpu_seconds / 60:.1f}"),
    Column("since the last new edge", lambda row: f"{row[1].quiet_cpu_seconds / 60:.1f}"),
    Column("edges", lambda row: f"{row[1].edges:,}"),
    Column("of", lambda row: f"{row[1].edges_known:,}"),
    Column("runs that crashed", lambda row: f"{row[1].crashes:,}"),
    Column("reproducers kept", lambda row: f"{kept(row[0]):,}"),
]


def section(record: dict[str, Entry]) -> str:
    rows = sorted(record.items())
    executions = sum(entry.executions for entry in record.values())
    minutes = sum(entry.cpu_seconds for entry in record.values()) / 60
    last = max(record.values(), key=lambda entry: entry.date)
    done = sum(entry.is_done for entry in record.values())
    return (
        "\n"
        f"libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer: {len(rows)} targets, "
        f"{executions:,} executions in {minutes:,.0f} CPU minutes. Done: {done} of them, which is "
        "20 CPU minutes at least, the last 10 without a new edge, and the last run without a "
        "crash. Edges are those of the target's program, which holds more than it reaches; where "
        "that stands on the library's core, those of the core are left out: the core has targets "
        "of its own. A crash ends a run; it may be a fault of libcors or of the target itself, and "
        "one fault ends many runs until it is mended. Faults of libcors are kept in "
        "`tests/fuzz/reproducers`, each input with what it broke.\n\n"
        f"{markdown(COLUMNS, rows)}\n"
        "All runs together, each of the sources of its time; the last at commit "
        f"{last.commit}, {last.date}, {os.cpu_count()} cores shared with other work.\n\n")


def record_section() -> None:
    """Writes the campaign's figures to docs/reliability.md."""
    record = read_record()
    if not record:
        raise SystemExit("There is no campaign.json yet: run tests/fuzz/run --campaign first.")
    write_section(fuzz_files.RELIABILITY, BEGIN, END, section(record))
