# SPDX-License-Identifier: MIT
"""Servers that answer as the table of cases says, and servers that do not answer at all."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from pathlib import Path
from types import TracebackType

from tests.broken.broken_cases import BY_NAME, Reply
from tests.support.application import Answer, Application, Seen

CALLS_PAGE = b"<!DOCTYPE html><meta charset=utf-8><link rel=icon href=data:,><title>calls</title>"
PLACE = re.compile(r"\{(page|api|other)\}")


class BrokenServer:
    """The page's server, the one that is called, and another: three origins.

    The page is at localhost, where the others are at 127.0.0.1.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages = Application(lambda _: Answer(200, [("Content-Type", "text/html")],
                                                  CALLS_PAGE))
        self.api = Application(self.answer)
        self.other = Application(self.answer)
        self.scheme = "http" if tls is None else "https"
        if tls is not None:
            wrap(self.api, tls)
            wrap(self.other, tls)

    def __enter__(self) -> BrokenServer:
        for application in (self.pages, self.api, self.other):
            application.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for application in (self.pages, self.api, self.other):
            application.__exit__(kind, error, trace)

    @property
    def page(self) -> str:
        return f"http://localhost:{self.pages.port}"

    @property
    def origins(self) -> dict[str, str]:
        return {"page": self.page,
                "api": f"{self.scheme}://127.0.0.1:{self.api.port}",
                "other": f"{self.scheme}://127.0.0.1:{self.other.port}"}

    def url(self, name: str) -> str:
        return f"{self.origins['api']}/{name}"

    def answer(self, seen: Seen) -> Answer:
        name, _, step = seen.target.removeprefix("/").partition("/")
        case = BY_NAME.get(name)
        if case is None:
            return Answer(404)
        preflight, actual = case.steps[step] if step else (case.preflight, case.actual)
        is_preflight = seen.method == "OPTIONS" and seen.values("Access-Control-Request-Method")
        return self.filled(preflight if is_preflight else actual)

    def filled(self, reply: Reply) -> Answer:
        def place(found: re.Match[str]) -> str:
            return self.origins[found[1]]
        return Answer(reply.status,
                      [(name, PLACE.sub(place, value)) for name, value in reply.lines])

    def seen(self, name: str) -> list[Seen]:
        """The requests that came for a case, in their order."""
        return [seen for application in (self.api, self.other) for seen in list(application.seen)
                if seen.target.split("/")[1] == name]

    def forget(self) -> None:
        self.api.seen.clear()
        self.other.seen.clear()


def wrap(application: Application, tls: ssl.SSLContext) -> None:
    """Speaks TLS; the handshake is the connection's own thread's."""
    application.server.socket = tls.wrap_socket(
        application.server.socket, server_side=True, do_handshake_on_connect=False)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class ClosingServer:
    """Takes a request and closes the connection without an answer."""

    def __init__(self) -> None:
        class Close(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while self.rfile.readline(65536).strip():
                    pass

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Close)
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> ClosingServer:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
