# SPDX-License-Identifier: MIT
"""json-server from npm, as its users start it: its own command, a data file, a public folder.

It is the application behind the gateway. package-lock.json pins it with all it needs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.node_modules import MODULES
from tests.support.started import Started, accepts, free_port

FOLDER = Path(__file__).resolve().parent
COMMAND = MODULES / "json-server" / "lib" / "cli" / "bin.js"
START_SECONDS = 30.0
TRIES = 5  # another process may take the port between our look and its start

# The session that some of the API wants, added the way json-server's README tells.
SESSION = FOLDER / "session.js"

# Its --no-cors does nothing: its option parser takes that for the negation of a --cors.
NO_CORS = "--nc"

PAGES_MAX = 3  # each page that drives the API has ten posts of its own to change
POSTS_EACH = 10
DATA = {
    "posts": [{"id": number, "title": f"post {number}"}
              for number in range(1, PAGES_MAX * POSTS_EACH + 1)],
    "comments": [{"id": number, "text": f"comment {number}"} for number in range(1, 6)],
    "accounts": [{"id": 1, "name": "Ada"}],
    "catalog": [{"id": 1, "name": "chair"}],
    "profile": {"name": "shop"},
}


@dataclass(frozen=True)
class JsonServer:
    port: int
    process: Started


def fill(folder: Path) -> None:
    """Writes the data and the public folder that json-server reads."""
    (folder / "db.json").write_text(json.dumps(DATA))
    for place in ("assets", "members"):
        shutil.copytree(FOLDER / "widgets", folder / "public" / place)
        shutil.copyfile(font_of_this_machine(), folder / "public" / place / "probe.ttf")


def font_of_this_machine() -> str:
    """A TrueType file; Firefox depends on fontconfig, and that on a font."""
    command = ["fc-match", "--format", "%{file}", ":fontformat=TrueType"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def serving(folder: Path, own_cors: bool) -> Iterator[JsonServer]:
    """json-server on a port of its own, with its files in `folder`.

    `own_cors` leaves its own CORS on: it then reflects every origin, with credentials.
    """
    fill(folder)
    for attempt in range(TRIES):
        port = free_port()
        command = ["node", str(COMMAND), "db.json", "--host", "127.0.0.1", "--port", str(port),
                   "--static", "public", "--middlewares", str(SESSION),
                   *([] if own_cors else [NO_CORS])]
        with Started(command, folder / "json-server.log", folder) as process:
            try:
                process.wait_until(lambda: accepts(port), "json-server", START_SECONDS)
            except ChildProcessError:
                if "Cannot bind" not in process.said() or attempt == TRIES - 1:
                    raise
                continue
            yield JsonServer(port, process)
            return
