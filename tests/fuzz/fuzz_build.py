# SPDX-License-Identifier: MIT
"""Builds the targets in build/fuzz, and runs copies of them: a build may go on meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import fuzz_files
from tests.support.ending import only_one

NATIVE_FILE = fuzz_files.HERE / "clang_fuzzing.ini"
STAGED = fuzz_files.BUILD / "staged"
TARGETS = "fuzz-targets"


class BuildFailed(Exception):
    """What the compiler said."""


@dataclass(frozen=True)
class Target:
    name: str
    program: Path
    options: list[str]


def call(command: list[str]) -> None:
    done = subprocess.run(command, cwd=fuzz_files.ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"{' '.join(command)} failed:\n{done.stdout}")


def compile_targets() -> None:
    """Brings every target up to date that compiles; what does not is told of all at once."""
    if not (fuzz_files.BUILD / "build.ninja").exists():
        call(["meson", "setup", "--native-file", str(NATIVE_FILE), str(fuzz_files.BUILD)])
    call(["ninja", "-C", str(fuzz_files.BUILD), "-k", "0", TARGETS])


def stage(program: Path) -> Path:
    """A copy of the program, which stays what it is while it runs."""
    copy = STAGED / program.name
    if not copy.exists() or copy.stat().st_mtime_ns != program.stat().st_mtime_ns:
        beside = copy.with_suffix(".new")
        shutil.copy2(program, beside)
        os.replace(beside, copy)
    return copy


def staged_targets() -> list[Target]:
    """The targets of tests/fuzz/meson.build that were ever built, with their options."""
    listed = json.loads((fuzz_files.BUILD / "meson-info" / "intro-tests.json").read_text())
    STAGED.mkdir(exist_ok=True)
    targets = []
    for entry in listed:
        program = Path(entry["cmd"][0])
        if program.name == "fuzz_" + entry["name"] and program.exists():
            targets.append(Target(entry["name"], stage(program), entry["cmd"][1:]))
    return sorted(targets, key=lambda target: target.name)


def build() -> list[Target]:
    """All targets, built; raises BuildFailed."""
    with only_one(fuzz_files.BUILD):
        compile_targets()
        return staged_targets()


def build_what_compiles() -> tuple[list[Target], str]:
    """What can be run, if need be as it was built before; and what the compiler said, if so."""
    with only_one(fuzz_files.BUILD):
        said = ""
        try:
            compile_targets()
        except BuildFailed as failed:
            said = str(failed)
        return staged_targets(), said
