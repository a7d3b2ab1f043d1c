# SPDX-License-Identifier: MIT
"""Clients that take their time.

    python3 -m tests.soak.slow_clients PAGE OUTCOME SEED PORT COUNT PATIENCE

COUNT of each kind at once: heads and bodies that come a byte at a time, and answers that are hardly
read. Each gives up after PATIENCE seconds if the gateway does not end it before.
"""

from __future__ import annotations

import random
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.soak_conditions import Conditions
from tests.soak.soak_outcome import Outcome
from tests.soak.soak_policies import ALWAYS
from tests.soak.soak_questions import HOST

BEAT_SECONDS = 0.5  # from one byte to the next
RECEIVE_BYTES = 4096  # of the window of those who hardly read
READ_BYTES = 1 << 14

HEAD = f"GET /api/items HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {ALWAYS}\r\n"
ENDLESS_HEAD = (HEAD + "X-Slow: ").encode()
BODY = (HEAD.replace("GET", "POST") + "Content-Length: 1000000\r\n\r\n").encode()
LARGE = (HEAD.replace("/items", "/large") + "\r\n").encode()
KINDS = {"slow heads": ENDLESS_HEAD, "slow bodies": BODY, "slow readers": LARGE}


@dataclass
class SlowClient:
    kind: str
    connection: socket.socket
    until: float
    began: float = field(default_factory=time.monotonic)

    def beat(self) -> bool:
        """A byte more, this way or that. False once the gateway has ended it."""
        try:
            if self.kind == "slow readers":
                return self.connection.recv(1) != b""
            self.connection.send(b"x")
            return self.connection.recv(READ_BYTES) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False


class SlowClients:
    def __init__(self, conditions: Conditions, port: int, count: int, patience: float,
                 draw: random.Random) -> None:
        self._conditions = conditions
        self._port = port
        self._count = count
        self._patience = patience
        self._draw = draw
        self._clients: list[SlowClient] = []
        self.outcome = Outcome()

    def run(self) -> None:
        while not self._conditions.stopping:
            self._fill_up()
            for client in self._clients[:]:
                self._beat(client)
            time.sleep(BEAT_SECONDS)
        for client in self._clients:
            client.connection.close()

    def _fill_up(self) -> None:
        for kind, request in KINDS.items():
            missing = self._count - sum(client.kind == kind for client in self._clients)
            for _ in range(missing):
                self._add(kind, request)

    def _add(self, kind: str, request: bytes) -> None:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        try:
            connection.connect(("127.0.0.1", self._port))
            connection.sendall(request)
        except OSError:
            connection.close()
            return
        connection.setblocking(False)
        self.outcome.counts[kind] += 1
        patience = self._draw.uniform(0.5, 1.0) * self._patience
        self._clients.append(SlowClient(kind, connection, time.monotonic() + patience))

    def _beat(self, client: SlowClient) -> None:
        now = time.monotonic()
        goes_on = client.beat()
        self.outcome.note_seconds(client.kind, now - client.began)
        if not goes_on:
            self.outcome.counts[f"{client.kind} ended by the gateway"] += 1
        if not goes_on or now > client.until:
            client.connection.close()
            self._clients.remove(client)


def main() -> None:
    page, file, seed, port, count, patience = sys.argv[1:]
    clients = SlowClients(Conditions(Path(page)), int(port), int(count), float(patience),
                          random.Random(f"{seed} slow"))
    clients.run()
    clients.outcome.write(Path(file))


if __name__ == "__main__":
    main()
