# SPDX-License-Identifier: MIT
"""An application behind a gateway: answers as a test says, and remembers what reached it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from tests.support.raw_client import Lines

IDLE_SECONDS = 30.0
PIECE = 1 << 20


@dataclass(frozen=True)
class Seen:
    """A request as it arrived. Of a large body only the size is kept."""

    method: str
    target: str
    lines: Lines
    body: bytes
    body_size: int

    def values(self, name: str) -> list[str]:
        return [value for line, value in self.lines if line.lower() == name.lower()]


@dataclass(frozen=True)
class Answer:
    """What the application says; a body in pieces goes chunked, 101 echoes until the end."""

    status: int = 200
    lines: Lines = field(default_factory=list)
    body: bytes | Iterable[bytes] = b"hello"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512  # a gateway comes with many connections at once


class Application:
    """A server on a free port of 127.0.0.1, in threads of this process."""

    def __init__(self, answer: Callable[[Seen], Answer]) -> None:
        self.answer = answer
        self.seen: list[Seen] = []
        self.server = Server(("127.0.0.1", 0), handler_for(self))
        self.port: int = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> Application:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def methods(self) -> list[str]:
        """The methods of all requests that arrived."""
        return [seen.method for seen in self.seen]


def handler_for(application: Application) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_SECONDS

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body, size = self.read_body()
            seen = Seen(self.command, self.path, list(self.headers.items()), body, size)
            application.seen.append(seen)
            self.write(application.answer(seen))

        def read_body(self) -> tuple[bytes, int]:
            left = size = int(self.headers.get("Content-Length", "0"))
            kept = b""
            while left > 0:
                piece = self.rfile.read(min(left, PIECE))
                if not piece:
                    break
                left -= len(piece)
                kept = piece if size <= PIECE else b""
            return kept, size - left

        def write(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.lines:
                self.send_header(name, value)
            bodiless = answer.status in (101, 204, 304) or self.command == "HEAD"
            if isinstance(answer.body, bytes):
                if answer.status not in (101, 204, 304):
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if not bodiless:
                    self.wfile.write(answer.body)
            else:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in answer.body:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")
            if answer.status == 101:
                self.echo()

        def echo(self) -> None:
            while data := self.connection.recv(65536):
                self.connection.sendall(data)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
