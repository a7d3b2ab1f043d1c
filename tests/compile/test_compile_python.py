# SPDX-License-Identifier: MIT
"""The package for Python takes compiled policies, and new ones while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from libcors import Guard, PolicyError

from compiled_policies import ELSEWHERE, ORIGIN, compiled
from tests.support.started import wait_for

DEADLINE = 20.0


def allows(guard: Guard, origin: str) -> bool:
    return guard.judge("GET", "/x", [(b"Origin", origin.encode())]).decision.allowed is True


def test_a_compiled_policy(tmp_path: Path) -> None:
    guard = Guard(compiled(tmp_path))
    assert allows(guard, ORIGIN) and not allows(guard, "https://evil.example")


def test_a_damaged_one(tmp_path: Path) -> None:
    block = compiled(tmp_path)
    block.write_bytes(block.read_bytes()[:-8])
    with pytest.raises(PolicyError, match="It is cut short"):
        Guard(block)


def test_another_environment(tmp_path: Path) -> None:
    block = compiled(tmp_path, ELSEWHERE, "cors", "--env", "staging")
    assert allows(Guard(block, environment="staging"), "https://staging.example.com")
    with pytest.raises(PolicyError, match='compiled for the environment "staging"'):
        Guard(block)


def test_a_replaced_one_is_taken_while_it_runs(tmp_path: Path) -> None:
    guard = Guard(compiled(tmp_path))
    assert not allows(guard, "https://new.example.com")
    compiled(tmp_path, "policies:\n  - allow_origins: [https://new.example.com]\n")
    wait_for(lambda: allows(guard, "https://new.example.com"), "the replaced policy", DEADLINE)
    assert not allows(guard, ORIGIN)
