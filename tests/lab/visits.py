# SPDX-License-Identifier: MIT
"""Visits in real Chromium: node makes those of a file, and tells of each in a line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.started import Started

FOLDER = Path(__file__).resolve().parent
RUN = str(FOLDER / "visit_run.js")
SECONDS = 400.0  # for a file; far above what any takes
AT_ONCE = 2  # files; their browsers mostly wait for each other's pages

FILES = sorted(path.name.removesuffix("_visits.js") for path in FOLDER.glob("*_visits.js"))


@dataclass(frozen=True)
class Told:
    """What came of a visit. Without a fault all was as it should be."""

    fault: str | None
    told: dict[str, Any]  # what it hands to the tests
    milliseconds: int


def names(file: str) -> list[str]:
    done = subprocess.run(["node", RUN, "--list", file], check=True, stdout=subprocess.PIPE,
                          text=True, timeout=SECONDS)
    listed: list[str] = json.loads(done.stdout)
    return listed


class Visits:
    """The visits of all files: each is begun before it is asked for, and made once."""

    def __init__(self, files: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.waiting = list(files)
        self.environment = environment
        self.folder = folder
        self.begun: dict[str, Started] = {}
        self.told: dict[str, dict[str, Told]] = {}

    def __enter__(self) -> Visits:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.begun.values():
            process.end()

    def of(self, file: str) -> dict[str, Told]:
        if file not in self.told:
            self._begin(file)
            running = [each for each in self.begun if each not in self.told]
            for following in self.waiting[:AT_ONCE - len(running)]:
                self._begin(following)
            self.told[file] = self._finish(file)
        return self.told[file]

    def _begin(self, file: str) -> None:
        if file in self.begun:
            return
        if file in self.waiting:
            self.waiting.remove(file)
        self.begun[file] = Started(["node", RUN, file], self.folder / f"{file}.log",
                                   environment={**os.environ, **self.environment})

    def _finish(self, file: str) -> dict[str, Told]:
        process = self.begun[file]
        process.wait_until(process.ended, f"the visits of {file}", SECONDS)
        process.end()
        lines = [json.loads(line) for line in process.said().splitlines()
                 if line.startswith('{"name":')]
        if process.process.returncode != 0:
            raise ChildProcessError(f"the visits of {file} ended with "
                                    f"{process.process.returncode}; they said:\n{process.said()}")
        return {line["name"]: Told(line["fault"], line["told"], line["ms"]) for line in lines}
