# SPDX-License-Identifier: MIT
"""Runs a command to its end with one of its calls failed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.fault_state import Call, Fault, FaultState
from tests.support.cors_command import cors_environment
from tests.support.started import ENDS_WITH_US, processes_of_session

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / os.environ.get("CORS_FAULTS", "build/tests/faults")
SUPERVISOR = str(BUILT / "fault-supervisor")
PRELOADED = str(BUILT / "fault_preload.so")

NO_FAULT = Fault("none", 0)
PIPE_SIZE = 1 << 16  # what is written into one at once
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
    usual_code: int = 0
    stdin: bytes = b""
    old: dict[str, bytes] = field(default_factory=dict)
    again: bool = False
    settle: Callable[[bytes], bytes] = bytes
    settle_file: Callable[[str, bytes], bytes] = lambda _, content: content
    may_say: bytes | None = None  # a line of its answer may be one that holds this instead
    failure_says: bytes | None = None  # an answer with exit code 1 is a failure where it holds this
    program: str = "cors"  # whose calls are failed


@dataclass(frozen=True)
class Seen:
    """What one run did."""

    code: int | None  # None: it did not end
    stdout: bytes
    stderr: bytes
    files: dict[str, str]  # digests of all that is in its folder
    calls: int
    places: list[Call]  # one of each, where no call was to fail
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


@contextmanager
def prepared(command: Command) -> Iterator[Path]:
    """A folder with what the command reads in it. Beside it there is room for the state."""
    with tempfile.TemporaryDirectory(prefix="cors-faults-") as outer:
        folder = Path(outer) / "work"
        folder.mkdir()
        for name, content in {**command.files, **command.old}.items():
            (folder / name).write_bytes(content)
        yield folder


def run_command(command: Command, fault: Fault) -> Seen:
    with prepared(command) as folder:
        with FaultState(folder.with_name("state"), fault, command.program) as state:
            seen = finish_run(command, folder, state)
        if not command.again or seen.code is None:
            return seen
        with FaultState(folder.with_name("state"), NO_FAULT, command.program) as state:
            return replace(seen, again=finish_run(command, folder, state))


def start(command: Command, folder: Path, state: FaultState) -> subprocess.Popen[bytes]:
    """In a session of its own, with all of its input in a pipe. It ends with us."""
    process = subprocess.Popen(
        [*ENDS_WITH_US, *supervised(state.path, command.line)], cwd=folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=cors_environment({"TMPDIR": str(folder)}))
    assert process.stdin is not None and len(command.stdin) < PIPE_SIZE
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(command.stdin)
    process.stdin = None
    return process


def finish_run(command: Command, folder: Path, state: FaultState,
               meanwhile: Callable[[subprocess.Popen[bytes]], None] = lambda process: None) -> Seen:
    process = start(command, folder, state)
    code: int | None
    try:
        meanwhile(process)
        out, complaints = process.communicate(timeout=SECONDS)
        code = process.returncode
    except subprocess.TimeoutExpired:
        kill_session(process)
        out, complaints = process.communicate()
        code = None
    except BaseException:
        kill_session(process)
        raise
    return Seen(code, out, complaints, files_below(command, folder), state.get("seen"),
                state.places(), state.get("failed"), state.get("left"), state.get("ended_by"),
                state.died_in())


def kill_session(process: subprocess.Popen[bytes]) -> None:
    for pid in processes_of_session(process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
