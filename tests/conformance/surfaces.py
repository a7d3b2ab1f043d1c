# SPDX-License-Identifier: MIT
"""What the runners of the corpus share: where things are, and how a difference is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.corpus import Case, Decision, Policy, Refusal

ROOT = Path(__file__).resolve().parents[2]


def artifact(variable: str, default: str) -> Path:
    """Something that the build left, or that an environment variable names."""
    path = ROOT / (os.environ.get(variable) or default)
    assert path.exists(), f"{path} is missing: build first, or set {variable}"
    return path


def announce(capsys: pytest.CaptureFixture[str], surface: str, count: int) -> None:
    """Says how many cases went over a surface, and sees that they are many."""
    with capsys.disabled():
        print(f"\n{count} conformance cases through {surface}")
    assert count >= 250


def write_policy(policy: Policy, folder: Path) -> Path:
    """Puts a policy with the files it reads into a folder of its own."""
    home = folder / policy.name
    home.mkdir(exist_ok=True)
    for name, text in policy.files.items():
        (home / name).write_text(text)
    path = home / "cors.yaml"
    path.write_text(policy.yaml)
    return path


def shorten(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:150]} … {text[-100:]} ({len(text)} characters)"


def describe(decision: Decision) -> str:
    words = [decision.kind, str(decision.allowed), decision.reason, str(decision.status)]
    fields = [f"{name.decode()}: {value!r}" for name, value in sorted(decision.set)]
    vary = b", ".join(sorted(decision.vary)).decode()
    return "\n".join(["    " + shorten(line) for line in [" ".join(words), *fields, vary]])


def same(left: Decision, right: Decision) -> bool:
    """Equality, where the order of lines does not count and their number does."""
    def key(decision: Decision) -> tuple[object, ...]:
        return (decision.kind, decision.allowed, decision.reason, decision.status,
                sorted(decision.set), decision.vary)
    return key(left) == key(right)


def difference(case: Case, got: Decision) -> str | None:
    if same(case.decision, got):
        return None
    return f"{case.name}\n  expected\n{describe(case.decision)}\n  got\n{describe(got)}"


def policy_name(refusal: Refusal) -> str:
    return refusal.policy.name
