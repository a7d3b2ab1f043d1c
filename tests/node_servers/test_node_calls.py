# SPDX-License-Identifier: MIT
"""The tests in JavaScript."""

from __future__ import annotations

import pytest

from tests.node_servers.node_library import FOLDER, library
from tests.support.node_modules import MODULES
from tests.support.node_tests import run_node_tests

FILES = sorted(FOLDER.glob("*.test.mjs"))


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_file(name: str) -> None:
    environment = {"CORS_NODE_LIBRARY": str(library()), "CORS_NODE_MODULES": f"{MODULES}/"}
    assert run_node_tests(FOLDER / name, environment, ("--expose-gc",)) > 0
