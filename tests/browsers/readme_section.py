# SPDX-License-Identifier: MIT
"""The parts of README.md that commands write, each between two marks."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def read_section(begin: str, end: str) -> str:
    return README.read_text().partition(begin)[2].partition(end)[0]


def write_section(begin: str, end: str, section: str) -> None:
    before, found, rest = README.read_text().partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{README} has no '{begin.strip()}' with '{end.strip()}' after it")
    README.write_text(before + begin + section + end + after)
