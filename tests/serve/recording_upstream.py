# SPDX-License-Identifier: MIT
"""A small HTTP server that answers with what it was asked, to the byte."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import threading
from pathlib import Path
from types import TracebackType

ACCEPT_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


def read_request(connection: socket.socket) -> tuple[list[str], bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.decode("latin-1").split("\r\n"), rest


def value_of(lines: list[str], name: str) -> str | None:
    for line in lines[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return None


def size_of_body(connection: socket.socket, lines: list[str], rest: bytes) -> int:
    """Reads the body, whole or chunked, and says how many bytes it had."""
    length = value_of(lines, "content-length")
    if length is not None:
        size = len(rest)
        while size < int(length):
            size += len(connection.recv(1 << 20))
        return size
    size = 0
    if value_of(lines, "transfer-encoding") == "chunked":
        with connection.makefile("rb") as stream:
            data = rest + stream.readline() if b"\r\n" not in rest else rest
            while True:
                line, _, data = data.partition(b"\r\n")
                chunk = int(line, 16)
                needed = chunk + 2 - len(data)
                data += stream.read(max(needed, 0))
                size += chunk
                data = data[chunk + 2:]
                if chunk == 0:
                    return size
                if b"\r\n" not in data:
                    data += stream.readline()
    return size


class RecordingUpstream:
    """Answers each request with a JSON object: the request line, the headers, the body's size.

    /redirect answers 302 to what ?to= says; an upgrade to WebSocket echoes all that comes.
    """

    def __init__(self, certificate: Path | None = None, key: Path | None = None,
                 port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate, key)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http{'s' if self._context else ''}://127.0.0.1:{self.port}"

    def __enter__(self) -> RecordingUpstream:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                if self._context is not None:
                    connection = self._context.wrap_socket(connection, server_side=True)
                request = read_request(connection)
                if request is not None:
                    self._answer(connection, *request)
            except OSError:
                pass  # the client went away

    def _answer(self, connection: socket.socket, lines: list[str], rest: bytes) -> None:
        if (value_of(lines, "upgrade") or "").lower() == "websocket":
            self._echo(connection, lines)
            return
        target = lines[0].split(" ")[1]
        if "/redirect?to=" in target:
            to = target.split("?to=", 1)[1]
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return
        body = json.dumps({"request": lines[0], "headers": lines[1:],
                           "body": size_of_body(connection, lines, rest)}).encode()
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: recording\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def _echo(self, connection: socket.socket, lines: list[str]) -> None:
        key = (value_of(lines, "sec-websocket-key") or "").encode()
        accept = base64.b64encode(hashlib.sha1(key + ACCEPT_KEY).digest()).decode()
        connection.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        while data := connection.recv(65536):
            connection.sendall(data)
