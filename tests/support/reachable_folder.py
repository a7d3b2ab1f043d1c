# SPDX-License-Identifier: MIT
"""Temporary folders that processes of another user get to.

pytest's own lie in a folder for the user who runs the tests. Where that is root, `cors serve` has
nginx's workers run as somebody else, who must reach what is served and the gateway's own files.
A suite's conftest.py takes over the fixture:

    from tests.support.reachable_folder import tmp_path  # noqa: F401
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def reachable_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cors-test.", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture()
def tmp_path() -> Iterator[Path]:
    """As pytest's, but reachable by everyone."""
    with reachable_folder() as folder:
        yield folder
