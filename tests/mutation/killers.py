# SPDX-License-Identifier: MIT
"""The tests that are asked about each mutant: all in C, and the suites over them that are quick."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

PYTHON = "/usr/bin/python3"
PROGRAM_CPU_SECONDS = 10  # none takes two; more is an endless loop
SUITE_CPU_SECONDS = 40  # none takes eight
MEMORY_BYTES = 2 << 30  # for programs alone: Node reserves more than that
WALL_SECONDS = 900  # for what waits and burns nothing, however busy the machine is

# Suites in Python, with what each runs; the quickest first.
SUITES = {
    "tests/traps": ["cors"],
    "tests/conformance/test_conformance_direct.py": ["tests/conformance/decide-direct"],
    "tests/urls": ["cors"],
    "tests/explain": ["cors"],
    "tests/policyfile": ["cors"],
    "tests/regexes": ["tests/regexes/regex-reading"],
}


@dataclass(frozen=True)
class Killer:
    name: str
    targets: tuple[str, ...]  # what ninja has to make first
    command: tuple[str, ...]

    def passes(self, tree: Path) -> bool:
        """Runs it to its end. A crash, a failure and an endless loop are the same: noticed."""
        process = subprocess.Popen(
            self.command, cwd=tree, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(scratch(tree))})
        try:
            return process.wait(timeout=WALL_SECONDS) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends what a test has left running, and the test if it still runs."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def scratch(tree: Path) -> Path:
    folder = tree / "build" / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def limited(cpu_seconds: int, *more: str) -> tuple[str, ...]:
    return ("prlimit", "--core=0", f"--cpu={cpu_seconds}", *more)


def program(name: str) -> Killer:
    limits = limited(PROGRAM_CPU_SECONDS, f"--as={MEMORY_BYTES}")
    return Killer(Path(name).name, (name,), (*limits, f"build/{name}"))


def suite(folder: str, targets: list[str]) -> Killer:
    command = (*limited(SUITE_CPU_SECONDS), PYTHON, "-m", "pytest", "-q", "-x", "-p",
               "no:cacheprovider", "--basetemp=build/scratch/pytest", folder)
    return Killer(Path(folder).stem, tuple(targets), command)


def all_killers(tree: Path) -> list[Killer]:
    """Those in C that meson's table of tests/core names, then what takes a second or more."""
    listed = subprocess.run(
        ["ninja", "-C", str(tree / "build"), "-t", "targets", "all"], check=True,
        stdout=subprocess.PIPE).stdout.decode().splitlines()
    made = [line.rpartition(": ")[0] for line in listed if line.endswith("_LINKER")]
    units = sorted(name for name in made if name.startswith("tests/core/test_"))
    return [*(program(name) for name in units), program("tests/closed_loop/closed-loop"),
            *(suite(folder, targets) for folder, targets in SUITES.items())]


@dataclass
class Order:
    """Which killer is asked first: the one named after the file, then whichever killed most of
    that file's mutants so far, then all others as listed."""

    killers: list[Killer]
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)

    def for_file(self, file: str) -> list[Killer]:
        own = f"test_{Path(file).stem}"

        def place(killer: Killer) -> tuple[int, bool]:
            return -self.kills[file, killer.name], not killer.name.startswith(own)
        return sorted(self.killers, key=place)

    def note(self, file: str, killer: Killer) -> None:
        self.kills[file, killer.name] += 1
