# SPDX-License-Identifier: MIT
"""Requests to a WSGI application in this process, as a server would make them (PEP 3333)."""
from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from libcors.page_wire import WireRequest, WireResponse, authority_of, joined, target_of

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]
WsgiApplication = Callable[..., Iterable[bytes]]

CLIENT = "127.0.0.1"
SERVER_ERROR = 500
ERROR_BODY = b"Internal Server Error"
ERROR_HEADERS = (("Content-Type", "text/plain; charset=utf-8"),
                 ("Content-Length", str(len(ERROR_BODY))))
BODILESS = (204, 304)


def server_error(error: Exception) -> WireResponse:
    """What servers answer when an application raises: nothing that it, or CORS, had in mind."""
    return WireResponse(SERVER_ERROR, ERROR_HEADERS, ERROR_BODY, "Internal Server Error",
                        error=error)


class Started:
    """What an application says through start_response and write."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.sent = False  # the head went out with the first bytes of the body

    def start(self, status: str, headers: list[tuple[str, str]],
              exc_info: ExceptionInfo | None = None) -> Callable[[bytes], object]:
        if exc_info is not None and self.sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self.status:
            raise AssertionError("the application called start_response a second time")
        self.status, self.headers = status, list(headers)
        return self.write

    def write(self, data: bytes) -> None:
        if not self.status:
            raise AssertionError("the application sent a body before it called start_response")
        if not isinstance(data, bytes):
            raise AssertionError(f"the application sent {type(data).__name__} instead of bytes")
        self.body += data
        self.sent = self.sent or bool(data)


def send_wsgi(app: WsgiApplication, request: WireRequest) -> WireResponse:
    """Calls the application. What it raises becomes a 500, unless an answer was under way."""
    started = Started()
    error: Exception | None = None
    try:
        run(app, environ_of(request), started)
    except Exception as raised:
        error = raised
        if not started.sent:
            return server_error(raised)
    code, _, reason = started.status.partition(" ")
    bodiless = request.method == "HEAD" or int(code) in BODILESS
    return WireResponse(int(code), with_length(started, bodiless), b"" if bodiless
                        else bytes(started.body), reason, error=error)


def run(app: WsgiApplication, environ: dict[str, Any], started: Started) -> None:
    pieces = app(environ, started.start)
    try:
        for piece in pieces:
            started.write(piece)
        if not started.status:
            raise AssertionError("the application returned and never called start_response")
        int(started.status.partition(" ")[0])
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def with_length(started: Started, bodiless: bool) -> tuple[tuple[str, str], ...]:
    """The headers, with the length that a server adds where it knows the whole body."""
    headers = tuple(started.headers)
    if bodiless or joined(headers, "Content-Length") is not None:
        return headers
    return (*headers, ("Content-Length", str(len(started.body))))


def environ_of(request: WireRequest) -> dict[str, Any]:
    """The environment of PEP 3333, with the target as it was sent beside it."""
    target = target_of(request.url)
    path, _, query = target.partition("?")
    parts = urlsplit(request.url)
    body = request.body or b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": CLIENT,
        "HTTP_HOST": authority_of(request.url),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in dict.fromkeys(name.lower() for name, _ in request.headers):
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        if "_" not in name:  # which no server tells apart from a name with "-"
            environ[key] = ",".join(value.strip(" \t") for one, value in request.headers
                                    if one.lower() == name)
    return environ
