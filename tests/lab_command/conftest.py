# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab_serving import Lab, make_page


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_page(tmp_path_factory.mktemp("lab") / "page")


@pytest.fixture(scope="module")
def lab(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for the tests of a file: it has to take all of them, and to end well after them."""
    with Lab(page, tmp_path_factory.mktemp("log") / "lab.log") as started:
        yield started.wait_until_ready()
        assert started.finish() == 0, started.said()
        assert started.said().count("\n") == 1, started.said()
