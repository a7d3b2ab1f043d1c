# SPDX-License-Identifier: MIT
"""The traps of CORS, through `cors simulate`, each in all browsers that it speaks of."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

import pytest

from tests.support.cors_command import COMMAND
from tests.traps.trap_corpus import BROWSERS, Case, read_all

TRAPS = 64
CASES = read_all()


@cache
def answers(browser: str) -> list[Any]:
    text = "".join(json.dumps(case.scenario) + "\n" for case in CASES)
    done = subprocess.run([COMMAND, "simulate", "--browser", browser], input=text,
                          capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def show_outcome(fetch: Any, wanted: str) -> str:
    """In as many words as are wanted: `ok`, `ok cors`, `ok reads: a, b`, a code, its phase."""
    shown: str = fetch["code"]
    if " preflight" in wanted or fetch["preflight"]:
        shown += " preflight" if fetch["preflight"] else " request"
    for word in wanted.split(" reads:")[0].split()[1:]:
        if word in ("basic", "cors", "opaque", "opaqueredirect"):
            shown += f" {fetch['type']}"
        elif word.isdigit():
            shown += f" {fetch['status']}"
    if " reads:" in wanted:
        shown += f" reads: {', '.join(fetch['headers']) or 'none'}"
    return shown


def show_sent(request: Any) -> str:
    """`GET`, `OPTIONS(PUT; x-a)`; with `!` where credentials go along."""
    shown: str = request["method"]
    if "access-control-request-method" in request:
        asked = [request["access-control-request-method"]]
        if "access-control-request-headers" in request:
            asked.append(request["access-control-request-headers"])
        shown += f"({'; '.join(asked)})"
    return shown + ("!" if request["credentials"] else "")


def show(answer: Any, kind: str, wanted: str) -> str:
    if kind == "=>":
        outcomes = wanted.split(" ; ")
        assert len(outcomes) == len(answer["fetches"]), "an outcome for each call"
        return " ; ".join(show_outcome(fetch, outcome) for fetch, outcome
                          in zip(answer["fetches"], outcomes, strict=True))
    if kind == "sent:":
        return ", ".join(show_sent(request) for request in answer["sent"]) or "nothing"
    if kind == "origin:":
        return ", ".join(request.get("origin", "-") for request in answer["sent"])
    return ", ".join(why for fetch in answer["fetches"] for why in fetch["why_preflight"])


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_trap(number: int) -> None:
    case: Case = CASES[number]
    for browser, expectations in case.expected.items():
        answer = answers(browser)[number]
        assert "error" not in answer, answer
        for kind, wanted in expectations:
            assert show(answer, kind, wanted) == wanted, browser


def test_every_trap_has_a_case() -> None:
    assert {case.trap for case in CASES} == set(range(1, TRAPS + 1))


def test_every_case_speaks_of_a_browser() -> None:
    assert all(set(case.expected) <= set(BROWSERS) for case in CASES)
