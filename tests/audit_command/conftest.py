# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Iterator

import pytest

from audited_hosts import trusts_anybody, trusts_nobody
from tests.support.https_server import HttpsServer


@pytest.fixture(scope="session")
def _running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    hosts = {"clean.shop-one.com": trusts_nobody, "other.shop-one.com": trusts_nobody,
             "open.shop-two.com": trusts_anybody}
    with HttpsServer(hosts, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture()
def server(_running_server: HttpsServer) -> HttpsServer:
    """Two hosts that trust nobody, clean.shop-one.com and other.shop-one.com, and one that trusts
    everybody, open.shop-two.com; nothing was asked yet."""
    _running_server.forget()
    return _running_server
