# SPDX-License-Identifier: MIT
"""Processes that a test starts, and that end with it, whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

END_SECONDS = 10.0  # after which a process that was asked to end is killed
LOOK_SECONDS = 0.02  # between two looks at a condition

# Has the kernel end the process if the test is killed before it can; and lets it be asked to end
# where the tests themselves were started by nohup, or in the background.
ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--",
                "env", "--default-signal=HUP,INT,QUIT,TERM", "--")


def wait_for(condition: Callable[[], bool], what: str, seconds: float) -> None:
    """Returns once the condition holds; raises TimeoutError, naming `what`, after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(LOOK_SECONDS)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is nobody's, and ours for the next minute.

    A connection of it is left in TIME_WAIT: the system then gives the port to nobody who asks for
    any, and servers, which set SO_REUSEADDR, may have it all the same.
    """
    with socket.socket() as listener, socket.socket() as client:
        listener.bind(("127.0.0.1", 0))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # accepted ones inherit it
        listener.listen(1)
        client.connect(listener.getsockname())
        accepted, _ = listener.accept()
        accepted.close()  # who closes first has the TIME_WAIT
        port: int = listener.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether something on 127.0.0.1 takes connections at the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Started:
    """A process in a session of its own, with all that it says in a file.

    Leaving the `with` block ends it and every process of its session. To be started from the
    main thread.
    """

    def __init__(self, command: list[str], log: Path, folder: Path | None = None,
                 environment: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*ENDS_WITH_US, *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
                start_new_session=True)

    def __enter__(self) -> Started:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.end()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def ended(self) -> bool:
        return self.process.poll() is not None

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        """As wait_for(), and at once an error if the process ends instead."""
        met = False

        def settled() -> bool:
            nonlocal met
            met = condition()
            return met or self.ended()
        try:
            wait_for(settled, what, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it said:\n{self.said()}") from None
        if not met:
            raise ChildProcessError(
                f"{what}: the process ended with {self.process.returncode}; "
                f"it said:\n{self.said()}")

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        wait_for(self._session_killed, f"the end of {self.process.args!r}", END_SECONDS)

    def _session_killed(self) -> bool:
        left = processes_of_session(self.process.pid)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return self.ended() and not left


def processes_of_session(session: int) -> list[int]:
    """The living processes of a session (setsid(2)), its leader included."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of_session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it ended while we looked
        if int(of_session) == session and state not in "ZX":
            found.append(int(folder.name))
    return found


def children_of(parent: int) -> list[int]:
    """The children of a process and of its threads, each thread's in the order in which they were
    started; none where it has ended."""
    found: list[int] = []
    for task in sorted(Path(f"/proc/{parent}/task").glob("[0-9]*")):
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # the thread ended
    return found
