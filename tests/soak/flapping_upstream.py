# SPDX-License-Identifier: MIT
"""The application behind the gateway: answers by soak_questions.py, and is out of order at times.

    python3 -m tests.soak.flapping_upstream PAGE PORT_FILE SEED

It flaps in every way in which a server can: refuses connections, resets them, says what is no HTTP,
cuts an answer short, or says nothing.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
import sys
from pathlib import Path

from tests.soak.soak_conditions import Conditions
from tests.soak.soak_questions import UPSTREAM_LINES, upstream_body, upstream_status

BACKLOG = 4096
UP_SECONDS = (2.0, 5.0)
DOWN_SECONDS = (0.2, 0.8)
LARGE_BODY = bytes(1 << 20)  # for clients that read slowly, or not at all

WAYS = ("refuses", "resets", "garbles", "cuts", "is silent")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


def answer_to(target: str) -> bytes:
    path = target.partition("?")[0]
    body = LARGE_BODY if path.endswith("/large") else upstream_body(target)
    lines = "".join(f"{name}: {value}\r\n" for name, value in UPSTREAM_LINES)
    return f"HTTP/1.1 {upstream_status(path)} As asked\r\n{lines}Connection: close\r\n" \
           f"Content-Length: {len(body)}\r\n\r\n".encode() + body


class Exchange(asyncio.Protocol):
    """One request of the gateway's; it closes the connection behind each answer."""

    def __init__(self, upstream: FlappingUpstream) -> None:
        self._upstream = upstream
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._upstream.open.add(self)
        if self._upstream.way == "resets":
            self.reset()

    def connection_lost(self, error: Exception | None) -> None:
        self._upstream.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end >= 0 and self._has_body(end + 4):
            self._answer()

    def _has_body(self, begin: int) -> bool:
        head = bytes(self._received[:begin])
        length = LENGTH.search(head)
        if length is not None:
            return len(self._received) >= begin + int(length[1])
        return CHUNKED.search(head) is None or self._received.endswith(b"0\r\n\r\n")

    def _answer(self) -> None:
        assert self._transport is not None
        way = self._upstream.way
        if way == "is silent":
            return
        target = self._received.split(b" ", 2)[1].decode("latin-1")
        answer = answer_to(target)
        if way == "garbles":
            answer = b"\x1b[31mthis is no HTTP\x07\r\n" * 4
        if way == "cuts":
            answer = answer[:-10]
        self._transport.write(answer)
        self._transport.close()

    def reset(self) -> None:
        if self._transport is not None:
            connection = self._transport.get_extra_info("socket")
            if connection.fileno() >= 0:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()


class FlappingUpstream:
    def __init__(self, conditions: Conditions, seed: int) -> None:
        self.way = ""  # in which it is out of order now; empty: it works
        self.open: set[Exchange] = set()
        self._conditions = conditions
        self._draw = random.Random(seed)
        self._holder = socket.socket()  # keeps the port while nothing listens on it
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._holder.bind(("127.0.0.1", 0))
        self.port: int = self._holder.getsockname()[1]

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(
            lambda: Exchange(self), "127.0.0.1", self.port, reuse_port=True, backlog=BACKLOG)

    async def run(self, port_file: Path) -> None:
        server = await self._listen()
        port_file.with_suffix(".new").write_text(str(self.port))
        port_file.with_suffix(".new").rename(port_file)
        while True:
            await asyncio.sleep(self._draw.uniform(*UP_SECONDS))
            number = self._conditions.upstream.begin()
            self.way = WAYS[number % len(WAYS)]
            if self.way == "refuses":
                server.close()
            await asyncio.sleep(self._draw.uniform(*DOWN_SECONDS))
            if self.way == "refuses":
                server = await self._listen()
            self.way = ""
            for exchange in list(self.open):
                exchange.reset()
            self._conditions.upstream.finish(number)


if __name__ == "__main__":
    asyncio.run(FlappingUpstream(Conditions(Path(sys.argv[1])), int(sys.argv[3]))
                .run(Path(sys.argv[2])))
