# SPDX-License-Identifier: MIT
"""What becomes of a mutant: refused by the compiler, the same program, killed, or survived."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock

from tests.mutation.killers import Killer, Order, all_killers, defined_symbols
from tests.mutation.mutant import Mutant
from tests.mutation.work_tree import BuildFailed, WorkTree
from tests.support.ending import end_children

LIKELY = 3  # so many tests are linked and run one by one; the others are linked all at once
LOOK_SECONDS = 0.2  # between two looks whether all judges have ended
LIBRARY = "libcors.so."  # whose objects libcors.a has, too


class Fate(Enum):
    REFUSED = "refused"  # does not compile
    SAME = "same"  # every object is what it was, byte for byte: not another program
    KILLED = "killed"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    fate: Fate
    by: str = ""  # which test killed it
    seconds: float = 0.0  # that it took


class NotSound(Exception):
    """What the tests are made of does not build, or they fail, with nothing changed."""


class Ended(Exception):
    """A verdict that came when all was to end: its tests were."""


Notice = Callable[[Verdict], None]


class Judge:
    """Tries mutants one after the other in a tree of its own."""

    def __init__(self, root: Path, folder: Path,
                 killers_in: Callable[[Path], list[Killer]] = all_killers) -> None:
        self.tree = WorkTree(root, folder)
        self.killers = killers_in(folder)
        try:
            self.tree.make([killer.target for killer in self.killers])
        except BuildFailed as failed:
            raise NotSound(f"{folder} does not build with nothing changed:\n{failed}") from failed
        self.killers = [
            replace(killer, symbols=defined_symbols([self.tree.build / killer.target]))
            for killer in self.killers]
        self.order = Order(self.killers)
        self.objects = self.tree.objects()

    def check_tests(self) -> None:
        for killer in self.killers:
            if not killer.passes(self.tree.folder):
                raise NotSound(f"{killer.name} fails in {self.tree.folder} with nothing changed: "
                               f"{' '.join(killer.command)}")

    def judge_file(self, file: str, mutants: list[Mutant], notice: Notice) -> None:
        """Those of one file, so that it alone is compiled again and again."""
        text = self.tree.read(file)
        objects = self.objects.get(file, [])
        groups = [[name for name in objects if LIBRARY in name],
                  [name for name in objects if LIBRARY not in name]]
        try:
            self.tree.make(objects)
            digests = [self.tree.digest(group) for group in groups]
            symbols = defined_symbols([self.tree.build / name for name in objects],
                                      "--extern-only")
            for mutant in mutants:
                began = time.monotonic()
                self.tree.write(file, mutant.applied(text))
                verdict = self._judge(mutant, symbols, groups, digests)
                notice(replace(verdict, seconds=round(time.monotonic() - began, 3)))
        finally:
            self.tree.write(file, text)

    def _judge(self, mutant: Mutant, symbols: frozenset[str], groups: list[list[str]],
               digests: list[str]) -> Verdict:
        try:
            if not self._differs(groups, digests):
                return Verdict(mutant, Fate.SAME)
        except BuildFailed:
            return Verdict(mutant, Fate.REFUSED)
        killers = self.order.for_file(mutant.file, symbols)
        for batch in (*([killer] for killer in killers[:LIKELY]), killers[LIKELY:]):
            if batch and (killer := self._killer_among(batch)):
                self.order.note(mutant.file, killer)
                return Verdict(mutant, Fate.KILLED, killer.name)
        return Verdict(mutant, Fate.SURVIVED)

    def _differs(self, groups: list[list[str]], digests: list[str]) -> bool:
        """The library first: where that differs the others are compiled when their time comes."""
        for group, digest in zip(groups, digests):
            self.tree.make(group)
            if self.tree.digest(group) != digest:
                return True
        return False

    def _killer_among(self, batch: list[Killer]) -> Killer | None:
        """The first that fails."""
        try:
            self.tree.make([killer.target for killer in batch])
        except BuildFailed:
            return batch[0]  # a static_assert of a test, say
        failed = (killer for killer in batch if not killer.passes(self.tree.folder))
        return next(failed, None)


def judge_all(root: Path, folder: Path, mutants: list[Mutant], jobs: int, notice: Notice) -> None:
    """Shares the files among some judges, each in a thread of its own; `notice` hears of one
    verdict at a time."""
    if not mutants:
        return
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    waiting: SimpleQueue[str] = SimpleQueue()
    for file in sorted(by_file, key=lambda name: (name.endswith(".h"), -len(by_file[name]))):
        waiting.put(file)  # headers last: half the core is compiled again for each of theirs
    ending, noticing = Event(), Lock()

    def notice_in_turn(verdict: Verdict) -> None:
        if ending.is_set():
            raise Ended
        with noticing:
            notice(verdict)

    def work(number: int) -> None:
        judge = Judge(root, folder / f"tree{number}")
        judge.check_tests()
        while True:
            try:
                file = waiting.get_nowait()
            except Empty:
                return
            judge.judge_file(file, by_file[file], notice_in_turn)

    with ThreadPoolExecutor(jobs) as workers:
        working = [workers.submit(work, number) for number in range(jobs)]
        try:
            for done in as_completed(working):
                done.result()
        except BaseException:
            ending.set()
            while wait(working, LOOK_SECONDS).not_done:
                end_children()
            raise
