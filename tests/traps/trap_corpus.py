# SPDX-License-Identifier: MIT
"""Reads the cases of the Markdown files in this folder; README.md has the notation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BROWSERS = ("standard", "chromium", "firefox", "safari")
PAGE = "https://a.test"
URL = "https://api.test/"
ABBREVIATIONS = {
    "ACAO": "Access-Control-Allow-Origin", "ACAC": "Access-Control-Allow-Credentials",
    "ACAM": "Access-Control-Allow-Methods", "ACAH": "Access-Control-Allow-Headers",
    "ACMA": "Access-Control-Max-Age", "ACEH": "Access-Control-Expose-Headers",
}
CALL_WORDS = {"mode", "credentials", "redirect", "cache", "initiator"}


@dataclass
class Case:
    """One block: calls, answers, and what is expected of each browser."""

    trap: int
    title: str
    place: str
    scenario: dict[str, Any]
    expected: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.place} trap {self.trap}: {self.title}"


def unescape(text: str) -> str:
    r"""\t, \xNN and the like in a value stand for the byte."""
    return re.sub(r"\\x([0-9a-f]{2})|\\t",
                  lambda found: chr(int(found[1], 16)) if found[1] else "\t", text)


def read_field(text: str) -> list[str]:
    name, _, value = text.partition(":")
    repeated = re.fullmatch(r" (.)\*(\d+)", value)
    value = repeated[1] * int(repeated[2]) if repeated else unescape(value.removeprefix(" "))
    return [ABBREVIATIONS.get(name.strip(), name.strip()), value]


def read_call(words: list[str]) -> dict[str, Any]:
    call: dict[str, Any] = {"method": words[0], "url": URL, "headers": []}
    for word in words[1:]:
        key, _, value = word.partition("=")
        if "://" in word.split("=")[0] or ":" in key:
            call["url"] = word
        elif key == "body":
            kind, _, blob_type = value.partition(":")
            call["body"] = {"kind": kind, "text": "x", "type": blob_type}
        elif key == "wait":
            call["wait"] = int(value)
        elif key == "upload":
            call["upload_listener"] = True
        else:
            assert key in CALL_WORDS, word
            call[key] = value
    return call


def read_answer(line: str) -> tuple[str, str, dict[str, Any]]:
    """`preflight [URL] STATUS | Name: value | ...`"""
    head, *fields = re.split(r" \|(?: |$)", line)
    words = head.split()
    url = words[1] if len(words) == 3 else ""
    answer: dict[str, Any] = {"status": int(words[-1]), "headers": []}
    for text in fields:
        if text.startswith("address "):
            answer["address"] = text.removeprefix("address ")
        else:
            answer["headers"].append(read_field(text))
    return words[0], url, answer


def expect(case: Case, line: str) -> None:
    """`=> [browsers:] outcome` or `sent: [browsers:] requests`."""
    kind, _, rest = line.partition(" ")
    named = re.match(r"((?:standard|chromium|firefox|safari)(?:, )?)+: ", rest)
    browsers = named[0].rstrip(": ").split(", ") if named else list(BROWSERS)
    text = rest[named.end():] if named else rest
    for browser in browsers:
        case.expected.setdefault(browser, []).append((kind, text))


def read_block(trap: int, title: str, place: str, lines: list[str]) -> Case:
    scenario: dict[str, Any] = {"id": place, "page": PAGE, "fetches": [], "server": {}}
    case = Case(trap, title, place, scenario)
    for line in lines:
        word = line.split()[0]
        if word in ("page", "top", "page_address"):
            scenario[word] = line.split()[1]
        elif word == "hsts":
            scenario["hsts"] = line.split()[1:]
        elif word == ">":
            scenario["fetches"][-1]["headers"].append(read_field(line[2:]))
        elif word in ("preflight", "answer"):
            part, url, answer = read_answer(line)
            key = "preflight" if part == "preflight" else "response"
            scenario["server"].setdefault(url or scenario["fetches"][0]["url"], {})[key] = answer
        elif word in ("=>", "sent:", "origin:", "why:"):
            expect(case, line)
        else:
            scenario["fetches"].append(read_call(line.split()))
    assert case.expected, f"{place}: nothing is expected"
    return case


def read_file(path: Path) -> list[Case]:
    cases = []
    trap, title = 0, ""
    block: list[str] | None = None
    start = 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        heading = re.fullmatch(r"## Trap (\d+): (.*)", line)
        if heading:
            trap, title = int(heading[1]), heading[2]
        elif line.startswith("```"):
            if block is not None and block:
                cases.append(read_block(trap, title, f"{path.name}:{start}", block))
            block = [] if block is None else None
            start = number + 1
        elif block is not None and line.strip():
            block.append(line)
        elif block:
            cases.append(read_block(trap, title, f"{path.name}:{start}", block))
            block = []
            start = number + 1
    return cases


def read_all() -> list[Case]:
    return [case for path in sorted(HERE.glob("*.md")) if path.name != "README.md"
            for case in read_file(path)]
