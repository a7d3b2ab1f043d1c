# SPDX-License-Identifier: MIT
"""Clients that mean harm, one act after the other; none may get what it should not.

    python3 -m tests.soak.hostile_clients PAGE OUTCOME SEED PORT TLS_PORT THREADS
"""

from __future__ import annotations

import random
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.soak.client_threads import run_clients
from tests.soak.soak_conditions import Conditions, Gateways
from tests.soak.soak_outcome import Outcome
from tests.soak.soak_policies import ALWAYS, NEVER
from tests.soak.soak_questions import HOST, Lines, Question
from tests.soak.soak_witness import Witness
from tests.support.raw_client import Connection

PAUSE_SECONDS = 0.05  # between two acts: there shall be room for good clients, too
ANSWER_SECONDS = 30.0

HEAD = f"Host: {HOST}\r\nOrigin: {NEVER}\r\n".encode()
LISTED = ALWAYS.encode()
END = b"Connection: close\r\n\r\n"

# Requests that are malformed, or that two readers could take for two things. All are for /api/,
# from an origin that nobody allows: no answer may have a line that lets it in, nor one of the
# upstream's.
MALFORMED = [
    b"GET /api/items HTTP/1.1\r\n" + HEAD + b"Origin: " + LISTED + b"\r\n" + END,
    b"GET /api/items HTTP/1.1\r\n" + HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n" + END,
    b"POST /api/items HTTP/1.1\r\n" + HEAD +
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + END + b"0\r\n\r\nGET / HTTP/1.1\r\n",
    b"POST /api/items HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n" + END +
    b"FFFFFFFFFFFFFFFFF\r\nx",
    b"GET /api/items HTTP/1.1\r\n" + HEAD + b"Origin : " + LISTED + b"\r\n" + END,
    b"GET /api/items HTTP/1.1\r\n" + HEAD + b" folded: " + LISTED + b"\r\n" + END,
    b"GET /api/items HTTP/1.1\r\nHost: a\x00b\r\n" + HEAD + END,
    b"GET /api/items HTTP/1.1\nHost: a\nOrigin: " + NEVER.encode() + b"\nConnection: close\n\n",
    b"GET /api/items HTTP/9.9\r\n" + HEAD + END,
    b"GET http://elsewhere.example/api/items HTTP/1.1\r\n" + HEAD + END,
    b"GET /public/../api/items HTTP/1.1\r\n" + HEAD + END.replace(b"close", b"\x1b[31mclose"),
    b"GET /public/%2e%2e/api/items HTTP/1.1\r\n" + HEAD + END,
    b"GET /api/\x1b[2J\x9b31m\xff HTTP/1.1\r\n" + HEAD + END,
    b"GET /api/items HTTP/1.1\r\nHost: a\r\nOrigin: \x1b]0;mine\x07" + LISTED + b"\r\n" + END,
    b"GET /api/items HTTP/1.1\r\nHost: a\r\nOrigin: " + LISTED + b"." * 30000 + b"\r\n" + END,
    b"GET /api/items HTTP/1.1\r\nHost: a\r\n" + (b"Origin: " + LISTED + b"\r\n") * 500 + END,
    b"OPTIONS /api/items HTTP/1.1\r\nHost: a\r\nOrigin: " + LISTED +
    b"\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: " +
    b"x," * 10000 + b"\r\n" + END,
    b"\x00\x01\x02\x03" * 100 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x41" * 200,
]
GRANT = b"access-control-allow"

PREFLIGHT = (("Origin", ALWAYS), ("Access-Control-Request-Method", "PUT"))
# nginx takes 8 buffers of 32 KiB for a head, and a line has to fit into one; Debian's takes no more
# than 1,000 lines.
LINES_WITHIN = [tuple((f"X-Flood-{number}", "y" * 30_000) for number in range(7)),
                tuple((f"X-{number}", "y") for number in range(900))]
LINES_PAST = [(("X-Flood", "y" * 33_000),),
              tuple((f"X-Flood-{number}", "y" * 31_000) for number in range(9)),
              tuple((f"X-{number}", "y" * 20) for number in range(20_000)),
              tuple((f"X-{number}", "y") for number in range(1_100))]
REFUSED = ([b"400"], [b"414"], [b"431"])


