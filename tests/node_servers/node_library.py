# SPDX-License-Identifier: MIT
"""Where the package for Node is that these tests are about, and the packages they put around it."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.surfaces import artifact
from tests.support import node_modules

FOLDER = Path(__file__).resolve().parent


def library() -> Path:
    """The package's entry, as it ships."""
    return artifact("CORS_NODE_LIBRARY", "build/node/libcors/libcors.js")


def install() -> None:
    """Puts the frameworks in place: those of all applications, and those of this suite alone."""
    node_modules.install()
    node_modules.install(FOLDER)
