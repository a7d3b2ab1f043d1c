# SPDX-License-Identifier: MIT
"""The corpus through the C library: decide_direct.c with guard pages around every text."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

import pytest

from tests.conformance.corpus import Case, Decision, Policy, Refusal, load_corpus
from tests.conformance.policy_values import policy_records
from tests.conformance.surfaces import announce, artifact, difference, policy_name

CORPUS = load_corpus()
VERDICTS = {0: None, 1: True, 2: False}


def netstring(text: bytes) -> bytes:
    return b"%d:%s," % (len(text), text)


def record(letter: str, texts: Iterable[bytes] = ()) -> bytes:
    return letter.encode() + b"".join(netstring(text) for text in texts)


def policy_input(policy: Policy) -> bytes:
    return b"".join(record(letter, [text.encode() for text in texts])
                    for letter, texts in policy_records(policy))


def case_input(case: Case) -> bytes:
    fields = b"".join(record("H", field) for field in case.request.fields)
    return record("R", [case.request.method, case.path]) + fields + record("D")


class Answers:
    """Reads what the program answers."""

    def __init__(self, output: bytes) -> None:
        self.output = output
        self.at = 0

    def line(self) -> str:
        end = self.output.index(b"\n", self.at)
        line = self.output[self.at:end].decode()
        self.at = end + 1
        return line

    def text(self) -> bytes:
        colon = self.output.index(b":", self.at)
        start, size = colon + 1, int(self.output[self.at:colon])
        self.at = start + size + 1
        return self.output[start:start + size]

    def decision(self) -> tuple[Decision, bytes]:
        """A decision, and the body that goes with it."""
        kind, reason, verdict, status, fields, vary, _ = self.line().split(" ")
        lines = tuple((self.text(), self.text()) for _ in range(int(fields)))
        names = [self.text() for _ in range(int(vary))]
        body = self.text()
        assert self.line() == ""
        assert len(set(names)) == len(names), f"Vary names one twice: {names}"
        decision = Decision(kind, VERDICTS[int(verdict)], reason, int(status) or None, lines,
                            frozenset(names))
        return decision, body


def ask(program_input: bytes) -> Answers:
    program = artifact("CORS_DECIDE_DIRECT", "build/tests/conformance/decide-direct")
    done = subprocess.run([str(program)], input=program_input, stdout=subprocess.PIPE, check=True)
    return Answers(done.stdout)


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    announce(capsys, "the C library", len(CORPUS.over("c")))


def expected_body(case: Case) -> str:
    return case.decision.reason if case.decision.allowed is False else ""


@pytest.mark.parametrize("name", sorted({case.name.split(":")[0] for case in CORPUS.cases}))
def test_cases(name: str) -> None:
    groups = [(policy, [case for case in cases if case.name.startswith(f"{name}:")])
              for policy, cases in CORPUS.by_policy("c")]
    groups = [group for group in groups if group[1]]
    answers = ask(b"".join(policy_input(policy) + b"".join(map(case_input, cases))
                           for policy, cases in groups))
    differences = []
    for policy, cases in groups:
        assert answers.line() == "ok", f"{policy.name} is refused"
        for case in cases:
            decision, body = answers.decision()
            differences += [told for told in [difference(case, decision)] if told]
            assert (body == b"") == (expected_body(case) == ""), case.name
            assert expected_body(case).encode() in body, case.name
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("refusal", CORPUS.refusals, ids=policy_name)
def test_refusal(refusal: Refusal) -> None:
    words = ask(policy_input(refusal.policy)).line().split(" ")
    assert words[0] == "refused"
    assert set(words[1:]) == refusal.rules, refusal.name
