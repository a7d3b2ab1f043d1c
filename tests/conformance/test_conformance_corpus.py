# SPDX-License-Identifier: MIT
"""The corpus itself: enough cases, each with its own name, nearly all of them on every surface."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.corpus import (
    FOLDER, KINDS, SURFACES, CorpusError, load_corpus, read_decision, unescape)


def test_there_are_enough_cases(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = load_corpus()
    with capsys.disabled():
        print(f"\n{len(corpus.cases)} cases, {len(corpus.refusals)} refused policies")
    assert len(corpus.cases) >= 250
    assert len(corpus.refusals) >= 25


def test_every_kind_and_reason_occurs() -> None:
    decisions = [case.decision for case in load_corpus().cases]
    assert {decision.kind for decision in decisions} == set(KINDS)
    assert {decision.reason for decision in decisions} == {
        "no-policy", "no-origin", "allowed", "origin-malformed", "origin-null",
        "origin-not-allowed", "method-malformed", "method-not-allowed", "header-malformed",
        "header-too-many", "header-not-allowed"}


@pytest.mark.parametrize("surface", SURFACES)
def test_few_cases_are_left_out(surface: str, capsys: pytest.CaptureFixture[str]) -> None:
    cases = load_corpus().cases
    left_out = [case for case in cases if surface in case.exceptions]
    with capsys.disabled():
        print(f"\n{len(left_out)} cases not over {surface}")
        for case in left_out:
            print(f"  {case.name} {case.exceptions[surface]}")
    assert len(left_out) <= len(cases) // 50


def test_no_policy_is_idle() -> None:
    corpus = load_corpus()
    used = {case.policy.name for case in corpus.cases}
    used |= {refusal.policy.name for refusal in corpus.refusals}
    written = sum(path.read_text().count("\n```yaml") for path in FOLDER.glob("*.md"))
    assert len(used) == written


def test_names_are_unique() -> None:
    counts = Counter(case.name for case in load_corpus().cases)
    assert [name for name, count in counts.items() if count > 1] == []


def test_notation() -> None:
    assert unescape(r"a\t\s\x80\\\{b}") == b"a\t \x80\\{b}"
    assert unescape(r"{ab*3}{\t*2}c") == b"abababc".replace(b"c", b"\t\tc")
    with pytest.raises(CorpusError):
        unescape(r"\q")
    with pytest.raises(CorpusError):
        read_decision(["allowed"])
    with pytest.raises(CorpusError):
        read_decision(["actual allowed", "Content-Type: text/plain"])
