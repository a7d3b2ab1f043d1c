# SPDX-License-Identifier: MIT
"""The same command line twice: by the native command and by the package for Node."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.cors_command import SECONDS, Finished, cors_environment, run_cors

PROGRAM = Path(__file__).resolve().parent / "run_cli.mjs"
MANY = PROGRAM.with_name("run_many.mjs")
SHOWN = 2000


def named_natively(text: str) -> str:
    """What the package calls itself, as the native command is called."""
    return re.sub(r"\blibcors\b", "cors", text)


def run_package(arguments: list[str], folder: Path, variables: dict[str, str] | None = None,
                stdin: bytes = b"") -> Finished:
    done = subprocess.run(["node", str(PROGRAM), *arguments], cwd=folder, input=stdin,
                          env=cors_environment(variables), capture_output=True,
                          timeout=4 * SECONDS, check=False)
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


def first_difference(native: str, package: str) -> str:
    """Of two long texts, the lines in which they part."""
    pairs = zip(native.splitlines() + [""], package.splitlines() + [""])
    for number, (left, right) in enumerate(pairs, 1):
        if left != right:
            return f"line {number}\nnative:  {left[:SHOWN]}\npackage: {right[:SHOWN]}"
    return f"{len(native)} and {len(package)} characters"


@dataclass(frozen=True)
class Use:
    """A command line, with what it reads besides."""

    arguments: list[str]
    stdin: bytes = b""
    variables: dict[str, str] = field(default_factory=dict)


def compare(native: Finished, package: Finished) -> None:
    """Fails unless both ended alike and printed the same."""
    printed = named_natively(package.stdout) if "--help" in package.stdout or \
        "libcors 0" in package.stdout else package.stdout
    assert printed == native.stdout, first_difference(native.stdout, printed)
    assert (package.code, named_natively(package.stderr)) == (native.code, native.stderr)


def check_same(arguments: list[str], folder: Path, variables: dict[str, str] | None = None,
               stdin: bytes = b"") -> Finished:
    native = run_cors(arguments, folder, variables, stdin)
    compare(native, run_package(arguments, folder, variables, stdin))
    return native


def run_many(uses: Sequence[Use], folder: Path) -> list[Finished]:
    """By the package, all in one process."""
    cases = [json.dumps({"argv": use.arguments, "stdin": base64.b64encode(use.stdin).decode(),
                         "env": cors_environment(use.variables)}) for use in uses]
    done = subprocess.run(["node", str(MANY)], cwd=folder, input="\n".join(cases).encode(),
                          capture_output=True, timeout=4 * SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.decode().split("\n") if line]
    return [Finished(**answer) for answer in answers]


def check_all_same(uses: Sequence[Use], folder: Path) -> None:
    package = run_many(uses, folder)
    for use, answer in zip(uses, package, strict=True):
        try:
            compare(run_cors(use.arguments, folder, use.variables, use.stdin), answer)
        except AssertionError as error:
            raise AssertionError(f"{use.arguments}: {error}") from None
