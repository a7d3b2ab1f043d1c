# SPDX-License-Identifier: MIT
"""A file is changed at the very moment at which a program is about to look at it, or to go on."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.faults.fault_runs import SECONDS, Command, Seen, files_below, supervised
from tests.faults.fault_state import Fault, FaultState
from tests.support.cors_command import cors_environment
from tests.support.started import wait_for

Change = Callable[[Path], None]


def half_written(path: Path) -> None:
    """As somebody leaves it who has begun to write it in place."""
    content = path.read_bytes()
    path.write_bytes(content[:len(content) // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0 more \xff\n" * 20_000)


def removed(path: Path) -> None:
    path.unlink()


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: list[Change] = [half_written, emptied, grown, removed, replaced_by_a_folder]


def run_while_changing(command: Command, call: str, number: int, name: str,
                       change: Change) -> Seen:
    """Holds the command before its N-th call of a kind, changes a file, and lets it go on."""
    with tempfile.TemporaryDirectory(prefix="cors-faults-") as outer:
        folder = Path(outer) / "work"
        folder.mkdir()
        for file, content in {**command.files, **command.old}.items():
            (folder / file).write_bytes(content)
        with FaultState(Path(outer) / "state", Fault(call, 0), command.program) as state:
            state.set("pause_at", number)
            process = subprocess.Popen(
                supervised(state.path, command.line), cwd=folder, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                env=cors_environment({"TMPDIR": str(folder)}))
            try:
                wait_for(lambda: state.get("paused") == 1 or process.poll() is not None,
                         f"call {number} of {call}", SECONDS)
                change(folder / name)
                state.set("paused", 0)
                out, complaints = process.communicate(timeout=SECONDS)
            finally:
                process.kill()
                process.wait()
            return Seen(process.returncode, out, complaints, files_below(command, folder),
                        state.get("seen"), state.places(), 0, state.get("left"),
                        state.get("ended_by"), state.died_in())


def usual_calls(command: Command, call: str) -> int:
    with tempfile.TemporaryDirectory(prefix="cors-faults-") as outer:
        folder = Path(outer) / "work"
        folder.mkdir()
        for file, content in {**command.files, **command.old}.items():
            (folder / file).write_bytes(content)
        with FaultState(Path(outer) / "state", Fault(call, 0), command.program) as state:
            subprocess.run(supervised(state.path, command.line), cwd=folder, check=False,
                           stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                           env=cors_environment({"TMPDIR": str(folder)}))
            return state.get("seen")
