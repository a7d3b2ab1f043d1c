# SPDX-License-Identifier: MIT
"""Every message of the corpus means to `cors explain` what the corpus says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.explain.message_corpus import FOLDER, Case, cases
from tests.support.cors_command import run_cors

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.place))
def test_message_is_explained(case: Case) -> None:
    done = run_cors(["explain", "--json"], FOLDER, stdin=case.message.encode())
    assert (done.code, done.stderr) == (0, ""), case.message
    told = json.loads(done.stdout)
    assert Case(case.place, case.message, told["browser"], told["code"], tuple(told["also"]),
                told["preflight"], told["url"], told["origin"],
                told["check"] if case.check else None) == case


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.md")), ids=lambda file: str(file.name))
def test_every_block_is_a_case(file: Path) -> None:
    read = sum(case.place.startswith(file.name + ":") for case in CASES)
    assert file.read_text().count("\n```console\n") == read
    assert file.read_text().count("\n```explained\n") == read
