# SPDX-License-Identifier: MIT
"""The package for Python as users have it: build/python/site, or the folder in $CORS_PYTHON."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "bindings" / "python" / "build"


def built(name: str) -> Path:
    """A folder that the build leaves, after it has built what changed."""
    done = subprocess.run([str(BUILD)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return ROOT / "build" / "python" / name


def site() -> Path:
    """What belongs on PYTHONPATH."""
    given = os.environ.get("CORS_PYTHON")
    return (ROOT / given).resolve() if given else built("site")


def use() -> None:
    """Lets tests import the package; for a conftest.py."""
    folder = str(site())
    if folder not in sys.path:
        sys.path.insert(0, folder)


def environment(*folders: Path) -> dict[str, str]:
    """What lets programs that a test starts import the package, and modules in these folders."""
    return {"PYTHONPATH": os.pathsep.join([str(site()), *map(str, folders)]),
            "PYTHONDONTWRITEBYTECODE": "1"}
