# SPDX-License-Identifier: MIT
"""The application of one framework, running in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support import python_package
from tests.support.raw_client import Connection, Lines, Response
from tests.support.started import Started, accepts, free_port

DEADLINE = 30.0

GOOD = "https://a.example"
EVIL = "https://evil.example"
POLICY = """\
policies:
  - path: /*
    allow_origins: [https://a.example]
    allow_methods: [GET, PUT]
    allow_headers: [x-a, authorization]
    expose_headers: [x-e]
    allow_credentials: true
    max_age: 10m
"""

WSGI = ("wsgi-wsgiref", "wsgi-gunicorn")
DJANGO = ("django-wsgiref", "django-uvicorn")
ALL = (*WSGI, "flask-werkzeug", *DJANGO, "asgi-uvicorn", "starlette-uvicorn", "fastapi-uvicorn",
       "aiohttp")
WITH_SOCKETS = ("asgi-uvicorn", "starlette-uvicorn", "fastapi-uvicorn", "aiohttp")


class FrameworkServer(Started):
    """To be used in a `with` block; answers once it is entered."""

    def __init__(self, framework: str, folder: Path, enforce: str = "off",
                 policy: str = POLICY) -> None:
        self.framework = framework
        self.port = free_port()
        self.policy = folder / "cors.yaml"
        self.policy.write_text(policy)
        super().__init__(
            [sys.executable, "-m", "tests.python_servers.python_frameworks", framework,
             str(self.port), str(self.policy), enforce], folder / "server.log", folder,
            python_package.environment(python_package.ROOT))

    def __enter__(self) -> FrameworkServer:
        try:
            self.wait_until(lambda: accepts(self.port), f"{self.framework} listens", DEADLINE)
        except BaseException:
            self.end()
            raise
        return self

    def ask(self, method: str, target: str, origin: str | None = None,
            lines: Lines | None = None) -> Response:
        fields = [] if origin is None else [("Origin", origin)]
        with Connection(self.port) as connection:
            return connection.ask(method, target, [*fields, *(lines or []),
                                                   ("Connection", "close")])

    def preflight(self, target: str, origin: str = GOOD, method: str = "PUT",
                  headers: str = "x-a") -> Response:
        return self.ask("OPTIONS", target, origin, [
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", headers)])
