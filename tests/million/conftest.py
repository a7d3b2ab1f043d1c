# SPDX-License-Identifier: MIT
"""The long lists, which are written and compiled once for all tests."""

from __future__ import annotations

import pytest

from tests.million.million_lists import LISTS, LongList, write_long_list


@pytest.fixture(scope="session", name="long_lists")
def long_lists_fixture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, LongList]:
    """By kind."""
    return {kind: write_long_list(tmp_path_factory.mktemp(kind), forms)
            for kind, forms in LISTS.items()}
