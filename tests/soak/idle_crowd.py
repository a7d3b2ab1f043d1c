# SPDX-License-Identifier: MIT
"""Thousands of connections on which nothing happens.

    python3 -m tests.soak.idle_crowd PAGE OUTCOME SEED PORT

As many as the page says are wanted are kept open: every other one is kept alive after a request,
and the rest never send a byte. What the gateway closes is opened anew.
"""

from __future__ import annotations

import resource
import select
import socket
import sys
from pathlib import Path

from tests.soak.soak_conditions import Conditions
from tests.soak.soak_outcome import Outcome
from tests.soak.soak_questions import HOST

OPENED_AT_ONCE = 100
LOOK_SECONDS = 0.02
CONNECT_SECONDS = 5.0
READ_BYTES = 1 << 14

# Answered by the gateway alone, so that a crowd is no load for the upstream.
REQUEST = (f"OPTIONS /api/items HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://always.example\r\n"
           "Access-Control-Request-Method: PUT\r\n\r\n").encode()


class IdleCrowd:
    def __init__(self, conditions: Conditions, port: int) -> None:
        self._conditions = conditions
        self._port = port
        self._poll = select.epoll()
        self._open: dict[int, socket.socket] = {}
        self.outcome = Outcome()

    def run(self) -> None:
        while not self._conditions.stopping:
            wanted = self._conditions.crowd_wanted
            if len(self._open) > wanted:
                self._close_all()
            for _ in range(min(OPENED_AT_ONCE, wanted - len(self._open))):
                self._add()
            self._take_events(LOOK_SECONDS if len(self._open) >= wanted else 0)
            self._conditions.crowd_held = len(self._open)
        self._close_all()

    def _add(self) -> None:
        try:
            connection = socket.create_connection(("127.0.0.1", self._port), CONNECT_SECONDS)
            if self.outcome.counts["idle connections opened"] % 2 == 0:
                connection.sendall(REQUEST)
            connection.setblocking(False)
        except OSError:
            self.outcome.counts["idle connections not opened"] += 1
            return
        self.outcome.counts["idle connections opened"] += 1
        self._open[connection.fileno()] = connection
        self._poll.register(connection.fileno(), select.EPOLLIN)

    def _take_events(self, seconds: float) -> None:
        for descriptor, _ in self._poll.poll(seconds):
            try:
                ended = not self._open[descriptor].recv(READ_BYTES)
            except OSError:
                ended = True
            if ended:
                self.outcome.counts["idle connections closed by the gateway"] += 1
                self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        self._open.pop(descriptor).close()

    def _close_all(self) -> None:
        for descriptor in list(self._open):
            self._close(descriptor)


def main() -> None:
    page, file, _, port = sys.argv[1:]
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = IdleCrowd(Conditions(Path(page)), int(port))
    crowd.run()
    crowd.outcome.write(Path(file))


if __name__ == "__main__":
    main()
