# SPDX-License-Identifier: MIT
"""The lab's page: built, served by `cors lab`, and as plain files by any other host.

CORS_LAB_PAGE names another folder than build/lab, where `make lab` puts the page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.cors_command import COMMAND, ROOT, cors_environment
from tests.support.started import Started

START_SECONDS = 30.0
FOLDER = Path(__file__).resolve().parent
PAGE = (ROOT / os.environ.get("CORS_LAB_PAGE", "build/lab")).resolve()


def page_folder() -> Path:
    if not (PAGE / "index.html").exists():
        raise FileNotFoundError(f"the page is not in {PAGE}: build it with `make lab`")
    return PAGE


@contextmanager
def served(command: list[str], said: str, log: Path) -> Iterator[str]:
    """A server; its port is the group of the pattern that it says when it is ready."""
    with Started(command, log, environment=cors_environment()) as process:
        process.wait_until(lambda: re.search(said, process.said()) is not None, command[0],
                           START_SECONDS)
        found = re.search(said, process.said())
        assert found is not None
        yield f"http://localhost:{found[1]}"


@contextmanager
def lab_served(folder: Path) -> Iterator[str]:
    """`cors lab` with the page, at its origin."""
    command = [COMMAND, "lab", "--listen", "127.0.0.1:0", "--page", str(page_folder())]
    with served(command, r"http://localhost:(\d+)", folder / "lab.log") as origin:
        yield origin


@contextmanager
def plainly_served(folder: Path) -> Iterator[str]:
    """The same files on a host that knows nothing of the lab, at its origin."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1",
               "--directory", str(page_folder())]
    with served(command, r"Serving HTTP on \S+ port (\d+)", folder / "plain.log") as origin:
        yield origin


def run_with_lab(arguments: list[str]) -> int:
    """Runs one of this folder's scripts with the lab behind it; its exit status."""
    with tempfile.TemporaryDirectory(prefix="cors-lab-") as name, \
            lab_served(Path(name)) as lab, plainly_served(Path(name)) as plain:
        script, *rest = arguments
        environment = {**cors_environment(), "CORS_COMMAND": COMMAND, "LAB_URL": lab,
                       "LAB_PLAIN_URL": plain}
        return subprocess.run(["node", str(FOLDER / script), *rest], env=environment,
                              check=False).returncode
