# SPDX-License-Identifier: MIT
"""The corpus through the real nginx with the module, over sockets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conformance.corpus import Case, Refusal, load_corpus
from tests.conformance.corpus_gateway import (Application, Gateway, Response,
                                              application_response, check_configuration)
from tests.conformance.surfaces import announce, artifact, policy_name, write_policy

CORPUS = load_corpus()
CASES = CORPUS.over("nginx")


@dataclass
class Answer:
    response: Response
    reached: bool  # whether the application saw the request


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="cors-"))
    yield path
    shutil.rmtree(path)


def nginx_module() -> Path:
    return artifact("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so").resolve()


def answer_all(folder: Path) -> list[Answer]:
    policies = [(policy, write_policy(policy, folder))
                for policy, _ in CORPUS.by_policy("nginx")]
    with (Application(folder / "application.sock", CASES) as application,
          Gateway(folder, nginx_module(), policies) as gateway):
        responses = [gateway.send(case, number) for number, case in enumerate(CASES)]
    log = (folder / "error.log").read_text()
    assert "[alert]" not in log and "[emerg]" not in log, log
    assert len(application.reached) == len(set(application.reached)), "a case came twice"
    reached = set(application.reached)
    return [Answer(response, number in reached) for number, response in enumerate(responses)]


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


def test_cases(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = answer_all(folder)
    faults = []
    for case, answer in zip(CASES, answers):
        preflight = case.decision.kind == "preflight"
        told = list((check_preflight if preflight else check_passed_on)(case, answer))
        if told:
            faults.append("\n  ".join([case.name, *(text[:400] for text in told)]))
    announce(capsys, "nginx", len(answers))
    assert len(answers) == len(CASES)
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize("refusal", CORPUS.refusals, ids=policy_name)
def test_refusal(refusal: Refusal, folder: Path) -> None:
    """`nginx -t` refuses what `cors lint` refuses."""
    file = write_policy(refusal.policy, folder)
    done = check_configuration(folder, nginx_module(), refusal.policy, file)
    assert done.returncode == 1, done.stdout
    for rule in refusal.rules:
        assert rule in done.stdout, refusal.name
    place = [*refusal.policy.files, "cors.yaml"][0]
    assert f"{place}:" in done.stdout
