# SPDX-License-Identifier: MIT
"""What becomes of a mutant: refused by the compiler, the same program, killed, or survived."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.mutation.killers import Killer, Order, all_killers
from tests.mutation.mutant import Mutant
from tests.mutation.work_tree import BuildFailed, WorkTree

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


class NotSound(Exception):
    """The tests fail with nothing changed."""


Notice = Callable[[Verdict], None]


class Judge:
    """Tries mutants one after the other in a tree of its own."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.tree = WorkTree(root, folder)
        self.killers = all_killers(folder)
        self.tree.make([target for killer in self.killers for target in killer.targets])
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
            for mutant in mutants:
                self.tree.write(file, mutant.applied(text))
                notice(self._judge(mutant, groups, digests))
        finally:
            self.tree.write(file, text)

    def _judge(self, mutant: Mutant, groups: list[list[str]], digests: list[str]) -> Verdict:
        try:
            if not self._differs(groups, digests):
                return Verdict(mutant, Fate.SAME)
        except BuildFailed:
            return Verdict(mutant, Fate.REFUSED)
        for killer in self.order.for_file(mutant.file):
            if not self._passes(killer):
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

    def _passes(self, killer: Killer) -> bool:
        try:
            self.tree.make(list(killer.targets))
        except BuildFailed:
            return False  # a static_assert of a test, say
        return killer.passes(self.tree.folder)


def judge_all(root: Path, folder: Path, mutants: list[Mutant], jobs: int, notice: Notice) -> None:
    """Shares the files among some judges, each in a thread of its own."""
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    waiting: SimpleQueue[str] = SimpleQueue()
    for file in sorted(by_file, key=lambda name: (not name.endswith(".h"), -len(by_file[name]))):
        waiting.put(file)  # a header's take longest

    def work(number: int) -> None:
        judge = Judge(root, folder / f"tree{number}")
        judge.check_tests()
        while True:
            try:
                file = waiting.get_nowait()
            except Empty:
                return
            judge.judge_file(file, by_file[file], notice)

    with ThreadPoolExecutor(jobs) as workers:
        for done in [workers.submit(work, number) for number in range(jobs)]:
            done.result()
