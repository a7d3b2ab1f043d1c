# SPDX-License-Identifier: MIT
"""A million origins through the command, each verdict told a second time; and crafted lists."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.million.crafted_lists import CRAFTED
from tests.million.million_lists import (
    COUNT, LongList, allowing_entries, change_letters, compile_policy, origin_of, write_policy)
from tests.oracle.oracle import is_serialized_origin
from tests.support.cors_command import run_cors

ASKED = 8_000


def is_allowed(origin: str, entries: frozenset[str]) -> bool:
    return (is_serialized_origin(origin)
            and any(entry in entries for entry in allowing_entries(origin)))


def decide(folder: Path, policy: Path, origins: list[str]) -> list[bool]:
    requests = "".join(json.dumps({"method": "GET", "path": "/", "headers": [["Origin", origin]]})
                       + "\n" for origin in origins)
    done = run_cors(["decide", "--policy", str(policy)], folder, stdin=requests.encode())
    assert done.code == 0, done.stderr
    return [json.loads(line)["allowed"] for line in done.stdout.splitlines()]


def expect_oracle(folder: Path, policy: Path, entries: list[str], origins: list[str]) -> int:
    """Returns how many are allowed."""
    known = frozenset(entries)
    wanted = [is_allowed(origin, known) for origin in origins]
    given = decide(folder, policy, origins)
    wrong = [origin for origin, one, other in zip(origins, given, wanted, strict=True)
             if one != other]
    assert not wrong, f"{len(wrong)} of {len(origins)} decided otherwise: {wrong[:5]}"
    return sum(wanted)


@pytest.mark.parametrize("kind, beside", [("exact", 16), ("wildcard", 16), ("mixed", 24)])
def test_a_million_origins(kind: str, beside: int, long_lists: dict[str, LongList],
                           tmp_path: Path) -> None:
    """`beside`: bytes of the compiled policy for each origin, without its text."""
    made = long_lists[kind]
    done = run_cors(["lint", str(made.policy)], tmp_path)
    assert (done.code, done.stderr.strip()) == (0, "no problems")
    text = sum(map(len, made.entries))
    assert made.compiled.stat().st_size - text <= beside * COUNT
    draw = random.Random(beside)
    origins = [origin_of(made.forms, draw.randrange(2 * COUNT)) for _ in range(ASKED)]
    allowed = expect_oracle(tmp_path, made.compiled, made.entries,
                            change_letters(origins, seed=5))
    assert ASKED / 8 < allowed < ASKED / 2  # of those drawn a quarter, and what is changed to one


@pytest.mark.parametrize("kind", CRAFTED)
def test_crafted_entries_are_entries(kind: str, tmp_path: Path) -> None:
    entries = CRAFTED[kind]
    policy = write_policy(tmp_path, entries)
    draw = random.Random(7)
    origins = [draw.choice(entries).replace("*", "x", 1).replace("{label}", "y").removesuffix(":*")
               for _ in range(600)]
    assert expect_oracle(tmp_path, policy, entries, change_letters(origins, seed=9)) > 100


def test_the_same_origin_again_and_again(tmp_path: Path) -> None:
    """Each after the first has a warning of its own."""
    policy = write_policy(tmp_path, ["https://app.example.com"] * 100_000)
    compiled = compile_policy(tmp_path, policy)
    assert decide(tmp_path, compiled, ["https://app.example.com", "https://b.example.com"]) == \
        [True, False]
