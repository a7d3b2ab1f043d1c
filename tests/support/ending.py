# SPDX-License-Identifier: MIT
"""How a tool that runs for minutes ends: cleanly if it is asked to, and alone in its folder."""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.started import END_SECONDS, children_of


def end_cleanly() -> None:
    """Has SIGTERM and SIGHUP end us, and what is forked from us, as an error would: what was
    started is ended, and folders go. SIGHUP stays ignored where we were started by nohup."""
    atexit.register(end_children)  # such as one that was just being started
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda got, _: sys.exit(128 + got))


@contextmanager
def only_one(folder: Path, wait: bool = True) -> Iterator[None]:
    """Holds a folder that bears one user at a time; others wait, or are refused. Who is killed
    holds it no longer."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(f"{folder.name}.lock"), "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise SystemExit(f"Another run uses {folder}.") from None
            print(f"Another run uses {folder}: waiting for its end.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_to_end(command: list[str], folder: Path, environment: dict[str, str] | None = None,
               seconds: float | None = None) -> subprocess.CompletedProcess[str]:
    """subprocess.run() of what starts much itself, such as ninja: where we end early it is asked
    to end, not killed, and takes along what it has started. Ctrl-C reaches it through us alone."""
    with subprocess.Popen(command, cwd=folder, env={**os.environ, **(environment or {})},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace", start_new_session=True) as process:
        try:
            said, complaints = process.communicate(timeout=seconds)
        except BaseException:
            process.terminate()
            finish(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, said, complaints)


def finish(process: subprocess.Popen[str]) -> None:
    """Hears it out: meson leaves its tests running where it cannot say that it ends."""
    try:
        process.communicate(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def end_children() -> None:
    """Asks all that we started to end: threads that wait for it hear of no signal."""
    for child in children_of(os.getpid()):
        os.kill(child, signal.SIGTERM)
