# SPDX-License-Identifier: MIT
"""HTTP/2 over TLS, frame by frame (RFC 9113): what asking takes, and what breaking does."""

from __future__ import annotations

import enum
import ssl
import struct
from dataclasses import dataclass, field

from hpack import Decoder, Encoder, HPACKError

from tests.soak.secure_connection import SecureConnection, context_for
from tests.soak.soak_questions import HOST, Question
from tests.support.raw_client import Closed, Lines, Response

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WINDOW = (1 << 31) - 1  # as large as there is: what these clients read is small

CONTEXT = context_for("h2")


class Type(enum.IntEnum):
    DATA = 0
    HEADERS = 1
    RST_STREAM = 3
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


END_STREAM = 1  # of DATA and HEADERS
ACK = 1  # of SETTINGS and PING
END_HEADERS = 4  # of HEADERS and CONTINUATION
NO_ERROR = 0  # of GOAWAY
CANCEL = 8  # of RST_STREAM


class NotProcessed(ConnectionError):
    """A GOAWAY says that a request was not looked at, and can be sent anew: RFC 9113, 6.8."""


@dataclass(frozen=True)
class Frame:
    type: int
    flags: int
    stream: int
    payload: bytes


def frame(kind: Type, stream: int, payload: bytes = b"", flags: int = 0) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) \
        + struct.pack(">I", stream) + payload


@dataclass
class Stream:
    status: int = 0
    lines: Lines = field(default_factory=list)
    body: bytes = b""
    ended: bool = False


class Http2Connection:
    """A connection whose streams are numbered as a client's are: 1, 3, 5, …"""

    def __init__(self, port: int) -> None:
        self._secure = SecureConnection(port, CONTEXT)
        assert isinstance(self._secure.socket, ssl.SSLSocket)
        if self._secure.socket.selected_alpn_protocol() != "h2":
            self._secure.socket.close()
            raise ConnectionError("no HTTP/2")
        self._encoder = Encoder()
        self._decoder = Decoder()
        self._next_stream = 1
        self.last_stream: int | None = None  # that is still answered, as a GOAWAY said
        self.send(PREFACE + frame(Type.SETTINGS, 0)
                  + frame(Type.WINDOW_UPDATE, 0, struct.pack(">I", WINDOW - 65535)))

    def __enter__(self) -> Http2Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._secure.socket.close()

    def send(self, data: bytes) -> None:
        self._secure.send(data)

    def take_stream(self) -> int:
        self._next_stream += 2
        return self._next_stream - 2

    def encoded(self, question: Question) -> bytes:
        """The head of a request. Names are in lower case, as HTTP/2 wants them."""
        fields = [(":method", question.method), (":scheme", "https"), (":authority", HOST),
                  (":path", question.target),
                  *((name.lower(), value.strip(" \t")) for name, value in question.lines)]
        encoded: bytes = self._encoder.encode(fields)
        return encoded

    def request(self, stream: int, question: Question) -> bytes:
        """The frames of a request."""
        end = 0 if question.body else END_STREAM
        head = frame(Type.HEADERS, stream, self.encoded(question), END_HEADERS | end)
        if not question.body:
            return head
        return head + frame(Type.DATA, stream, question.body, END_STREAM)

    def receive(self) -> Frame:
        """The next frame. SETTINGS and PING are acknowledged."""
        head = self._secure.take(9)
        size = int.from_bytes(head[:3], "big")
        stream: int = struct.unpack(">I", head[5:])[0] & WINDOW
        got = Frame(head[3], head[4], stream, self._secure.take(size))
        if got.type in (Type.SETTINGS, Type.PING) and not got.flags & ACK:
            self.send(frame(Type(got.type), 0, got.payload if got.type == Type.PING else b"", ACK))
        if got.type == Type.GOAWAY:
            last, code = struct.unpack(">II", got.payload[:8])
            if code != NO_ERROR:
                raise ConnectionError(f"GOAWAY with error {code}")
            self.last_stream = last & WINDOW
        return got

    def add_to(self, streams: dict[int, Stream]) -> None:
        """Reads a frame into the stream that it belongs to."""
        got = self.receive()
        if got.type in (Type.HEADERS, Type.CONTINUATION):
            self._add_head(streams[got.stream], got)
        elif got.type == Type.DATA:
            streams[got.stream].body += got.payload
        elif got.type == Type.RST_STREAM:
            raise ConnectionResetError(f"stream {got.stream} was reset")
        if got.type in (Type.DATA, Type.HEADERS) and got.flags & END_STREAM:
            streams[got.stream].ended = True

    def _add_head(self, stream: Stream, got: Frame) -> None:
        if not got.flags & END_HEADERS:
            raise Closed("a head in several frames: none of these answers is so long")
        try:
            fields = self._decoder.decode(got.payload)
        except HPACKError as error:
            raise ConnectionError(f"no HPACK: {error!r}") from error
        for name, value in fields:
            if name == ":status":
                stream.status = int(value)
            else:
                stream.lines.append((name, value))


def response_of(stream: Stream) -> Response:
    return Response(stream.status, stream.lines, stream.body)
