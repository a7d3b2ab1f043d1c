# SPDX-License-Identifier: MIT
"""A recorder before an application: hands on every exchange as it is, and remembers it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ANSWER_SECONDS = 30.0
Lines = list[tuple[str, str]]

# Fields of one connection (RFC 9110, section 7.6.1); a body goes on with a length.
OF_THE_CONNECTION = ("connection", "keep-alive", "transfer-encoding", "content-length")


@dataclass(frozen=True)
class Exchange:
    method: str
    target: str
    sent: Lines  # the request's field lines as they came
    status: int
    answered: Lines

    def query(self, name: str) -> str:
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]

    def request_lines(self, name: str) -> list[str]:
        return values(self.sent, name)

    def response_lines(self, name: str) -> list[str]:
        return values(self.answered, name)


def values(lines: Lines, name: str) -> list[str]:
    return [value for line, value in lines if line.lower() == name.lower()]


@dataclass
class Recorder:
    port: int
    _waiting: list[str] = field(default_factory=list)
    _exchanges: list[Exchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, target: str) -> None:
        with self._lock:
            self._waiting.append(target)

    def end(self, exchange: Exchange) -> None:
        with self._lock:
            self._waiting.remove(exchange.target)
            self._exchanges.append(exchange)

    def waiting(self) -> list[str]:
        """The targets of requests that came and that the application has not answered."""
        with self._lock:
            return list(self._waiting)

    def exchanges(self) -> list[Exchange]:
        with self._lock:
            return list(self._exchanges)


def exchange_with(port: int, method: str, target: str, sent: Lines,
                  body: bytes) -> tuple[Exchange, bytes]:
    """Asks the application, field lines as given but for those of the connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in sent:
            if name.lower() not in OF_THE_CONNECTION:
                connection.putheader(name, value)
        if body or values(sent, "Content-Length"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = response.read()
        return Exchange(method, target, sent, response.status, response.getheaders()), answer
    finally:
        connection.close()


def handler_for(upstream: int, recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def hand_on(self) -> None:
            recorder.begin(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            exchange, answer = exchange_with(upstream, self.command, self.path,
                                             list(self.headers.items()), body)
            recorder.end(exchange)
            self.send_response_only(exchange.status)
            for name, value in exchange.answered:
                if name.lower() not in OF_THE_CONNECTION:
                    self.send_header(name, value)
            if exchange.status not in (204, 304):
                length = values(exchange.answered, "Content-Length")
                known = length[0] if self.command == "HEAD" and length else str(len(answer))
                self.send_header("Content-Length", known)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = hand_on

        def log_message(self, format: str, *args: object) -> None:
            """The exchanges are remembered, not printed."""

    return Handler


@contextmanager
def recording(upstream: int) -> Iterator[Recorder]:
    """A server on a port of its own before the one at port `upstream` of 127.0.0.1."""
    recorder = Recorder(0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(upstream, recorder))
    recorder.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
