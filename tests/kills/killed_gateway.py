# SPDX-License-Identifier: MIT
"""A gateway under load, whose processes are killed at random, and what its clients see of it."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.serve.serving import LISTED, POLICY, Gateway
from tests.support.raw_client import Closed, Connection
from tests.support.started import wait_for

SECONDS = 30.0
DENIED = "https://evil.test"
CLIENTS = 6

PREFLIGHT = [("Access-Control-Request-Method", "PUT")]


class WrongAnswer(AssertionError):
    """An answer that the policy does not give: never to be excused by a kill."""


def ask(connection: Connection, draw: random.Random) -> None:
    """Sends one request, and judges its answer."""
    origin = draw.choice([LISTED, DENIED])
    preflight = draw.random() < 0.5
    lines = [("Origin", origin), *(PREFLIGHT if preflight else [])]
    answer = connection.ask("OPTIONS" if preflight else "GET", "/api/x", lines)
    expected = LISTED if origin == LISTED else None
    statuses = {204 if expected else 403} if preflight else {200}
    if answer.allowed_origin() != expected or answer.status not in statuses \
            or "origin" not in answer.vary():
        raise WrongAnswer(f"{'preflight' if preflight else 'GET'} from {origin}: {answer}")


@dataclass
class Load:
    """Clients that ask without a pause, each over a connection that it opens anew when it breaks.

    A request that breaks is asked once more; where nobody listens, nothing was asked.
    """

    port: int
    seed: int
    answered: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._client, args=(random.Random(self.seed + i),))
                        for i in range(CLIENTS)]

    def _client(self, draw: random.Random) -> None:
        while not self.stop.is_set():
            try:
                with Connection(self.port) as connection:
                    while not self.stop.is_set():
                        ask(connection, draw)
                        with self.lock:
                            self.answered += 1
            except ConnectionRefusedError:
                self.stop.wait(0.02)
            except (Closed, OSError) as error:
                with self.lock:
                    self.broken[type(error).__name__] += 1
            except Exception as error:  # everything else is a wrong answer, however it was noticed
                with self.lock:
                    self.wrong.append(repr(error))

    def more(self, count: int) -> None:
        """Waits until so many more requests were answered."""
        goal = self.answered + count
        wait_for(lambda: self.answered >= goal or bool(self.wrong), f"{count} answers", SECONDS)
        assert not self.wrong, self.wrong[:5]


@contextmanager
def load_on(port: int, seed: int) -> Iterator[Load]:
    load = Load(port, seed)
    for thread in load.threads:
        thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        for thread in load.threads:
            thread.join(SECONDS)
    assert not load.wrong, load.wrong[:5]


def start_gateway(folder: Path, port: int, *arguments: str) -> Gateway:
    (folder / "cors.yaml").write_text(POLICY)
    return Gateway(folder, ["--policy", "cors.yaml", "--listen", f"127.0.0.1:{port}", "--watch",
                            *arguments])


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def cors_memories(processes: list[int]) -> int:
    """How many memories of policies these processes hold open."""
    inodes = set()
    for process in processes:
        for link in Path(f"/proc/{process}/fd").iterdir():
            try:
                if os.readlink(link).startswith("/memfd:cors_policy"):
                    inodes.add(link.stat().st_ino)
            except FileNotFoundError:
                continue
    return len(inodes)


def locks_below(folder: Path) -> list[str]:
    """The locks on what lies below a folder, as /proc/locks names them."""
    inodes = {str(path.stat().st_ino) for path in [folder, *folder.rglob("*")]}
    return [line for line in Path("/proc/locks").read_text().splitlines()
            if line.split()[5].rpartition(":")[2] in inodes]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
