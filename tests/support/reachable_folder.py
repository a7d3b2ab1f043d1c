# SPDX-License-Identifier: MIT
"""Temporary folders that processes of any user get to.

pytest's own lie in a folder that only the user who runs the tests may enter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def reachable_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cors-test.") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
