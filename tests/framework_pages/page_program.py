# SPDX-License-Identifier: MIT
"""The complete program of a documentation page, run as it is written there.

A page has fences that count here:

    ```python server.py     a file of the program, by this name
    ```sh start             one line that starts it; port 3000 stands for a free one, also in $PORT
    ```console              `$ curl …` lines, each with lines of its answer, in their order; "..."
                            stands for lines left out, though never for a line of CORS
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import node_modules
from tests.support.started import Started, accepts, free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
CURL_SECONDS = 20.0
PORT = "3000"

FENCE = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_CORS = re.compile(r"^(access-control-|vary:)", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """A command of a page, and the lines of its answer that the page shows."""

    command: str
    lines: list[str]


@dataclass
class Page:
    name: str
    files: dict[str, str] = field(default_factory=dict)
    start: str = ""
    shown: list[Shown] = field(default_factory=list)


def read_console(text: str) -> Iterator[Shown]:
    joined = text.replace("\\\n", "")
    for block in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
        command, *lines = block.rstrip("\n").split("\n")
        yield Shown(command, [line.rstrip() for line in lines])


def read_page(path: Path) -> Page:
    page = Page(path.stem)
    for word, name, text in FENCE.findall(path.read_text()):
        if word == "sh" and name == "start":
            page.start = text.strip()
        elif word == "console":
            page.shown += read_console(text)
        elif name:
            page.files[name] = text
    assert page.files and page.start and page.shown, f"{path.name} has no complete program"
    return page


def link_packages(folder: Path) -> None:
    """What `npm install` would bring, without asking a registry again."""
    node_modules.install()
    (folder / "node_modules").mkdir()
    package = ROOT / "build" / "node" / "libcors"
    for target in [*node_modules.MODULES.iterdir(), package]:
        (folder / "node_modules" / target.name).symlink_to(target)


@contextmanager
def running(page: Page, folder: Path) -> Iterator[int]:
    """Starts the program in a folder of its own, and gives its port."""
    for name, text in page.files.items():
        (folder / name).write_text(text)
    if any(name.endswith(("js", "ts")) for name in page.files):
        link_packages(folder)
    port = free_port()
    command = page.start.replace(PORT, str(port))
    environment = {"PORT": str(port), "PYTHONPATH": str(ROOT / "build" / "python" / "site"),
                   "PYTHONDONTWRITEBYTECODE": "1", "PATH": f"/usr/bin:{os.environ['PATH']}"}
    node = shutil.which("node")
    if node is not None and page.start.startswith("node "):  # /usr/bin may have another one
        command = command.replace("node ", f"{node} ", 1)
    with Started(["bash", "-c", command], folder.parent / f"{page.name}.log", folder=folder,
                 environment=environment) as started:
        started.wait_until(lambda: accepts(port), page.name, START_SECONDS)
        yield port


def ask(command: str, port: int) -> list[str]:
    """What a command of the page prints."""
    done = subprocess.run(["bash", "-c", command.replace(PORT, str(port))], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=CURL_SECONDS)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return [line.rstrip() for line in done.stdout.replace(str(port), PORT).split("\n")]


def difference(shown: Shown, printed: list[str]) -> str | None:
    """What is wrong with the lines that a page shows, or None."""
    story = f"$ {shown.command}\n" + "\n".join(printed)
    rest = iter(printed)
    for line in shown.lines:
        if line != "..." and line not in rest:
            return f"it does not print {line!r} at that place:\n{story}"
    for line in printed:
        if OF_CORS.match(line) and line not in shown.lines:
            return f"the page does not show {line!r}:\n{story}"
    return None
