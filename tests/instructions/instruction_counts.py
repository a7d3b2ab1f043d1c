# SPDX-License-Identifier: MIT
"""The instructions that libcors takes for a decision or a fetch, counted by callgrind.

The programs of bench/ make N decisions or fetches of one workload; two numbers are subtracted, so
that what happens once drops out. Only the program's own instructions count, which are libcors'
since it is linked into it, and not the C library's: its memcpy() and the like differ between
processors. So a count depends on the compiler and its flags, and on nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("CORS_BUILD", "build")
BUDGET = Path(__file__).resolve().parent / "budget.json"
FEW, MANY = 10, 60
SECONDS = 120  # far above what any run takes


@dataclass(frozen=True)
class Counted:
    """A program that repeats one thing, in a function of its own: `program ARGUMENTS INDEX N`."""
    program: str
    function: str
    arguments: tuple[str, ...]
    index: int

    def instructions(self, folder: Path) -> int:
        """What one of them takes."""
        return round((self._run(folder, MANY) - self._run(folder, FEW)) / (MANY - FEW))

    def _run(self, folder: Path, times: int) -> int:
        program = BUILD / self.program
        assert program.exists(), f"{program} is missing: make build-tests"
        counted = folder / "counted"
        command = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={counted}",
                   f"--toggle-collect={self.function}", "--compress-strings=no",
                   str(program), *self.arguments, "--once", str(self.index), str(times)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS,
                              check=False)
        assert done.returncode == 0, f"{command} fails:\n{done.stderr}"
        return sum(own_costs(counted.read_text(), str(program.resolve())))


def own_costs(profile: str, program: str) -> Iterator[int]:
    """The costs of each line of a program itself, from a profile as callgrind writes it."""
    own = called = False
    for line in profile.splitlines():
        if line.startswith("ob="):
            own = line == f"ob={program}"
        elif line.startswith("calls="):
            called = True  # the next line has what the called function took
        elif line[:1] in "+-*0123456789" and line:
            if own and not called:
                yield int(line.split()[1])
            called = False


def of_decisions(folder: Path) -> dict[str, Counted]:
    """Each of the bench's workloads, alone in a file, since to build the largest takes longest."""
    together = folder / "workloads.json"
    subprocess.run([sys.executable, ROOT / "bench" / "workloads.py", together], check=True)
    found = {}
    for number, workload in enumerate(json.loads(together.read_text())):
        file = folder / f"{number}.json"
        file.write_text(json.dumps([workload]))
        found[workload["name"]] = Counted("bench/decisions", "decide", (str(file),), 0)
    return found


def of_fetches() -> dict[str, Counted]:
    """Those of the browser's half, in the program's order."""
    names = ["simple GET", "PUT with three headers, preflight",
             "the same, spared by the preflight cache", "GET with two redirects"]
    return {name: Counted("bench/fetches", "fetch_once", (), index)
            for index, name in enumerate(names)}


def all_counted(folder: Path) -> dict[str, dict[str, Counted]]:
    """By program and workload, as budget.json has them."""
    return {"bench/decisions": of_decisions(folder), "bench/fetches": of_fetches()}


def read_budget() -> dict[str, dict[str, int]]:
    budget: dict[str, dict[str, int]] = json.loads(BUDGET.read_text())
    return budget
