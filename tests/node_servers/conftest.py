# SPDX-License-Identifier: MIT
"""One server for each framework, for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.node_servers.framework_server import (OVER_HTTP1, POLICY, FrameworkServer,
                                                 framework_server)
from tests.node_servers.node_library import install
from tests.support.application import Answer, Application


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    install()


@pytest.fixture(scope="session")
def upstream() -> Iterator[Application]:
    """A server behind proxies, with CORS of its own."""
    lines = [("Access-Control-Allow-Origin", "*"), ("access-control-allow-methods", "DELETE"),
             ("Vary", "Cookie"), ("X-Upstream", "yes")]
    with Application(lambda seen: Answer(200, lines, b"upstream")) as application:
        yield application


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory,
            upstream: Application) -> Iterator[dict[str, FrameworkServer]]:
    with ExitStack() as started:
        folder = tmp_path_factory.mktemp("frameworks")
        yield {name: started.enter_context(
            framework_server(name, folder, POLICY, upstream=upstream.port))
            for name in OVER_HTTP1}


@pytest.fixture(params=OVER_HTTP1)
def server(request: pytest.FixtureRequest,
           servers: dict[str, FrameworkServer]) -> FrameworkServer:
    return servers[request.param]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
