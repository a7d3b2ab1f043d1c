# SPDX-License-Identifier: MIT
"""HTTP/1.1 over a socket: every field line is sent as written and seen as received."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType

ANSWER_SECONDS = 30.0
CHUNK = 1 << 20

Lines = list[tuple[str, str]]
OWNED = ("access-control-allow-", "access-control-expose-headers", "access-control-max-age")


@dataclass(frozen=True)
class Response:
    status: int
    lines: Lines
    body: bytes

    def values(self, name: str) -> list[str]:
        """The values of all field lines of a name, in their order."""
        return [value for line, value in self.lines if line.lower() == name.lower()]

    def cors(self) -> dict[str, str]:
        """The Access-Control-* lines, names in lower case. Two of one name are a failure."""
        owned = [(name.lower(), value) for name, value in self.lines
                 if name.lower().startswith("access-control-")]
        assert len(dict(owned)) == len(owned), f"a line stands twice: {owned}"
        return dict(owned)

    def allowed_origin(self) -> str | None:
        return self.cors().get("access-control-allow-origin")

    def vary(self) -> list[str]:
        """The names in all Vary lines, in lower case and sorted."""
        names = ",".join(self.values("Vary")).lower().split(",")
        return sorted(name.strip() for name in names if name.strip())


class Closed(ConnectionError):
    """The server closed the connection before an answer was whole."""


class CutShort(Closed):
    """It did so after the answer's head."""


class Connection:
    """A connection that stays open for as many requests as both sides like."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS)
        self.received = bytearray()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.socket.close()

    def ask(self, method: str, target: str, lines: Lines | None = None,
            body: bytes | Iterable[bytes] | None = None, host: str = "api.example") -> Response:
        """Sends a request and reads its answer. A body in pieces is sent chunked."""
        fields = [("Host", host), *(lines or [])]
        if isinstance(body, bytes):
            fields.append(("Content-Length", str(len(body))))
        elif body is not None:
            fields.append(("Transfer-Encoding", "chunked"))
        text = "".join(f"{name}: {value}\r\n" for name, value in fields)
        self.send(f"{method} {target} HTTP/1.1\r\n{text}\r\n".encode("latin-1"))
        if isinstance(body, bytes):
            self.send(body)
        elif body is not None:
            for piece in body:
                self.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.send(b"0\r\n\r\n")
        return self.receive(method == "HEAD")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self, without_body: bool = False) -> Response:
        status, lines = parse_head(self._through(b"\r\n\r\n"))
        response = Response(status, lines, b"")
        if without_body or status in (101, 204, 304):
            return response
        try:
            return Response(status, lines, self._body(response))
        except Closed as error:
            raise CutShort(str(error)) from None

    def _body(self, head: Response) -> bytes:
        if head.values("Transfer-Encoding") == ["chunked"]:
            return b"".join(self._chunks())
        lengths = head.values("Content-Length")
        if lengths:
            return self.take(int(lengths[0]))
        return self._rest()

    def _chunks(self) -> Iterable[bytes]:
        while size := int(self._through(b"\r\n"), 16):
            yield self.take(size)
            self.take(2)
        self._through(b"\r\n")

    def _through(self, end: bytes) -> bytes:
        while (at := self.received.find(end)) < 0:
            self._read()
        return self.take(at + len(end))

    def take(self, size: int) -> bytes:
        while len(self.received) < size:
            self._read()
        taken = bytes(self.received[:size])
        del self.received[:size]
        return taken

    def _rest(self) -> bytes:
        try:
            while True:
                self._read()
        except Closed:
            return self.take(len(self.received))

    def _read(self) -> None:
        try:
            data = self.socket.recv(CHUNK)
        except ConnectionResetError as error:
            raise Closed(str(error)) from None
        if not data:
            raise Closed(f"closed after {bytes(self.received[:200])!r}")
        self.received += data


def parse_head(head: bytes) -> tuple[int, Lines]:
    first, *rest = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    version, status, *_ = first.split(" ")
    assert version == "HTTP/1.1", first
    pairs = [line.partition(":") for line in rest]
    return int(status), [(name, value.strip(" ")) for name, _, value in pairs]


def ask(port: int, method: str, target: str, lines: Lines | None = None,
        body: bytes | Iterable[bytes] | None = None, host: str = "api.example") -> Response:
    """One request on a connection of its own."""
    with Connection(port) as connection:
        return connection.ask(method, target, [*(lines or []), ("Connection", "close")], body, host)


def ask_raw(port: int, data: bytes) -> Response:
    """Sends bytes as they are, and reads one answer."""
    with Connection(port) as connection:
        connection.send(data)
        return connection.receive()
