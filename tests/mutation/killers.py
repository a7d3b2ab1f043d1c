# SPDX-License-Identifier: MIT
"""The tests that are asked about each mutant: all in C, and the suites over them that are quick."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

PYTHON = "/usr/bin/python3"
PROGRAM_CPU_SECONDS = 6  # none takes two; more is an endless loop
SUITE_CPU_SECONDS = 30  # none takes six
MEMORY_BYTES = 6 << 30  # one test maps more than 4 GiB; of programs alone: Node reserves more
WALL_SECONDS = 900  # for what waits and burns nothing, however busy the machine is

# Suites in Python: what each runs, and the files of the core that it is about. The quickest first.
SUITES = {
    "tests/traps": ("cors", "browser_|http_|server_|bytes|byte_"),
    "tests/conformance/test_conformance_direct.py": (
        "tests/conformance/decide-direct", "policy_|server_|origin|http_|bytes|byte_"),
    "tests/urls": ("cors", "browser_url|browser_host|origin|bytes|byte_"),
    "tests/explain/test_words.py": ("tests/explain/words-needed", "browser_wordings"),
    "tests/explain": ("cors", "browser_wordings"),
    "tests/regexes": ("tests/regexes/regex-reading", "origin_regex"),
}


@dataclass(frozen=True)
class Killer:
    name: str
    target: str  # what ninja has to make first
    command: tuple[str, ...]
    files: str = ""  # a regular expression for how the names of those begin that it is about
    symbols: frozenset[str] = frozenset()  # what its program defines

    def concerns(self, file: str, symbols: frozenset[str]) -> bool:
        """Whether it could notice a fault in a file, whose objects define these: the linker takes
        from the library only the objects that a program needs, each of them whole."""
        return bool(re.match(self.files, file)) and bool(symbols & self.symbols)

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
    return Killer(Path(name).name, name, (*limits, f"build/{name}"))


def suite(folder: str, target: str, files: str) -> Killer:
    command = (*limited(SUITE_CPU_SECONDS), PYTHON, "-m", "pytest", "-q", "-x", "-p",
               "no:cacheprovider", "--basetemp=build/scratch/pytest", folder)
    return Killer(Path(folder).stem, target, command, files)


def all_killers(tree: Path) -> list[Killer]:
    """Those in C that meson's table of tests/core names, then what takes a second or more."""
    listed = subprocess.run(
        ["ninja", "-C", str(tree / "build"), "-t", "targets", "all"], check=True,
        stdout=subprocess.PIPE).stdout.decode().splitlines()
    made = [line.rpartition(": ")[0] for line in listed if line.endswith("_LINKER")]
    units = sorted(name for name in made if name.startswith("tests/core/test_"))
    return [*(program(name) for name in units), program("tests/closed_loop/closed-loop"),
            *(suite(folder, *more) for folder, more in SUITES.items())]


def defined_symbols(objects: list[Path], *more: str) -> frozenset[str]:
    """What objects or a program define. In a program the hidden ones are local ones."""
    listed = subprocess.run(
        ["nm", "--format=posix", "--defined-only", *more, *map(str, objects)],
        check=True, stdout=subprocess.PIPE).stdout.decode()
    return frozenset(line.split()[0] for line in listed.splitlines() if " " in line)


@dataclass
class Order:
    """Which killer is asked first: the one named after the file, then whichever killed most of
    that file's mutants so far, then all others as listed."""

    killers: list[Killer]
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)

    def for_file(self, file: str, symbols: frozenset[str]) -> list[Killer]:
        own = f"test_{Path(file).stem}"

        def place(killer: Killer) -> tuple[int, bool]:
            return -self.kills[file, killer.name], not killer.name.startswith(own)
        return sorted((one for one in self.killers if one.concerns(file, symbols)), key=place)

    def note(self, file: str, killer: Killer) -> None:
        self.kills[file, killer.name] += 1
