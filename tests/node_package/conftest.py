# SPDX-License-Identifier: MIT
"""One project with the package installed, for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node_package.package_install import new_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_project(tmp_path_factory.mktemp("node-package") / "shop")
