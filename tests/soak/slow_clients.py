# SPDX-License-Identifier: MIT
"""Clients that take their time.

    python3 -m tests.soak.slow_clients PAGE OUTCOME SEED PORT COUNT PATIENCE

COUNT of each kind at once: heads and bodies that come a byte at a time, and answers that are hardly
read. The gateway promises an end to heads and to answers, but to no body that goes on coming: half
of those clients insist until it is overdue, which is a failure. All others give up after PATIENCE
seconds at most.
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

# What serve_config.c says of the head as a whole, and of an answer of which nothing is taken: that
# is all that this reader lets be sent, for its kernel tells of room by the half buffer.
PROMISED_SECONDS = {"slow heads": 15.0, "slow readers": 60.0}
SLACK_SECONDS = 10.0  # for a machine that has much else to do

TCP_TABLE = Path("/proc/net/tcp")
REMOTE, INODE = 2, 9  # its columns


def held_ports(port: int) -> set[int]:
    """The ports of those whose connection with this port a process still holds at this port's end:
    what the kernel still has to send for one that let go of it is another thing."""
    local = f": 0100007F:{port:04X} "
    rows = [line.split() for line in TCP_TABLE.read_text().splitlines() if local in line]
    return {int(row[REMOTE].rpartition(":")[2], 16) for row in rows if row[INODE] != "0"}


@dataclass
class SlowClient:
    kind: str
    connection: socket.socket
    patience: float
    insists: bool
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def is_late(self) -> bool:
        return self.insists and self.seconds > PROMISED_SECONDS[self.kind]

    @property
    def gives_up(self) -> bool:
        return self.seconds > self.patience

    @property
    def port(self) -> int:
        port: int = self.connection.getsockname()[1]
        return port

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
            self._look_after_late()
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
        insists = kind in PROMISED_SECONDS and self._draw.random() < 0.5
        patience = self._draw.uniform(0.5, 1.0) * self._patience
        if insists:
            patience = PROMISED_SECONDS[kind] + SLACK_SECONDS
        self._clients.append(SlowClient(kind, connection, patience, insists))

    def _beat(self, client: SlowClient) -> None:
        goes_on = client.beat()
        self.outcome.note_seconds(client.kind, client.seconds)
        if not goes_on:
            self._note_end(client)
        elif client.gives_up:
            if client.insists:
                self.outcome.complain("failed", f"{client.kind}: held for {client.seconds:.0f} s")
            self._let_go(client)

    def _look_after_late(self) -> None:
        """Of those that do not see their end for what they have not read yet."""
        late = [client for client in self._clients if client.is_late]
        held = held_ports(self._port) if late else set()
        for client in late:
            if client.port not in held:
                self._note_end(client)

    def _note_end(self, client: SlowClient) -> None:
        self.outcome.counts[f"{client.kind} ended by the gateway"] += 1
        self._let_go(client)

    def _let_go(self, client: SlowClient) -> None:
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
