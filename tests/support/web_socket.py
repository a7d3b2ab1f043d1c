# SPDX-License-Identifier: MIT
"""A WebSocket connection to a server of ours that sends texts: RFC 6455, as far as that needs."""

from __future__ import annotations

import base64
import os
import socket
from types import TracebackType

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
LAST = 0x80  # the frame is its message's last
MASKED = 0x80


def masked(text: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))


class WebSocket:
    """To be used by one thread."""

    def __init__(self, port: int, path: str, seconds: float) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._stream = self._socket.makefile("rb")
        try:
            self._open(port, path)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> WebSocket:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, text: str) -> None:
        self._send(TEXT, text.encode())

    def receive(self) -> str:
        """The next message; raises TimeoutError if none comes in time."""
        message = b""
        while True:
            last, kind, part = self._frame()
            if kind == CLOSE:
                raise ConnectionError("the other side ended the WebSocket")
            if kind == PING:
                self._send(PONG, part)
            elif kind != PONG:
                message += part
                if last:
                    return message.decode()

    def _open(self, port: int, path: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall((
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        status = self._stream.readline()
        while self._stream.readline().strip():
            pass
        if b" 101 " not in status:
            raise ConnectionError(f"no WebSocket at {path}: {status!r}")

    def _send(self, kind: int, part: bytes) -> None:
        size, mask = len(part), os.urandom(4)
        if size < 126:
            length = bytes([MASKED | size])
        elif size < 1 << 16:
            length = bytes([MASKED | 126]) + size.to_bytes(2, "big")
        else:
            length = bytes([MASKED | 127]) + size.to_bytes(8, "big")
        self._socket.sendall(bytes([LAST | kind]) + length + mask + masked(part, mask))

    def _frame(self) -> tuple[bool, int, bytes]:
        first, second = self._read(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(self._read(2 if size == 126 else 8), "big")
        return bool(first & LAST), first & 0xF, self._read(size)

    def _read(self, size: int) -> bytes:
        read = self._stream.read(size)
        if len(read) < size:
            raise ConnectionError("the other side closed the connection")
        return read
