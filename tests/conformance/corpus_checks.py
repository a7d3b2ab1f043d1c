# SPDX-License-Identifier: MIT
"""What a server's answers to the cases of the corpus are held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.conformance.corpus import Case
from tests.conformance.corpus_gateway import Response, application_response


@dataclass
class Answer:
    response: Response
    reached: bool  # whether the application saw the request


def check_preflight(case: Case, answer: Answer) -> Iterator[str]:
    decision, response = case.decision, answer.response
    if answer.reached:
        yield "the application saw the preflight"
    if response.status != decision.status:
        yield f"status {response.status}, not {decision.status}"
    if decision.allowed and response.body:
        yield f"a body: {response.body[:100]!r}"
    if not decision.allowed:
        if not response.values("Content-Type")[:1] == [b"text/plain"]:
            yield f"Content-Type {response.values('Content-Type')}"
        if decision.reason.encode() not in response.body:
            yield f"the body does not name the reason: {response.body[:100]!r}"
    if response.owned() != sorted(decision.set):
        yield f"lines {response.owned()}, not {sorted(decision.set)}"
    if response.vary() != sorted(name.lower() for name in decision.vary):
        yield f"Vary {response.vary()}, not {sorted(decision.vary)}"


def expected_vary(case: Case, sent: Response) -> list[bytes]:
    """What the application sent, and what it lacks."""
    names = sent.vary()
    if b"*" in names:
        return names
    wanted = {name.lower() for name in case.decision.vary}
    return sorted(names + sorted(wanted - set(names)))


def check_passed_on(case: Case, answer: Answer) -> Iterator[str]:
    decision, response = case.decision, answer.response
    sent = application_response(case)
    if not answer.reached:
        yield "the application did not see the request"
    if response.status != sent.status:
        yield f"status {response.status}, and the application sent {sent.status}"
    owned = sent.owned() if decision.kind == "no-policy" else sorted(decision.set)
    if response.owned() != owned:
        yield f"lines {response.owned()}, not {owned}"
    if response.vary() != expected_vary(case, sent):
        yield f"Vary {response.vary()}, not {expected_vary(case, sent)}"


def faults_of(cases: Sequence[Case], answers: Sequence[Answer]) -> list[str]:
    """What is wrong with the answers, case by case."""
    faults = []
    for case, answer in zip(cases, answers, strict=True):
        preflight = case.decision.kind == "preflight"
        told = list((check_preflight if preflight else check_passed_on)(case, answer))
        if told:
            faults.append("\n  ".join([case.name, *(text[:400] for text in told)]))
    return faults
