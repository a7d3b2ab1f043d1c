# SPDX-License-Identifier: MIT
"""One server for all hosts that the behaviours name, playing one behaviour at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.audit_second.second_api import Api
from tests.audit_second.second_behaviour import Behaviour, Call, Server
from tests.audit_second.second_tunnel import Tunnel
from tests.support.cors_command import COMMAND
from tests.support.https_server import Answer, Audited, HttpsServer, Request, run_audit

HOSTS = ("northwind.com", "*.northwind.com", "*.api.northwind.com", "contoso.co.uk",
         "*.contoso.co.uk", "northwind.vercel.app", "northwind.github.io", "*.elsewhere.io",
         "127.0.0.1", "localhost")


def as_call(request: Request) -> Call:
    return Call(request.method, request.path, request.query, request.first("Host") or "",
                {name.lower(): value for name, value in request.headers})


def playing(server: Server) -> Callable[[Request], Answer]:
    """The server as the harness takes it."""
    def answer(request: Request) -> Answer:
        reply = server(as_call(request))
        return Answer(reply.status, reply.fields, reply.body)
    return answer


@dataclass(frozen=True)
class Seen:
    """An audit, and what the server saw of it."""

    audited: Audited
    requests: list[Request]


class Stage:
    def __init__(self, folder: Path) -> None:
        self._playing: Server = Api(lambda origin: False)
        self._requests: list[Request] = []
        self._server = HttpsServer({host: self._answer for host in HOSTS}, folder)

    def _answer(self, request: Request) -> Answer:
        self._requests.append(request)
        return playing(self._playing)(request)

    def __enter__(self) -> Stage:
        self._server.__enter__()
        self._tunnel = Tunnel(self._server.port).__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._tunnel.__exit__(kind, error, trace)
        self._server.__exit__(kind, error, trace)

    def play(self, server: Server, url: str, *options: str) -> Seen:
        """Audits the URL, behind which the server is."""
        self._playing = server
        self._requests = []
        audited = run_audit(COMMAND, self._server, [url], "--proxy", self._tunnel.url, *options)
        return Seen(audited, list(self._requests))

    def audit(self, behaviour: Behaviour, *options: str) -> Seen:
        return self.play(behaviour.server, behaviour.url, *behaviour.options, *options)
