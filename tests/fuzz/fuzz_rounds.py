# SPDX-License-Identifier: MIT
"""Runs targets, some at a time: each once within a bound of time, or again and again."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from tests.fuzz import fuzz_files
from tests.fuzz.fuzz_build import Target, build_what_compiles
from tests.fuzz.fuzz_inputs import to_line
from tests.fuzz.fuzz_record import Entry, read_record, write_record
from tests.fuzz.fuzz_slice import Crash, Slice, run_slice, save_corpus
from tests.support.ending import end_children, only_one
from tests.support.figures import Column, text

SLICE_SECONDS = 240  # so long that reading and merging a corpus is little beside it
PAUSE_SECONDS = 10  # where no target runs for long, because all of them crash at once
INPUT_SHOWN_MAX = 2000

Result = TypeVar("Result")


@dataclass(frozen=True)
class Run:
    target: Target
    slice: Slice


COLUMNS: list[Column[Run]] = [
    Column("target", lambda run: run.target.name, words=True),
    Column("executions", lambda run: f"{run.slice.executions:,}"),
    Column("exec/s", lambda run: f"{run.slice.executions / max(run.slice.cpu_seconds, 0.01):,.0f}"),
    Column("corpus", lambda run: f"{corpus_size(run.target):,}"),
    Column("edges", lambda run: f"{run.slice.edges:,}"),
    Column("new edges", lambda run: f"{run.slice.new_edges:,}"),
    Column("crashes", lambda run: "1" if run.slice.crash else "0"),
    Column("CPU s", lambda run: f"{run.slice.cpu_seconds:.1f}"),
]


def chosen(targets: Sequence[Target], names: Collection[str]) -> list[Target]:
    """Those of the names, or all where there are none."""
    unknown = set(names) - {target.name for target in targets}
    if unknown:
        raise SystemExit(f"There is no target {', '.join(sorted(unknown))}; see --list.")
    return [target for target in targets if not names or target.name in names]


def corpus_size(target: Target) -> int:
    return sum(1 for _ in fuzz_files.corpus_folder(target.name).iterdir())


def progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def say_crash(crash: Crash) -> str:
    shown = to_line(crash.data)
    if len(shown) > INPUT_SHOWN_MAX:
        shown = f"({len(crash.data)} bytes)"
    return (f"{crash.target}: {crash.blame}\n"
            f"  {fuzz_files.shown(crash.path)}\n"
            f"  {shown}\n")


def side_by_side(work: Callable[[Target], Result], targets: Sequence[Target],
                 jobs: int) -> list[Result]:
    """Some at a time; what has not begun when this is interrupted does not begin."""
    pool = ThreadPoolExecutor(jobs)
    try:
        return list(pool.map(work, targets))
    except BaseException:
        end_children()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class Shares:
    """Time for so many targets, some at once: whoever begins gets an even share of what is left."""

    def __init__(self, seconds: float, targets: int, jobs: int) -> None:
        self.end = time.monotonic() + seconds
        self.waiting = targets
        self.jobs = jobs
        self.lock = threading.Lock()

    def take(self) -> int:
        with self.lock:
            left = self.end - time.monotonic()
            share = min(left, left * self.jobs / self.waiting)
            self.waiting -= 1
            return max(1, int(share))


def run_once(targets: Sequence[Target], seconds: int, jobs: int) -> list[Run]:
    shares = Shares(seconds, len(targets), jobs)

    def run(target: Target) -> Run:
        share = shares.take()
        progress(f"{target.name}: {share} s")
        return Run(target, run_slice(target, share))

    try:
        return side_by_side(run, targets, jobs)
    finally:
        progress("")


def report(runs: Sequence[Run]) -> str:
    crashes = [run.slice.crash for run in runs if run.slice.crash]
    return text(COLUMNS, runs) + "".join("\n" + say_crash(crash) for crash in crashes)


class Campaign:
    """Runs what has not run enough, and keeps the record and the corpora after each slice."""

    def __init__(self, names: Collection[str], minutes: float, jobs: int) -> None:
        self.names = names
        self.end = time.monotonic() + minutes * 60
        self.jobs = jobs
        self.crashed = False
        self.record = read_record()
        self.lock = threading.Lock()
        self.told: set[str] = set()

    def entry(self, target: Target) -> Entry:
        return self.record.get(target.name, Entry())

    def tell(self, words: str) -> None:
        """Says it once."""
        with self.lock:
            if words not in self.told:
                self.told.add(words)
                print(words, flush=True)

    def save(self, target: Target) -> None:
        """A corpus that cannot be written now is written after a later slice."""
        try:
            save_corpus(target)
        except RuntimeError as failed:
            self.tell(str(failed))

    def step(self, target: Target) -> float:
        """One slice of one target; returns its CPU seconds."""
        seconds = min(SLICE_SECONDS, int(self.end - time.monotonic()))
        if seconds < 1:
            return 0.0
        run = run_slice(target, seconds)
        with self.lock:
            before = self.entry(target)
            entry = before.after(run)
            self.record[target.name] = entry
            write_record(self.record)
            print(f"{time.strftime('%H:%M:%S')} {target.name}: {entry.cpu_seconds / 60:.1f} CPU "
                  f"minutes, {entry.edges:,} edges ({run.new_edges} new), "
                  f"{entry.quiet_cpu_seconds / 60:.1f} minutes without a new one", flush=True)
        if run.crash:
            self.crashed = True
            self.tell(f"crash of {run.crash.target}: {run.crash.blame}")
            print(say_crash(run.crash), flush=True)
        elif before.grows_by(run) or not fuzz_files.corpus_text(target.name).exists():
            self.save(target)
        return run.cpu_seconds

    def run(self) -> None:
        while time.monotonic() < self.end:
            targets, said = build_what_compiles()
            if said:
                self.tell(said)
            waiting = [target for target in chosen(targets, self.names)
                       if not self.entry(target).is_done]
            if not waiting:
                print("Each target has run at least 20 CPU minutes, the last 10 without a new "
                      "edge, and its last run was without a crash.")
                return
            if sum(side_by_side(self.step, waiting, self.jobs)) < len(waiting):
                time.sleep(min(PAUSE_SECONDS, max(0.0, self.end - time.monotonic())))


def run_campaign(names: Collection[str], minutes: float, jobs: int) -> bool:
    """Returns whether a run crashed."""
    with only_one(fuzz_files.BUILD.with_name("fuzz-campaign"), wait=False):
        campaign = Campaign(names, minutes, jobs)
        campaign.run()
        return campaign.crashed
