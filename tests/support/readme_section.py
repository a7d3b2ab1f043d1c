# SPDX-License-Identifier: MIT
"""The parts of a README.md that commands write, each between two marks."""

from __future__ import annotations

from pathlib import Path


def read_section(readme: Path, begin: str, end: str) -> str:
    return readme.read_text().partition(begin)[2].partition(end)[0]


def write_section(readme: Path, begin: str, end: str, section: str) -> None:
    before, found, rest = readme.read_text().partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{readme} has no '{begin.strip()}' with '{end.strip()}' after it")
    readme.write_text(before + begin + section + end + after)
