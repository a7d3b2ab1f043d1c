# SPDX-License-Identifier: MIT
"""The corpus through the Guard: every case in bytes, and those that are text as WSGI has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from libcors import Guard, PolicyError, Verdict

from tests.conformance.corpus import Case, Decision, Policy, Refusal, load_corpus
from tests.conformance.corpus_gateway import Response, application_response
from tests.conformance.surfaces import announce, difference, policy_name, write_policy

CORPUS = load_corpus()
POLICIES = CORPUS.by_policy("guard")

Lines = list[tuple[bytes, bytes]]


def guard_of(policy: Policy, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Guard:
    for name, value in policy.variables.items():
        monkeypatch.setenv(name, value)
    return Guard(write_policy(policy, folder), environment=policy.environment)


def decided(verdict: Verdict) -> Decision:
    said = verdict.decision
    # The reason is as in logs; the corpus has that of the decision.
    reason = "allowed" if said.reason == "same-origin" and said.allowed else said.reason
    if said.reason == "same-origin" and not said.allowed:
        reason = "origin-not-allowed"
    return Decision(said.kind, said.allowed, reason, said.status, said.fields,
                    frozenset(said.vary))


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    announce(capsys, "Python's Guard", len(CORPUS.over("guard")))


def judge(guard: Guard, case: Case) -> Verdict:
    # What a server takes from the line: its spaces belong to nobody.
    lines = [(name, value.strip(b" \t")) for name, value in case.request.fields]
    return guard.judge(case.request.method.decode("latin-1"), case.request.target, lines)


@pytest.mark.filterwarnings("ignore::libcors.PolicyWarning")
@pytest.mark.parametrize("policy, cases", POLICIES, ids=lambda value: getattr(value, "name", ""))
def test_cases(policy: Policy, cases: list[Case], tmp_path: Path,
               monkeypatch: pytest.MonkeyPatch) -> None:
    guard = guard_of(policy, tmp_path, monkeypatch)
    faults = []
    for case in cases:
        verdict = judge(guard, case)
        faults += [text for text in [difference(case, decided(verdict))] if text]
        faults += answer_faults(guard, case, verdict)
    assert not faults, "\n\n".join(faults)


def as_response(lines: Lines) -> Response:
    return Response(200, lines, b"")


def answer_faults(guard: Guard, case: Case, verdict: Verdict) -> list[str]:
    """What the application's own answer comes to, and what is answered at once."""
    preflight = case.decision.kind == "preflight"
    if verdict.judgement.ambiguous:
        return ambiguity_faults(case, verdict)
    if (verdict.answer is not None) != preflight:
        return [f"{case.name}: answered {verdict.answer}"]
    if verdict.answer is not None:
        return [] if verdict.answer.status == case.decision.status else [
            f"{case.name}: status {verdict.answer.status}"]
    sent = application_response(case)
    left = as_response(guard.apply(verdict, sent.fields))
    owned = sent.owned() if case.decision.kind == "no-policy" else sorted(case.decision.set)
    wanted = sorted(set(sent.vary()) | {name.lower() for name in case.decision.vary})
    vary = sent.vary() if b"*" in sent.vary() else wanted
    faults = [] if left.owned() == owned else [f"{case.name}: {left.owned()}, not {owned}"]
    if sorted(set(left.vary())) != sorted(set(vary)):
        faults.append(f"{case.name}: Vary {left.vary()}, not {vary}")
    return faults


def ambiguity_faults(case: Case, verdict: Verdict) -> list[str]:
    """A target that readers may take for another path is answered with 400."""
    assert verdict.answer is not None
    if verdict.answer.status != 400 or case.path == case.request.target.split(b"?")[0]:
        return [f"{case.name}: {verdict.answer}"]
    return []


@pytest.mark.filterwarnings("ignore::libcors.PolicyWarning")
@pytest.mark.parametrize("policy, cases", POLICIES, ids=lambda value: getattr(value, "name", ""))
def test_text_means_the_same(policy: Policy, cases: list[Case], tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    guard = guard_of(policy, tmp_path, monkeypatch)
    for case in cases:
        request = case.request
        said = judge(guard, case)
        text = guard.judge(request.method.decode("latin-1"), request.target.decode("latin-1"),
                           [(name.decode("latin-1"), value.decode("latin-1"))
                            for name, value in request.fields])
        assert text.decision == said.decision, case.name
        sent = application_response(case).fields
        in_text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent]
        assert guard.apply_text(text, in_text) == [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in guard.apply(said, sent)], case.name


@pytest.mark.parametrize("refusal", CORPUS.refusals, ids=policy_name)
def test_refusal(refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PolicyError) as caught:
        guard_of(refusal.policy, tmp_path, monkeypatch)
    errors = {problem.rule for problem in caught.value.problems if problem.severity == "error"}
    assert errors == refusal.rules
    for rule in refusal.rules:
        assert f"[{rule}]" in str(caught.value)
