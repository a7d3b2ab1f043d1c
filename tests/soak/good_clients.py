# SPDX-License-Identifier: MIT
"""Well-meaning clients: they ask without a pause, and judge every answer.

    python3 -m tests.soak.good_clients PAGE OUTCOME SEED GATEWAY PORT THREADS

GATEWAY is one of Gateways. A request that fails is sent once more on a new connection; only if that
fails, too, it has failed. That is excused if the upstream was out of order meanwhile, or a worker
was killed; each is counted apart. That nothing comes, and no end either, is never excused.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

from tests.soak.client_threads import run_clients
from tests.soak.http2_connection import NotProcessed
from tests.soak.secure_connection import SecureConnection
from tests.soak.soak_conditions import Conditions, Gateways
from tests.soak.soak_outcome import Outcome
from tests.soak.soak_questions import UPSTREAM_FAILED, Question, draw_question
from tests.soak.soak_witness import Began, Witness
from tests.support.raw_client import Connection, CutShort, Response

# So that connections come to all workers again and again.
QUESTIONS_PER_CONNECTION = 40
PIPELINED_MAX = 8
PIPELINED_SHARE = 0.1

NUMBERS_OF_A_THREAD = 1 << 40  # each thread numbers its questions in a range of its own


Lost = tuple[Question, str | None]  # and what excuses it


class Exchanging(AbstractContextManager["Exchanging"], Protocol):
    """A connection on which questions are asked together, and answered as far as it lasts."""

    def exchange(self, questions: list[Question]) -> tuple[list[Response], OSError | None]: ...


class OverConnection:
    """HTTP/1.1: what is asked together is pipelined."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> OverConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.socket.close()

    def exchange(self, questions: list[Question]) -> tuple[list[Response], OSError | None]:
        answers: list[Response] = []
        try:
            self._connection.send(b"".join(question.wire() for question in questions))
            for question in questions:
                answers.append(self._receive(question))
                if answers[-1].values("Connection") == ["close"]:
                    return answers, ConnectionError("closed after this answer")
        except OSError as error:
            return answers, error
        return answers, None

    def _receive(self, question: Question) -> Response:
        try:
            return self._connection.receive(question.method == "HEAD")
        except AssertionError as error:  # what came is no HTTP/1.1
            return Response(0, [("Connection", "close")], str(error).encode())


class GoodClient:
    def __init__(self, witness: Witness, connect: Callable[[], Exchanging], draw: random.Random,
                 first_number: int, together_max: int, together_share: float) -> None:
        self._witness = witness
        self._connect = connect
        self._draw = draw
        self._number = first_number
        self._together_max = together_max
        self._together_share = together_share
        self.outcome = Outcome()

    def run(self) -> None:
        while not self._witness.stopping:
            self._use_one_connection()

    def _questions(self) -> list[Question]:
        together = self._draw.random() < self._together_share
        count = self._draw.randrange(2, self._together_max + 1) if together else 1
        self._number += count
        return [draw_question(self._draw, self._number - i) for i in range(count)]

    def _use_one_connection(self) -> None:
        left = self._draw.randrange(1, QUESTIONS_PER_CONNECTION)
        lost: list[Lost] = []
        began = self._witness.begin()
        try:
            with self._connect() as connection:
                while left > 0 and not lost and not self._witness.stopping:
                    questions = self._questions()
                    left -= len(questions)
                    lost, error = self._ask(connection, questions)
                    if error is not None:
                        break
        except OSError as error:  # while it was made: what would have been asked is asked below
            self._note_silence(error, "a new connection")
            lost = [(question, self._excuse(question, None, error, began))
                    for question in self._questions()]
        for question, excuse in lost:
            self._ask_again(question, excuse)

    def _ask(self, connection: Exchanging,
             questions: list[Question]) -> tuple[list[Lost], OSError | None]:
        """Judges the answers. Returns the questions that have to be asked again."""
        began = self._witness.begin()
        answers, error = connection.exchange(questions)
        self._note_silence(error, str(questions[-1]))
        lost = []
        for question, answer in zip_longest(questions, answers):
            if answer is None or not self._is_answered(question, answer, began):
                lost.append((question, self._excuse(question, answer, error, began)))
        return lost, error

    def _is_answered(self, question: Question, answer: Response, began: Began) -> bool:
        """Judges an answer. False where it says that the upstream gave none."""
        fault = self._witness.fault(question, answer, began)
        self.outcome.counts["answers"] += 1
        if fault is not None:
            self.outcome.complain("wrong", fault)
            return True
        failed = answer.status in UPSTREAM_FAILED
        self.outcome.counts["without the upstream" if failed else "good"] += 1
        return not failed

    def _ask_again(self, question: Question, excuse: str | None) -> None:
        """On a new connection. What uses up the one more try that each request has is neither a
        failure that is excused, nor HTTP/2's own way of saying: ask another connection."""
        self.outcome.counts["retried"] += 1
        tries = 1 if excuse is None else 2
        while tries > 0:
            began = self._witness.begin()
            answer: Response | None = None
            error: OSError | None
            try:
                with self._connect() as connection:
                    answers, error = connection.exchange([question])
                    answer = answers[0] if answers else None
            except OSError as failure:
                error = failure
            self._note_silence(error, str(question))
            if answer is not None and self._is_answered(question, answer, began):
                return
            excuse = self._excuse(question, answer, error, began)
            if excuse is not None:
                self.outcome.counts[f"failed: {excuse}"] += 1
                return
            if isinstance(error, NotProcessed):
                self.outcome.counts["not processed"] += 1
            else:
                tries -= 1
        what = repr(error) if answer is None else f"status {answer.status}"
        self.outcome.complain("failed", f"{what}: {question}")

    def _note_silence(self, error: OSError | None, asked: str) -> None:
        if isinstance(error, TimeoutError):
            self.outcome.complain("failed", f"neither answered nor closed: {asked}")

    def _excuse(self, question: Question, answer: Response | None, error: OSError | None,
                began: Began) -> str | None:
        """Where the upstream gives no answer the gateway says so; it goes silent only with the
        upstream's own answer half passed on."""
        by_upstream = question.reaches_upstream and (
            answer is not None or isinstance(error, CutShort))
        if by_upstream and self._witness.upstream_was_down(began):
            return "upstream"
        if answer is None and self._witness.worker_was_killed(began):
            return "worker killed"
        return None


def main() -> None:
    page, file, seed, name, port, threads = sys.argv[1:]
    gateway = Gateways[name]

    def connect() -> Exchanging:
        if gateway is Gateways.PLAIN:
            return OverConnection(Connection(int(port)))
        return OverConnection(SecureConnection(int(port)))

    witness = Witness(Conditions(Path(page)), gateway)
    run_clients([GoodClient(witness, connect, random.Random(f"{seed} {name} {number}"),
                            number * NUMBERS_OF_A_THREAD, PIPELINED_MAX, PIPELINED_SHARE)
                 for number in range(int(threads))], Path(file))


if __name__ == "__main__":
    main()
