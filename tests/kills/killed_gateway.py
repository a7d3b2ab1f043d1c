# SPDX-License-Identifier: MIT
"""A gateway under load, whose processes are killed at random, and what its clients see of it."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.serve.serving import LISTED, POLICY, Gateway
from tests.support.raw_client import Connection, Response
from tests.support.started import wait_for

SECONDS = 30.0
DENIED = "https://evil.test"
CLIENTS = 6

PREFLIGHT = [("Access-Control-Request-Method", "PUT")]


class WrongAnswer(AssertionError):
    """An answer that the policy does not give: never to be excused by a kill."""


@dataclass(frozen=True)
class Question:
    origin: str
    is_preflight: bool

    def judge(self, answer: Response) -> None:
        expected = LISTED if self.origin == LISTED else None
        statuses = {204 if expected else 403} if self.is_preflight else {200}
        if answer.allowed_origin() != expected or answer.status not in statuses \
                or "origin" not in answer.vary():
            raise WrongAnswer(f"{self}: {answer}")


def draw_question(draw: random.Random) -> Question:
    return Question(draw.choice([LISTED, DENIED]), draw.random() < 0.5)


def ask(connection: Connection, question: Question) -> Response:
    lines = [("Origin", question.origin), *(PREFLIGHT if question.is_preflight else [])]
    return connection.ask("OPTIONS" if question.is_preflight else "GET", "/api/x", lines)


@dataclass
class Load:
    """Clients that ask without a pause, and what became of it."""

    port: int
    answered: int = 0
    broken_in_kills: int = 0
    broken_after: int = 0  # and asked once more
    faults: list[str] = field(default_factory=list)  # wrong answers, and those that did not come
    kills_begun: int = 0
    kills_over: int = 0

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.lock = threading.Lock()

    @contextmanager
    def killing(self) -> Iterator[None]:
        """While something is killed, or ended, and until it is gone."""
        self.kills_begun += 1
        yield
        self.kills_over = self.kills_begun

    def note_answer(self) -> None:
        with self.lock:
            self.answered += 1

    def note_break(self, was_killed: bool) -> None:
        with self.lock:
            self.broken_in_kills += was_killed
            self.broken_after += not was_killed

    def note_fault(self, words: str) -> None:
        with self.lock:
            self.faults.append(words)

    def more(self, count: int) -> None:
        """Waits until so many more requests were answered."""
        goal = self.answered + count
        wait_for(lambda: self.answered >= goal or bool(self.faults), f"{count} answers", SECONDS)
        assert not self.faults, self.faults[:5]

    def assert_nothing_else_broke(self) -> None:
        """What a kill broke each client finds once at most when the kill is over: at its next
        request on that connection."""
        assert not self.faults, self.faults[:5]
        assert self.broken_after <= self.kills_begun * CLIENTS, self


class Client(threading.Thread):
    """Opens its connection anew when it breaks, and asks once more what broke.

    If that breaks, too, though nothing was being killed, the request is lost. Where something was,
    a try is none; where nobody listens, nothing was asked.
    """

    def __init__(self, load: Load, draw: random.Random) -> None:
        super().__init__(daemon=True)
        self.load = load
        self.draw = draw
        self.question = draw_question(draw)
        self.broke = False  # the question, once

    def run(self) -> None:
        while not self.load.stop.is_set():
            kills_over = self.load.kills_over
            try:
                self._use_one_connection()
            except ConnectionRefusedError:
                self.load.stop.wait(0.02)
            except TimeoutError as error:
                self.load.note_fault(f"neither answered nor closed: {self.question}: {error!r}")
            except OSError as error:
                self._note_break(error, self.load.kills_begun > kills_over)
            except Exception as error:  # a wrong answer, however it was noticed
                self.load.note_fault(repr(error))

    def _use_one_connection(self) -> None:
        with Connection(self.load.port) as connection:
            stays_open = True
            while stays_open and not self.load.stop.is_set():
                answer = ask(connection, self.question)
                self.question.judge(answer)
                self.load.note_answer()
                self.question, self.broke = draw_question(self.draw), False
                stays_open = answer.values("Connection") != ["close"]

    def _note_break(self, error: OSError, was_killed: bool) -> None:
        self.load.note_break(was_killed)
        if self.broke and not was_killed:
            self.load.note_fault(f"broken twice: {self.question}: {error!r}")
        self.broke = self.broke or not was_killed


@contextmanager
def load_on(port: int, seed: int) -> Iterator[Load]:
    load = Load(port)
    clients = [Client(load, random.Random(seed + number)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield load
    finally:
        load.stop.set()
        for client in clients:
            client.join(SECONDS)
    assert not any(client.is_alive() for client in clients)
    load.assert_nothing_else_broke()


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
