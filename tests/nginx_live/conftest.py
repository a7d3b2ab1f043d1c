# SPDX-License-Identifier: MIT
"""What the tests of live policies start, and what has to be true at their end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.nginx_live.live_nginx import Compiled, compile_policy
from tests.support.nginx_server import NginxServer

# Only who may choose the numbers of processes can have one come again.
collect_ignore = ([] if os.access("/proc/sys/kernel/ns_last_pid", os.W_OK) and os.geteuid() == 0
                  else ["test_numbers_again.py"])

Serve = Callable[..., NginxServer]

# Workers that a test kills are a matter of course to it; nothing else may end.
FATAL = re.compile(r"\[(emerg|crit)\]|Sanitizer|runtime error|exited with code [1-9]|"
                   r"\[alert\] (?!.*exited on signal 9)")

# Enough for loading to take a while.
MANY = 200_000


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts nginx: serve(server, workers=4, ...) -> NginxServer. Nothing fatal may be logged."""
    servers: list[NginxServer] = []
    with ExitStack() as started:
        def start(server: str, http: str = "", main: str = "", workers: int = 4,
                  user: str | None = None, folder: Path | None = None) -> NginxServer:
            place = folder or tmp_path / f"nginx{len(servers)}"
            place.mkdir(exist_ok=True)
            nginx = NginxServer(place, server, http, main, workers=workers, user=user)
            servers.append(nginx)
            return started.enter_context(nginx)
        yield start
    for nginx in servers:
        assert not FATAL.search(nginx.errors()), nginx.errors()
        assert nginx.process.process.returncode == 0, nginx.process.said()


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> list[Compiled]:
    """Three policies of many origins."""
    folder = tmp_path_factory.mktemp("large")
    return [compile_policy(folder, f"large-{number}", MANY) for number in range(3)]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> list[Compiled]:
    """Three policies of a few origins."""
    folder = tmp_path_factory.mktemp("small")
    return [compile_policy(folder, f"small-{number}", 3) for number in range(3)]
