# SPDX-License-Identifier: MIT
"""A file is changed at the very moment at which a program is about to look at it, or to go on."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.faults.fault_runs import (
    NO_FAULT, SECONDS, Command, Seen, finish_run, prepared, run_command)
from tests.faults.fault_state import Fault, FaultState
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


# What leaves nothing that could be read, and all that can happen.
GONE: list[Change] = [removed, replaced_by_a_folder]
CHANGES: list[Change] = [half_written, emptied, grown, *GONE]


def run_changed(command: Command, name: str, change: Change) -> Seen:
    """The file was changed before the command began."""
    with prepared(command) as folder:
        change(folder / name)
        with FaultState(folder.with_name("state"), NO_FAULT, command.program) as state:
            return finish_run(command, folder, state)


def run_while_changing(command: Command, call: str, number: int, name: str,
                       change: Change) -> tuple[Seen, bool]:
    """Holds the command before its N-th call of a kind, changes a file, and lets it go on.

    Returns what it did, and whether that call came.
    """
    with prepared(command) as folder, \
            FaultState(folder.with_name("state"), Fault(call, 0), command.program) as state:
        state.set("pause_at", number)
        met = False

        def change_it(process: subprocess.Popen[bytes]) -> None:
            nonlocal met
            wait_for(lambda: state.get("paused") == 1 or process.poll() is not None,
                     f"call {number} of {call}", SECONDS)
            met = state.get("paused") == 1
            change(folder / name)
            state.set("paused", 0)
        return finish_run(command, folder, state, change_it), met


def usual_calls(command: Command, call: str) -> int:
    return run_command(command, Fault(call, 0)).calls


def said(seen: Seen) -> bytes:
    return seen.stdout + seen.stderr


def own_open(command: Command, name: str) -> int:
    """By which of its calls of `open` a command opens a file: the one whose failure it tells of."""
    return next(number for number in range(1, usual_calls(command, "open") + 1)
                if name.encode() in line_on(b"Permission denied", run_command(
                    command, Fault("open", errno.EACCES, number))))


def line_on(words: bytes, seen: Seen) -> bytes:
    return b"".join(line for line in said(seen).splitlines() if words in line)
