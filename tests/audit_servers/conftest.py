# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.audit_servers.audited_servers import Stage
from tests.support.node_modules import install


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    install()
    with Stage(tmp_path_factory.mktemp("front")) as front:
        yield front


@pytest.fixture(name="started")
def make_started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack
