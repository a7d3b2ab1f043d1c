# SPDX-License-Identifier: MIT
"""Bodies that elements can use, by the ending of the path."""

from __future__ import annotations

import base64
from pathlib import PurePosixPath

PLAIN = b"body"

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

# A font without a single character, made with fontTools.
WOFF = base64.b64decode(
    "d09GRgABAAAAAAHoAAoAAAAAAhwAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAABPUy8yAAABXAAAAB0AAABgQPZBOGNtYX"
    "AAAAGAAAAAJQAAACwADABGZ2x5ZgAAAawAAAABAAAAAQAAAABoZWFkAAAA9AAAADYAAAA2LWQ47GhoZWEAAAEsAAAA"
    "GwAAACQDIgEuaG10eAAAAXwAAAAEAAAABAH0AABsb2NhAAABqAAAAAQAAAAEAAAAAG1heHAAAAFIAAAAEwAAACAAAg"
    "ACbmFtZQAAAbAAAAApAAAAOVJAWiRwb3N0AAAB3AAAAAwAAAAgAAMAAAABAAAAAQAAGhTyQ18PPPUAAwPoAAAAAOcm"
    "/AYAAAAA5yb8BgAAAAAAAAAAAAAAAwACAAAAAAAAeJxjYGRgYFb4b8HAwPiFAQIYGVABIwBAwQJTAHicY2BkYGAAYQ"
    "hgYkADAAB8AAUAeJxjYGb8wjiBgZWBhYFEYA8EBJQoMDAAALVyAq8AAAAB9AAAeJxjYGBgYmBgYAZiESDJCKZZGCQY"
    "QOIgGYb//8EYKAMAJmgETwAAAAAAAAAAAAAAeJxjYGBgYTBjYGQAAUYwDWEzgWlmBkYWTiALxIOwmUDsIIYgABEJAR"
    "EAAAB4nGNgZsALAAB9AAQ=")

BODIES = {
    ".gif": GIF,
    ".js": b"void 0;\n",
    ".css": b"p { color: red }\n",
    ".woff": WOFF,
    ".events": b"data: 1\n\n",
}


def body_for(path: str) -> bytes:
    """The ending is what stands after the last dot of the last segment."""
    return BODIES.get("." + PurePosixPath(path.partition("?")[0]).name.rpartition(".")[2], PLAIN)
