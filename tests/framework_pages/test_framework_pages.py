# SPDX-License-Identifier: MIT
"""The page of each framework: its program runs as written, and answers as the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.framework_pages.page_program import ROOT, Shown, ask, difference, read_page, running

PAGES = sorted((ROOT / "docs").glob("framework_*.md"))


def test_there_are_pages() -> None:
    assert len(PAGES) >= 10


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.stem))
def test_page(path: Path, tmp_path: Path) -> None:
    page = read_page(path)
    folder = tmp_path / page.name
    folder.mkdir()
    with running(page, folder) as port:
        for shown in page.shown:
            assert (fault := difference(shown, ask(shown.command, port))) is None, fault


def test_a_page_that_lies_is_found_out() -> None:
    printed = ["HTTP/1.1 200 OK", "Vary: Origin", "", "hello"]
    assert difference(Shown("curl", ["HTTP/1.1 200 OK", "Vary: Origin", "...", "hello"]),
                      printed) is None
    for lines in (["HTTP/1.1 200 OK"], ["Vary: Origin", "HTTP/1.1 200 OK"],
                  ["HTTP/1.1 200 OK", "Vary: Origin", "goodbye"]):
        assert difference(Shown("curl", lines), printed) is not None
