# SPDX-License-Identifier: MIT
"""Explanations in WebAssembly are those of `cors explain --json`, to the byte."""

from __future__ import annotations

from functools import cache

import pytest

from tests.explain.message_corpus import FOLDER, Case, cases
from tests.support.cors_command import run_cors
from tests.wasm.wasm_engine import ask

CASES = list(cases())


@cache
def explained() -> list[str]:
    return ask({"do": "explain", "text": case.message} for case in CASES)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.place for case in CASES])
def test_message(number: int) -> None:
    case: Case = CASES[number]
    done = run_cors(["explain", "--json"], FOLDER, stdin=case.message.encode())
    assert done.code == 0
    assert explained()[number] == done.stdout.rstrip("\n")