class HostileClient:
    def __init__(self, witness: Witness, port: int, tls_port: int, draw: random.Random) -> None:
        self._witness = witness
        self._port = port
        self._tls_port = tls_port
        self._draw = draw
        self.outcome = Outcome()
        self._acts: list[Callable[[], None]] = [
            self._malformed, self._malformed, self._malformed, self._flood_within,
            self._flood_past, self._flood_of_target, self._half_closed, self._reset, self._unread,
            self._not_tls]

    def run(self) -> None:
        while not self._witness.stopping:
            act = self._draw.choice(self._acts)
            try:
                act()
            except TimeoutError:
                self.outcome.complain("failed", f"{act.__name__}: neither answered nor closed")
            except OSError:
                self.outcome.counts["hostile connections cut off"] += 1
            time.sleep(PAUSE_SECONDS)

    def _read_to_end(self, connection: socket.socket) -> bytes:
        """All that is answered, until the gateway closes or resets the connection."""
        answer = b""
        try:
            while piece := connection.recv(1 << 16):
                answer += piece
        except ConnectionError:
            pass
        return answer

    def _tell(self, port: int, request: bytes, half_close: bool = False) -> bytes:
        """Sends bytes, as many of them as are taken, and reads what comes back."""
        with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as connection:
            try:
                connection.sendall(request)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass  # it was refused before it was whole
            return self._read_to_end(connection)

    def _malformed(self) -> None:
        request = self._draw.choice(MALFORMED)
        answer = self._tell(self._port, request, half_close=True)
        self.outcome.counts["malformed requests"] += 1
        if GRANT in answer.lower():
            self.outcome.complain("wrong", f"{request[:300]!r} got {answer[:500]!r}")

    def _flood_within(self) -> None:
        lines = (*PREFLIGHT, *self._draw.choice(LINES_WITHIN))
        self._expect_answer("floods within the limits", lines)

    def _flood_past(self) -> None:
        question = Question("OPTIONS", "/api/items", 0,
                            (("Origin", NEVER), *self._draw.choice(LINES_PAST)))
        self._expect_refusal(question.wire())

    def _flood_of_target(self) -> None:
        self._expect_refusal(b"GET /api/" + b"a" * 40_000 + b" HTTP/1.1\r\n" + HEAD + END)

    def _expect_refusal(self, request: bytes) -> None:
        """An answer that says so, or none: the connection is closed."""
        answer = self._tell(self._port, request)
        status = answer.split(b" ", 2)[1:2]
        if answer and status not in REFUSED or GRANT in answer.lower():
            self.outcome.complain("wrong", f"a flood past the limits got {answer[:300]!r}")
        else:
            self.outcome.counts["floods past the limits, refused"] += 1

    def _half_closed(self) -> None:
        """A client that has said all that it will ever say."""
        self._expect_answer("half-closed connections", PREFLIGHT, half_close=True)

    def _expect_answer(self, what: str, lines: Lines, half_close: bool = False) -> None:
        """That of the gateway itself, which only a killed worker excuses from giving one."""
        question = Question("OPTIONS", "/api/items", 0, lines)
        began = self._witness.begin()
        try:
            with Connection(self._port) as connection:
                connection.send(question.wire())
                if half_close:
                    connection.socket.shutdown(socket.SHUT_WR)
                answer = connection.receive()
        except TimeoutError:
            raise
        except OSError as error:
            if not self._witness.worker_was_killed(began):
                self.outcome.complain("failed", f"{what}: {error!r}")
            return
        self.outcome.counts[what] += 1
        fault = self._witness.fault(question, answer, began)
        if fault is not None:
            self.outcome.complain("wrong", f"{what}: {fault}")

    def _reset(self) -> None:
        """Goes away with a reset in the middle of a request, or before its answer."""
        request = b"POST /api/items HTTP/1.1\r\n" + HEAD + b"Content-Length: 9\r\n\r\n123456789"
        with socket.create_connection(("127.0.0.1", self._port), ANSWER_SECONDS) as connection:
            connection.sendall(request[:self._draw.randrange(len(request) + 1)])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.outcome.counts["connections reset"] += 1

    def _unread(self) -> None:
        """Asks a lot at once and leaves without reading any of it."""
        question = Question("OPTIONS", "/api/items", 0, PREFLIGHT)
        with socket.create_connection(("127.0.0.1", self._port), ANSWER_SECONDS) as connection:
            connection.sendall(question.wire() * 100)
        self.outcome.counts["pipelines left unread"] += 1

    def _not_tls(self) -> None:
        """What is no TLS, to the gateway that speaks nothing else."""
        request = self._draw.choice(MALFORMED)
        answer = self._tell(self._tls_port, request, half_close=True)
        self.outcome.counts["connections without TLS where it is due"] += 1
        if GRANT in answer.lower():
            self.outcome.complain("wrong", f"without TLS: {answer[:300]!r}")


def main() -> None:
    page, file, seed, port, tls_port, threads = sys.argv[1:]
    witness = Witness(Conditions(Path(page)), Gateways.PLAIN)
    run_clients([HostileClient(witness, int(port), int(tls_port),
                               random.Random(f"{seed} hostile {number}"))
                 for number in range(int(threads))], Path(file))


if __name__ == "__main__":
    main()
