# SPDX-License-Identifier: MIT
"""What each test of the nginx module starts: nginx, and an application behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.application import Answer, Application, Seen
from tests.support.nginx_server import NginxServer

Serve = Callable[..., NginxServer]
Behind = Callable[..., Application]

# What nginx or a sanitizer finds wrong with a running module: memory, locks, workers that die.
FATAL = re.compile(r"\[(emerg|alert|crit)\]|Sanitizer|runtime error|exited with code [1-9]")


def say_hello(_: Seen) -> Answer:
    return Answer()


@pytest.fixture
def behind() -> Iterator[Behind]:
    """Starts an application: behind(answer) -> Application."""
    with ExitStack() as started:
        def start(answer: Callable[[Seen], Answer] = say_hello) -> Application:
            return started.enter_context(Application(answer))
        yield start


@pytest.fixture
def application(behind: Behind) -> Application:
    return behind()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts nginx: serve(server, http=..., ...) -> NginxServer, as the class takes them.

    At its end no process may have died or complained.
    """
    servers: list[NginxServer] = []
    with ExitStack() as started:
        def start(server: str, http: str = "", main: str = "", http2: bool = False,
                  environment: dict[str, str] | None = None) -> NginxServer:
            folder = tmp_path / f"nginx{len(servers)}"
            folder.mkdir()
            nginx = NginxServer(folder, server, http, main, http2, environment)
            servers.append(nginx)
            return started.enter_context(nginx)
        yield start
    for nginx in servers:
        assert not FATAL.search(nginx.errors()), nginx.errors()
        assert nginx.process.process.returncode == 0, nginx.process.said()
