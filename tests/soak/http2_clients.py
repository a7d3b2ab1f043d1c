# SPDX-License-Identifier: MIT
"""Clients over HTTP/2, good and hostile.

    python3 -m tests.soak.http2_clients PAGE OUTCOME SEED GATEWAY PORT GOOD_THREADS HOSTILE_THREADS

GATEWAY is TLS or STEADY.
"""

from __future__ import annotations

import random
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.soak.client_threads import run_clients
from tests.soak.good_clients import GoodClient
from tests.soak.http2_connection import (CANCEL, END_HEADERS, END_STREAM, Http2Connection,
                                         NotProcessed, Stream, Type, frame, response_of)
from tests.soak.soak_conditions import Conditions, Gateways
from tests.soak.soak_outcome import Outcome
from tests.soak.soak_policies import ALWAYS
from tests.soak.soak_questions import Question
from tests.soak.soak_witness import Witness
from tests.support.raw_client import CutShort, Response

TOGETHER_MAX = 24  # streams of one connection under way at once
TOGETHER_SHARE = 0.5
FIRST_NUMBER = 1 << 50
NUMBERS_OF_A_THREAD = 1 << 40

PAUSE_SECONDS = 0.3  # between two hostile acts
RESETS = 2000  # streams, opened and reset at once
PINGS = 5000
CONTINUATIONS = 500
CLOSED_WINDOWS = 8

PREFLIGHT = Question("OPTIONS", "/api/items", 0,
                     (("Origin", ALWAYS), ("Access-Control-Request-Method", "PUT")))
REQUEST = Question("GET", "/api/items", 0, (("Origin", ALWAYS),))


class OverHttp2(Http2Connection):
    """What is asked together goes in streams side by side."""

    def __enter__(self) -> OverHttp2:
        return self

    def exchange(self, questions: list[Question]) -> tuple[list[Response], OSError | None]:
        streams = {self.take_stream(): Stream() for _ in questions}
        answers: list[Response] = []
        try:
            self.send(b"".join(self.request(number, question)
                               for number, question in zip(streams, questions)))
            while not all(stream.ended for stream in streams.values()):
                self.add_to(streams)
        except OSError as failure:
            # Answers come in any order: those before the first that is missing are taken.
            for number, stream in streams.items():
                if not stream.ended:
                    return answers, self._why(number, stream, failure)
                answers.append(response_of(stream))
        answers = [response_of(stream) for stream in streams.values()]
        going_away = self.last_stream is not None
        return answers, ConnectionError("going away") if going_away else None

    def _why(self, number: int, stream: Stream, failure: OSError) -> OSError:
        """What became of a stream that did not end."""
        if self.last_stream is not None and number > self.last_stream:
            return NotProcessed(str(failure))
        return CutShort(str(failure)) if stream.status else failure


class HostileClient:
    def __init__(self, witness: Witness, port: int, draw: random.Random) -> None:
        self._witness = witness
        self._port = port
        self._draw = draw
        self.outcome = Outcome()
        self._acts: list[Callable[[Http2Connection], str]] = [
            self._reset_rapidly, self._reset_rapidly, self._ping, self._continue_for_ever,
            self._close_windows, self._grow_tables]

    def run(self) -> None:
        while not self._witness.stopping:
            act = self._draw.choice(self._acts)
            try:
                with Http2Connection(self._port) as connection:
                    self.outcome.counts[act(connection)] += 1
                    self._read_on(connection)
            except TimeoutError:
                self.outcome.complain("failed", f"{act.__name__}: neither answered nor closed")
            except OSError:
                self.outcome.counts["hostile HTTP/2 connections ended by the gateway"] += 1
            time.sleep(PAUSE_SECONDS)

    def _read_on(self, connection: Http2Connection) -> None:
        """Sees to it that the gateway has read what was sent: the answer to a ping comes last."""
        connection.send(frame(Type.PING, 0, b"all read"))
        while connection.receive().type != Type.PING:
            pass

    def _reset_rapidly(self, connection: Http2Connection) -> str:
        """CVE-2023-44487: work that is begun and never wanted."""
        question = self._draw.choice([PREFLIGHT, REQUEST])
        cancel = struct.pack(">I", CANCEL)
        for _ in range(RESETS):
            stream = connection.take_stream()
            connection.send(connection.request(stream, question)
                            + frame(Type.RST_STREAM, stream, cancel))
            self.outcome.counts["HTTP/2 streams reset"] += 1
        return "HTTP/2 rapid resets"

    def _ping(self, connection: Http2Connection) -> str:
        connection.send(frame(Type.PING, 0, b"12345678") * PINGS)
        return "HTTP/2 floods of pings"

    def _continue_for_ever(self, connection: Http2Connection) -> str:
        """A head that goes on and on: CVE-2024-27316 and its like."""
        stream = connection.take_stream()
        connection.send(frame(Type.HEADERS, stream, connection.encoded(REQUEST)))
        for _ in range(CONTINUATIONS):
            field = b"\x00\x06x-long\x7f\x81\x07" + b"y" * 264
            connection.send(frame(Type.CONTINUATION, stream, field * 50))
        connection.send(frame(Type.CONTINUATION, stream, b"", END_HEADERS))
        return "HTTP/2 endless heads"

    def _close_windows(self, connection: Http2Connection) -> str:
        """Asks for a lot, and lets nothing of it come."""
        connection.send(frame(Type.SETTINGS, 0, struct.pack(">HI", 4, 0)))  # INITIAL_WINDOW_SIZE
        large = Question("GET", "/api/large", 0, REQUEST.lines)
        for _ in range(CLOSED_WINDOWS):
            connection.send(connection.request(connection.take_stream(), large))
        return "HTTP/2 windows kept closed"

    def _grow_tables(self, connection: Http2Connection) -> str:
        """A large line put into the table of HPACK once, and named again and again."""
        line = b"\x40\x01z\x7f\xe1\x1e" + b"y" * 4064
        head = connection.encoded(REQUEST)
        for _ in range(TOGETHER_MAX):
            stream = connection.take_stream()
            block = head + line + b"\xbe" * 12000  # index 62: what was added last
            connection.send(frame(Type.HEADERS, stream, block, END_HEADERS | END_STREAM))
        return "HTTP/2 tables blown up"


def main() -> None:
    page, file, seed, name, port, good, hostile = sys.argv[1:]
    witness = Witness(Conditions(Path(page)), Gateways[name])
    run_clients(
        [*(GoodClient(witness, lambda: OverHttp2(int(port)),
                      random.Random(f"{seed} h2 {name} {number}"),
                      FIRST_NUMBER + number * NUMBERS_OF_A_THREAD, TOGETHER_MAX, TOGETHER_SHARE)
           for number in range(int(good))),
         *(HostileClient(witness, int(port), random.Random(f"{seed} hostile h2 {number}"))
           for number in range(int(hostile)))], Path(file))


if __name__ == "__main__":
    main()
