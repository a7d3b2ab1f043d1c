# SPDX-License-Identifier: MIT
"""Answers the cases of the corpus behind each policy's middleware, in WSGI or ASGI.

    python -m tests.python_servers.corpus_applications wsgi|asgi SOCKET SETTINGS REACHED

SETTINGS is a JSON file of policies and of what the application answers to each case. A policy is
chosen by the name in Host, a case by X-Case. The number of each case that reaches the application
becomes a line of the file REACHED.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from libcors import Guard, PolicyWarning

LARGEST = 4 << 20  # bytes of a request's head: cases hold field lines of 1 MiB

Settings = dict[str, Any]


def guards(settings: Settings) -> dict[str, Guard]:
    warnings.simplefilter("ignore", PolicyWarning)
    return {f"{policy['name']}.example": Guard(policy["file"], environment=policy["environment"],
                                               reload=False)
            for policy in settings["policies"]}


class Cases:
    def __init__(self, settings: Settings, reached: Path) -> None:
        self.answers = settings["cases"]
        self.reached = reached

    def take(self, number: str) -> tuple[int, list[tuple[str, str]]]:
        with self.reached.open("a") as file:
            file.write(f"{number}\n")
        answer = self.answers[int(number)]
        return answer["status"], [(name, value) for name, value in answer["lines"]]


def wsgi_application(settings: Settings, cases: Cases) -> Any:
    from libcors.wsgi import CorsMiddleware

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        status, lines = cases.take(environ["HTTP_X_CASE"])
        start_response(f"{status} Status", lines)
        return []

    applications = {name: CorsMiddleware(answer, guard)
                    for name, guard in guards(settings).items()}

    def choose(environ: Any, start_response: Any) -> Iterable[bytes]:
        return applications[environ["HTTP_HOST"].split(",")[0]](environ, start_response)
    return choose


def asgi_application(settings: Settings, cases: Cases) -> Any:
    from libcors.asgi import CorsMiddleware

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        number = dict(scope["headers"])[b"x-case"].decode()
        status, lines = cases.take(number)
        await send({"type": "http.response.start", "status": status, "headers": [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]})
        await send({"type": "http.response.body", "body": b""})

    applications = {name.encode(): CorsMiddleware(answer, guard)
                    for name, guard in guards(settings).items()}

    async def choose(scope: Any, receive: Any, send: Any) -> None:
        host = next(value for name, value in scope["headers"] if name == b"host")
        await applications[host](scope, receive, send)
    return choose


def serve_wsgi(app: Any, path: str) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in {"bind": f"unix:{path}", "threads": 4, "limit_request_line": 0,
                                "limit_request_fields": 32768,
                                "limit_request_field_size": 0}.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    Server().run()


def serve_asgi(app: Any, path: str) -> None:
    import h11
    import uvicorn
    connection: Any = h11.Connection
    connection.__init__.__defaults__ = (LARGEST,)
    uvicorn.run(app, uds=path, log_level="warning", lifespan="off", ws="none", http="h11")


if __name__ == "__main__":
    form, socket_path, settings_path, reached_path = sys.argv[1:]
    given = json.loads(Path(settings_path).read_text())
    known = Cases(given, Path(reached_path))
    if form == "wsgi":
        serve_wsgi(wsgi_application(given, known), socket_path)
    else:
        serve_asgi(asgi_application(given, known), socket_path)
