# SPDX-License-Identifier: MIT
"""The corpus of console messages; README.md tells how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CASE = re.compile(r"```console\n(.*?)\n```\n\n```explained\n(.*?)\n```", re.DOTALL)
MEANING = re.compile(r"(\w+) ([a-z-]+)(?: or ([a-z, -]+))?")
PREFLIGHT = {"preflight": True, "request": False, "unknown": None}


@dataclass(frozen=True)
class Case:
    place: str
    message: str
    browser: str
    code: str
    also: tuple[str, ...]
    preflight: bool | None
    url: str | None
    origin: str | None
    check: str | None


def read_case(place: str, message: str, explained: str) -> Case:
    meaning, *lines = explained.split("\n")
    words = MEANING.fullmatch(meaning)
    if words is None:
        raise ValueError(f"{place}: {meaning!r} is not `browser code [or codes]`")
    told = dict(line.split(": ", 1) for line in lines)
    case = Case(place, message, words[1], words[2],
                tuple(words[3].split(", ")) if words[3] else (), PREFLIGHT[told.pop("failed")],
                told.pop("url", None), told.pop("origin", None), told.pop("check", None))
    if told:
        raise ValueError(f"{place}: nothing is called {', '.join(told)}")
    return case


def cases() -> Iterator[Case]:
    for file in ("chromium.md", "firefox.md", "safari.md"):
        text = (FOLDER / file).read_text()
        for match in CASE.finditer(text):
            line = text.count("\n", 0, match.start()) + 2
            yield read_case(f"{file}:{line}", match[1], match[2])
