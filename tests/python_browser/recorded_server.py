# SPDX-License-Identifier: MIT
"""Servers that answer each URL as a recording says, byte for byte, and note what came."""

from __future__ import annotations

import select
import socket
import threading
from http import HTTPStatus
from types import TracebackType
from typing import Any
from urllib.parse import urldefrag, urlsplit

Json = dict[str, Any]

BODY = b"body"
NOTED = ("origin", "access-control-request-method", "access-control-request-headers")
SECONDS = 30.0  # far above what a connection takes
BODILESS = (204, 304)


class RecordedServers:
    """One socket for http, one for what recordings have at https; both without TLS.

    They answer one connection at a time and close it after one answer. A URL that the scenario
    does not have gets no answer.
    """

    def __init__(self) -> None:
        self.sockets = {scheme: listening() for scheme in ("http", "https")}
        self.nowhere = listening()  # bound, to keep its port, and closed to everybody
        self.answers: dict[str, Json] = {}
        self.sent: list[Json] = []
        self.cookie = ""
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> RecordedServers:
        for one in self.sockets.values():
            one.listen(16)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._wake.send(b"x")
        self._thread.join()
        for one in (*self.sockets.values(), self.nowhere, self._wake, self._woken):
            one.close()

    def play(self, scenario: Json, cookie: str) -> dict[str, str]:
        """Takes a scenario; returns where the hosts of its URLs are, and all others."""
        self.answers = {urldefrag(url).url: answer for url, answer in scenario["server"].items()}
        self.sent = []
        self.cookie = cookie
        origins = {f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}": parts.scheme
                   for parts in map(urlsplit, self.answers)}
        places = {origin: url_of(self.sockets[scheme]) for origin, scheme in origins.items()}
        return {**places, "*": url_of(self.nowhere)}

    def _serve(self) -> None:
        schemes = {one: scheme for scheme, one in self.sockets.items()}
        while True:
            ready, _, _ = select.select([*schemes, self._woken], [], [])
            if self._woken in ready:
                return
            for one in ready:
                connection, _ = one.accept()
                with connection:
                    connection.settimeout(SECONDS)
                    connection.sendall(self._answer(schemes[one], connection))

    def _answer(self, scheme: str, connection: socket.socket) -> bytes:
        method, target, fields, length = read_request(connection)
        url = f"{scheme}://{fields.get('host', '')}{target}"
        noted: Json = {"method": method, "url": url}
        noted.update({name: fields[name] for name in NOTED if name in fields})
        noted["cookie"] = self.cookie in fields.get("cookie", "").split("; ")
        self.sent.append(noted)
        preflight = method == "OPTIONS" and NOTED[1] in fields
        answer = self.answers.get(url, {}).get("preflight" if preflight else "response")
        if answer is None:
            return b""
        bodiless = method == "HEAD" or answer["status"] in BODILESS or preflight
        return written(answer, b"" if bodiless else BODY)


def listening() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


def url_of(bound: socket.socket) -> str:
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


def read_request(connection: socket.socket) -> tuple[str, str, dict[str, str], int]:
    """Method, target, field lines by lower-case names, and the size of the body, all read."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1 << 16)
        assert piece, f"the connection closed after {data!r}"
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    length = int(fields.get("content-length", "0"))
    while len(body) < length:
        body += connection.recv(1 << 16)
    return method, target, fields, length


def written(answer: Json, body: bytes) -> bytes:
    """A response with its field lines as they are: in order, repeated, of any bytes."""
    try:
        phrase = HTTPStatus(answer["status"]).phrase
    except ValueError:
        phrase = "Status"
    lines = "".join(f"{name}: {value}\r\n" for name, value in answer["headers"])
    return f"HTTP/1.1 {answer['status']} {phrase}\r\n{lines}\r\n".encode("latin-1") + body
