# SPDX-License-Identifier: MIT
"""Runs a command to its end with one of its calls failed, and says what came of it."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from tests.faults.fault_state import Fault, FaultState
from tests.support.cors_command import cors_environment

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / os.environ.get("CORS_FAULTS", "build/tests/faults")
SUPERVISOR = str(BUILT / "fault-supervisor")
PRELOADED = str(BUILT / "fault_preload.so")

# An answer of a JSON Lines command, and what stands for a character that cannot be shown.
OUT_OF_MEMORY = b'"error":"out of memory"}'
UNKNOWN = "\ufffd".encode()

NO_FAULT = Fault("none", 0)
SECONDS = 30.0  # far above what any run takes: only a hang gets there


def supervised(state: Path, command: list[str]) -> list[str]:
    return [SUPERVISOR, str(state), PRELOADED, *command]


@dataclass(frozen=True)
class Command:
    """A command line, the files that it reads, and what its exit codes mean.

    `files` are put into the folder that it runs in, `old` are files there that it may replace.
    What two runs say may differ in what `settle` removes, and the files that they write in what
    `settle_file` removes. After a fault a command that writes files is run `again`, and must be as
    if there had been none.
    """

    name: str
    line: list[str]
    files: dict[str, bytes]
    failures: frozenset[int] = frozenset({2, 3})
    stdin: bytes = b""
    old: dict[str, bytes] = field(default_factory=dict)
    again: bool = False
    settle: Callable[[bytes], bytes] = bytes
    settle_file: Callable[[str, bytes], bytes] = lambda _, content: content
    may_say: bytes | None = None  # a line of its answer may be one that holds this instead
    program: str = "cors"  # whose calls are failed


@dataclass(frozen=True)
class Seen:
    """What one run did."""

    code: int | None  # None: it did not end
    stdout: bytes
    stderr: bytes
    files: dict[str, str]  # digests of all that is in its folder
    calls: int
    places: list[int]
    failed: int
    left: int
    ended_by: int
    died_in: str
    again: Seen | None = None  # a second run in the same folder, without a fault


def digest(command: Command, name: str, content: bytes) -> str:
    return hashlib.sha256(command.settle_file(name, content)).hexdigest()


def files_below(command: Command, folder: Path) -> dict[str, str]:
    files = [(str(path.relative_to(folder)), path) for path in sorted(folder.rglob("*"))]
    return {name: digest(command, name, path.read_bytes())
            for name, path in files if path.is_file()}


def run_command(command: Command, fault: Fault) -> Seen:
    with tempfile.TemporaryDirectory(prefix="cors-faults-") as outer:
        folder = Path(outer) / "work"
        folder.mkdir()
        for name, content in {**command.files, **command.old}.items():
            (folder / name).write_bytes(content)
        with FaultState(Path(outer) / "state", fault, command.program) as state:
            seen = finish_run(command, folder, state)
        if not command.again or seen.code is None:
            return seen
        with FaultState(Path(outer) / "state", NO_FAULT, command.program) as state:
            return replace(seen, again=finish_run(command, folder, state))


def finish_run(command: Command, folder: Path, state: FaultState) -> Seen:
    process = subprocess.Popen(
        supervised(state.path, command.line), cwd=folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=cors_environment({"TMPDIR": str(folder)}))
    code: int | None
    try:
        out, complaints = process.communicate(command.stdin, SECONDS)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, complaints = process.communicate()
        code = None
    return Seen(code, out, complaints, files_below(command, folder), state.get("seen"),
                state.places(), state.get("failed"), state.get("left"), state.get("ended_by"),
                state.died_in())


def fault_of(command: Command, usual: Seen, seen: Seen) -> str | None:
    """What is wrong with a run in which a call failed, beside the usual run; None: nothing."""
    if seen.code is None:
        return "does not end"
    if seen.ended_by:
        return f"died of signal {seen.ended_by} in {seen.died_in}"
    if seen.left:
        return f"{seen.left} processes were left"
    wrong = fault_of_files(command, usual, seen) or fault_of_answer(command, usual, seen)
    if wrong is None and seen.again is not None and usual.again is not None:
        wrong = fault_of(command, usual.again, seen.again)
        return wrong and f"run again: {wrong}"
    return wrong


def fault_of_files(command: Command, usual: Seen, seen: Seen) -> str | None:
    given = {name: digest(command, name, content) for name, content in command.files.items()}
    old = {name: digest(command, name, content) for name, content in command.old.items()}
    for name in given.keys() - seen.files.keys():
        return f"{name} is gone"
    for name in old.keys() - seen.files.keys():
        return f"the old {name} is gone"
    for name, content in seen.files.items():
        whole = {given.get(name), old.get(name), usual.files.get(name)}
        if name not in usual.files:
            return f"{name} was left"
        if content not in whole:
            return f"{name} is none that was meant"
    return None


def fault_of_answer(command: Command, usual: Seen, seen: Seen) -> str | None:
    if seen.code in command.failures:
        told = seen.stderr.strip() or seen.stdout.strip()
        return None if told else f"ended with {seen.code} without a word"
    if seen.code != usual.code:
        return f"ended with {seen.code}"
    if not same_answer(command, command.settle(usual.stdout), command.settle(seen.stdout)):
        return f"another answer, and yet {seen.code}"
    return None


def same_answer(command: Command, usual: bytes, seen: bytes) -> bool:
    """Whether an answer says the same, or at least of each line that it could not be answered."""
    if command.may_say is not None:
        pairs = zip_longest(usual.splitlines(), seen.splitlines(), fillvalue=b"")
        return all(here == there or command.may_say in there for here, there in pairs)
    if UNKNOWN in seen:
        return without_characters(usual) == without_characters(seen)
    return usual == seen


def without_characters(text: bytes) -> bytes:
    """What is in ASCII: a command whose locale could not be loaded shows nothing else."""
    return re.sub(rb"[\x80-\xff]+|\s+", b"", text)
