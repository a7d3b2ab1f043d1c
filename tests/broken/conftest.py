# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.broken.broken_server import BrokenServer
from tests.support.certificates import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def running_server() -> Iterator[BrokenServer]:
    with BrokenServer() as server:
        yield server


@pytest.fixture()
def server(running_server: BrokenServer) -> BrokenServer:
    """The broken server, with nothing seen yet."""
    running_server.forget()
    return running_server
