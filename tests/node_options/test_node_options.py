# SPDX-License-Identifier: MIT
"""The options of expressjs/cors: as the package has them, but for what is meant to differ."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.framework_pages.page_program import ask, difference, read_page, running
from tests.support import node_modules
from tests.support.node_tests import run_node_tests

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "moving_from_expressjs_cors.md"
ROW = re.compile(r"^\| `(\{.*?\})` \| .* \| `(\{.*\})` \|$", re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def packages_installed() -> None:
    node_modules.install()


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.test.mjs")), ids=lambda file: str(file.name))
def test_in_node(file: Path) -> None:
    run_node_tests(file)


def test_the_page_about_moving(tmp_path: Path) -> None:
    page = read_page(PAGE)
    folder = tmp_path / "moving"
    folder.mkdir()
    with running(page, folder) as port:
        for shown in page.shown:
            assert (fault := difference(shown, ask(shown.command, port))) is None, fault


def test_what_the_page_says_is_refused(tmp_path: Path) -> None:
    rows = ROW.findall(PAGE.read_text())
    assert len(rows) >= 12
    program = tmp_path / "refused.test.mjs"
    program.write_text(f"""
import assert from 'node:assert/strict';
import {{test}} from 'node:test';
import {{cors, PolicyError}} from {json.dumps(str(FOLDER.parents[1] / "bindings/node/libcors.js"))};
for (const [refused, instead] of {json.dumps(rows)}) {{
    test(refused, () => {{
        const make = (text) => cors.fromOptions(new Function(`return ${{text}};`)());
        assert.throws(() => make(refused), PolicyError);
        make(instead).close();
    }});
}}
""")
    assert run_node_tests(program) == len(rows)
