# SPDX-License-Identifier: MIT
"""A proxy that leads every host and port to one port of this machine, so that URLs need none."""

from __future__ import annotations

import select
import socket
import threading
from types import TracebackType

END_SECONDS = 10.0
HEAD_MAX = 1 << 16


class Tunnel:
    """For the time of a `with` block."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)

    def __enter__(self) -> Tunnel:
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._wake_writer.close()  # from now on readable, for everybody who waits
        self._accepting.join(END_SECONDS)
        for thread in self._threads:
            thread.join(END_SECONDS)
        self._listener.close()
        self._wake_reader.close()

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._listener, self._wake_reader], [], [])
            if self._wake_reader in ready:
                return
            connection, _ = self._listener.accept()
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, socket.create_connection(("127.0.0.1", self._to)) as server:
                client.settimeout(END_SECONDS)
                if not _take_connect(client):
                    return
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                self._carry(client, server)
        except OSError:
            pass  # one side left

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        while True:
            ready, _, _ = select.select([client, server, self._wake_reader], [], [])
            for side in ready:
                if side is self._wake_reader:
                    return
                data = side.recv(HEAD_MAX)
                if not data:
                    return
                other[side].sendall(data)


def _take_connect(client: socket.socket) -> bool:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_MAX:
        data = client.recv(HEAD_MAX)
        if not data:
            return False
        head += data
    return head.startswith(b"CONNECT ")
