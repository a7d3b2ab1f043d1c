# SPDX-License-Identifier: MIT
"""The tests in C, built so that they count what they run, and what they counted.

clang counts in terms of the source: each condition on its own, with how often it was true and how
often false. gcc's figures are of the machine's jumps, and even without optimization it makes one
of several, so that `'0' <= byte && byte <= '9'` looks like a single condition.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.ending import only_one, run_to_end

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "coverage"
COUNTING = ["-fprofile-instr-generate", "-fcoverage-mapping"]
OF_ALL_OF_THE_CORE = {"conformance through the C library", "closed loop"}
SECONDS = 600  # far above what any step takes


class CoverageError(Exception):
    """A step that failed, with what it said."""


@dataclass(frozen=True)
class Build:
    """A build folder with its profiles: a file for each program that ran."""
    folder: Path

    @property
    def profiles(self) -> Path:
        return self.folder / "profiles"

    @property
    def merged(self) -> Path:
        return self.folder / "merged.profdata"


def run_step(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = run_to_end(command, ROOT, environment, SECONDS)
    if done.returncode != 0:
        raise CoverageError(f"{' '.join(command[:4])} … fails:\n{done.stdout}{done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Test:
    """A test that meson knows of, and what has to be built for it."""
    name: str
    is_of_core: bool  # sees the core's own headers, and holds what is inline there
    programs: tuple[Path, ...]


def configure(build: Build) -> None:
    configured = (build.folder / "build.ninja").exists()
    run_step(["meson", "setup", str(build.folder), "-Dtests=true", "-Dnginx_module=false",
              "-Dmanual=false", "-Doptimization=0", f"-Dc_args={' '.join(COUNTING)}",
              f"-Dc_link_args={COUNTING[0]}", *(["--reconfigure"] if configured else [])],
             {"CC": "clang", "LLVM_PROFILE_FILE": os.devnull})


def introspect(build: Build, what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        run_step(["meson", "introspect", str(build.folder), what]))
    return found


def find_tests(build: Build) -> list[Test]:
    """The tests in C of the core: those beside it, and those of all of it together."""
    built = {target["id"]: Path(target["filename"][0])
             for target in introspect(build, "--targets")}
    tests = [Test(each["name"], "libcors:core" in each["suite"],
                  tuple(built[target] for target in each["depends"]))
             for each in introspect(build, "--tests")]
    return [test for test in tests if test.is_of_core or test.name in OF_ALL_OF_THE_CORE]


def find_library(build: Build) -> Path:
    """All of the core, also what no test asks for."""
    return next(Path(target["filename"][0]) for target in introspect(build, "--targets")
                if target["name"] == "cors" and target["type"] == "shared library")


def compile_all(build: Build, binaries: set[Path]) -> None:
    run_step(["ninja", "-C", str(build.folder),
              *sorted(str(binary.relative_to(build.folder)) for binary in binaries)])


def run_tests(build: Build, tests: list[Test]) -> None:
    """One that fails has no figures worth reading."""
    shutil.rmtree(build.profiles, ignore_errors=True)
    build.profiles.mkdir(parents=True)
    run_step(["meson", "test", "-C", str(build.folder), "--no-rebuild", "--print-errorlogs",
              "--num-processes", "2", *[test.name for test in tests]],
             {"LLVM_PROFILE_FILE": str(build.profiles / "%m.profraw")})
    profiles = sorted(str(path) for path in build.profiles.glob("*.profraw"))
    run_step(["llvm-profdata-14", "merge", "-sparse", "-o", str(build.merged), *profiles])


def export_counts(profile: Path, binaries: list[Path]) -> dict[str, Any]:
    """llvm-cov's report as it exports it: files with their lines, functions with their branches."""
    first, *others = [str(binary) for binary in binaries]
    exported = json.loads(run_step(
        ["llvm-cov-14", "export", f"-instr-profile={profile}", first,
         *[f"-object={other}" for other in others]]))
    data: dict[str, Any] = exported["data"][0]
    return data


def count_core() -> dict[str, Any]:
    """Builds, runs and reads all."""
    build = Build(BUILD)
    with only_one(build.folder):
        configure(build)
        tests = find_tests(build)
        library = find_library(build)
        compile_all(build, {library, *(program for test in tests for program in test.programs)})
        run_tests(build, tests)
        of_core = {program for test in tests if test.is_of_core for program in test.programs}
        return export_counts(build.merged, [library, *sorted(of_core)])
