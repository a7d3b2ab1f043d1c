# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Iterator

import pytest

from report_hosts import BEHAVIOURS, PUBLIC
from reports import PATH, Reports, accepting, baseline, write_reports
from tests.support.https_server import HttpsServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    with HttpsServer(BEHAVIOURS, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def reports(server: HttpsServer, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """With one finding, the public *, accepted."""
    folder = tmp_path_factory.mktemp("reports")
    known = baseline(folder, accepting(server.url(PUBLIC, PATH), "wildcard"))
    return write_reports(server, folder, "--baseline", known)
