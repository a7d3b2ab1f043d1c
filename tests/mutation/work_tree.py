# SPDX-License-Identifier: MIT
"""A copy of the repository with a build of its own, in which a file can be wrong for a while."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from tests.support.ending import run_to_end

CORE = Path("src/core")
SETUP = ["-Dnginx_module=false", "-Dmanual=false", "-Doptimization=2", "-Ddebug=false"]

# What verdicts hang on, and what among it changes by itself, or after them.
TRIED = (Path("include"), Path("src"), Path("tests"), Path("meson.build"))
NOT_TRIED = (Path("tests/fuzz"), Path("tests/mutation/survivors.json"))


class BuildFailed(Exception):
    """The compiler or the linker refused; what they said."""


def repository_files(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, check=True,
        stdout=subprocess.PIPE).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (root / name).is_file()]


def tree_digest(root: Path) -> str:
    """Another one where verdicts may be others."""
    together = hashlib.sha256()
    for name in sorted(repository_files(root)):
        places = (name, *name.parents)
        if any(one in places for one in TRIED) and not any(one in places for one in NOT_TRIED):
            content = hashlib.sha256((root / name).read_bytes()).hexdigest()
            together.update(f"{name} {content}\n".encode())
    return together.hexdigest()


def copy_repository(root: Path, copy: Path) -> None:
    """Brings a copy up to date, and writes only what differs, so that builds stay small."""
    wanted = set(repository_files(root))
    for name in wanted:
        content, place = (root / name).read_bytes(), copy / name
        if not place.is_file() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod((root / name).stat().st_mode)
    for place in copy.rglob("*"):
        name = place.relative_to(copy)
        if place.is_file() and name not in wanted and name.parts[0] != "build":
            place.unlink()


class WorkTree:
    """Builds what is asked for from its copy; a changed file is put back before the next change."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self.build = folder / "build"
        copy_repository(root, folder)
        if not (self.build / "build.ninja").exists():
            self._run(["meson", "setup", str(self.build), *SETUP])
        self.make(["build.ninja"])  # which has to know the tests that came since

    def _run(self, command: list[str]) -> str:
        done = run_to_end(command, self.folder)
        if done.returncode:
            raise BuildFailed(done.stdout + done.stderr)
        return done.stdout

    def make(self, targets: list[str]) -> None:
        if targets:  # without any ninja makes everything
            self._run(["ninja", "-C", str(self.build), "-j", "1", *targets])

    def objects(self) -> dict[str, list[str]]:
        """The core's objects that each of its files goes into: those of the library, those built
        for size, and those of test programs that have its inline functions."""
        goes_into: dict[str, list[str]] = {}
        core = (self.folder / CORE).resolve()
        built = ""
        for line in self._run(["ninja", "-C", str(self.build), "-t", "deps"]).splitlines():
            if line.startswith("    "):
                source = (self.build / line.strip()).resolve()
                if built and source.parent == core:
                    goes_into.setdefault(source.name, []).append(built)
            elif line.endswith("(VALID)"):
                built = line.partition(":")[0]
            else:
                built = ""
        return goes_into

    def digest(self, objects: list[str]) -> str:
        together = hashlib.sha256()
        for name in sorted(objects):
            together.update((self.build / name).read_bytes())
        return together.hexdigest()

    def write(self, file: str, text: str) -> None:
        (self.folder / CORE / file).write_text(text)

    def read(self, file: str) -> str:
        return (self.folder / CORE / file).read_text()
