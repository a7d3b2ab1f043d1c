# SPDX-License-Identifier: MIT
"""Clients that ask without a pause and know what may be answered while a policy is replaced.

Each policy allows one origin that no other does, its mark. An answer is right if one of the
policies that may have been in force between question and answer gives it: until a new policy is in
force in all workers, that and the one before; from then on only the new one.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.raw_client import Connection

ALWAYS = "https://always.example"
NEVER = "https://never.example"

# So that connections come to all workers again and again.
REQUESTS_PER_CONNECTION = 40


class Timeline:
    """Which marks were put in place, in their order, and which of them is surely in force."""

    def __init__(self, mark: str) -> None:
        self.marks = [mark]
        self.settled = 0

    def begin(self, mark: str) -> int:
        """To be called before a policy is put in place. Returns its number, for settle()."""
        self.marks.append(mark)
        return len(self.marks) - 1

    def settle(self, number: int) -> None:
        """To be called once a policy is in force in all workers."""
        self.settled = number

    def newest(self) -> int:
        return len(self.marks) - 1

    def possible(self, oldest: int, newest: int) -> set[str]:
        return set(self.marks[oldest:newest + 1])


@dataclass
class Outcome:
    answers: int = 0
    failures: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    workers: set[str] = field(default_factory=set)

    def add(self, other: Outcome) -> None:
        self.answers += other.answers
        self.failures += other.failures
        self.wrong += other.wrong
        self.workers |= other.workers


class Client:
    """One that keeps its connection for a while.

    `patient`: a connection may be closed between two requests, as by a worker that ends; the
    request is then sent once more.
    """

    def __init__(self, port: int, timeline: Timeline, marks: list[str], patient: bool) -> None:
        self.port = port
        self.timeline = timeline
        self.marks = marks
        self.patient = patient
        self.outcome = Outcome()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with Connection(self.port) as connection:
                    for number in range(REQUESTS_PER_CONNECTION):
                        if not self._ask(connection, number > 0) or stop.is_set():
                            break
            except OSError as error:
                self.outcome.failures.append(repr(error))

    def _ask(self, connection: Connection, kept: bool) -> bool:
        """Whether the connection can be used for more."""
        origin = random.choice([*self.marks, *self.marks, ALWAYS, NEVER])
        oldest = self.timeline.settled
        try:
            response = connection.ask("GET", "/", [("Origin", origin)])
        except OSError:
            if self.patient and kept:
                return False
            raise
        possible = self.timeline.possible(oldest, self.timeline.newest())
        allowed = response.allowed_origin() == origin
        self.outcome.answers += 1
        self.outcome.workers.update(response.values("X-Worker"))
        if response.status != 200 or allowed not in expected(origin, possible):
            self.outcome.wrong.append(
                f"{origin}: {response.status}, {allowed}; in force: {possible}")
        return response.values("Connection") != ["close"]


def expected(origin: str, possible: set[str]) -> set[bool]:
    """The verdicts on an origin that the policies with these marks give."""
    if origin in (ALWAYS, NEVER):
        return {origin == ALWAYS}
    return {origin == mark for mark in possible}


@contextmanager
def load(port: int, timeline: Timeline, marks: list[str], clients: int = 4,
         patient: bool = False) -> Iterator[Outcome]:
    """Asks until the block ends; the outcome is complete then."""
    stop = threading.Event()
    running = [Client(port, timeline, marks, patient) for _ in range(clients)]
    threads = [threading.Thread(target=client.run, args=(stop,)) for client in running]
    outcome = Outcome()
    for thread in threads:
        thread.start()
    try:
        yield outcome
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for client in running:
            outcome.add(client.outcome)
