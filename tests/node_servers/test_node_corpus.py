# SPDX-License-Identifier: MIT
"""The conformance corpus through the package for Node.

Over real sockets, with the middleware before a plain server and in Express; and through the guard
itself, where no HTTP parser stands before it.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import Case, Decision, Policy, Refusal, load_corpus
from tests.conformance.corpus_checks import Answer, faults_of
from tests.conformance.corpus_gateway import application_response, parse_response
from tests.conformance.surfaces import announce, difference, policy_name, write_policy
from tests.node_servers.node_library import FOLDER, install, library
from tests.support.node_modules import MODULES
from tests.support.started import Started

SECONDS = 60.0
CORPUS = load_corpus()
CASES = CORPUS.over("node")

# By their sentences: an application could take these paths for ones of another policy, so that the
# middleware does not let them in.
AMBIGUOUS = {
    "An encoded slash is a slash.",
    "A dot segment stays where it is.",
    "Two dots go up, and out of the prefix.",
    "Encoded dots are dots.",
    "Up and down again.",
    "Up from one policy into another.",
    "Down into the stricter policy.",
    "Two slashes are one.",
    "Two dots at the end.",
    "Only one decoding: what is still encoded then is part of the name.",
    "CVE-2020-25032 (flask-cors), CVE-2019-18978 (rack-cors): `..` led out of the policy's path.",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="cors-"))
    yield path
    shutil.rmtree(path)


def sentence(case: Case) -> str:
    return case.name.partition(" ")[2]


def policy_settings(policy: Policy, folder: Path) -> dict[str, Any]:
    return {"name": policy.name, "file": str(write_policy(policy, folder)),
            "environment": policy.environment, "variables": policy.variables}


def case_settings(case: Case) -> dict[str, Any]:
    """How the application answers."""
    sent = application_response(case)
    return {"status": sent.status,
            "lines": [text.decode("latin-1") for field in sent.fields for text in field]}


def request_text(case: Case, number: int) -> bytes:
    request = case.request
    lines = [b" ".join([request.method, request.target, request.version]),
             b"Host: %s.example" % case.policy.name.encode(), b"X-Case: %d" % number]
    if not any(name.lower() == b"connection" for name, _ in request.fields):
        lines.append(b"Connection: close")
    lines += [name + b": " + value for name, value in request.fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def send(path: Path, case: Case, number: int) -> Answer:
    """Sends a case as it stands, and reads to the end."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        connection.connect(str(path))
        answer = bytearray()
        try:
            connection.sendall(request_text(case, number))
            while chunk := connection.recv(65536):
                answer += chunk
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused early; what came says why
    assert answer, case.name
    response = parse_response(bytes(answer))
    return Answer(response, bool(response.values("X-Reached")))


def split_ambiguous(answers: list[Answer]) -> tuple[list[Case], list[Case], list[Answer]]:
    """The cases refused because an application could take their path for another policy's."""
    ambiguous, cases, judged_answers = [], [], []
    for case, answer in zip(CASES, answers, strict=True):
        if answer.response.status == 400 and b"more than one way" in answer.response.body:
            ambiguous.append(case)
            assert not answer.reached, case.name
            assert answer.response.owned() == sorted(case.decision.set), case.name
        else:
            cases.append(case)
            judged_answers.append(answer)
    return ambiguous, cases, judged_answers


@pytest.mark.parametrize("kind", ["plain", "express"])
def test_cases_over_sockets(kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install()
    path = folder / "node.sock"
    settings = folder / "settings.json"
    settings.write_text(json.dumps({
        "library": str(library()), "modules": f"{MODULES}/", "kind": kind, "socket": str(path),
        "policies": [policy_settings(policy, folder) for policy, _ in CORPUS.by_policy("node")],
        "cases": [case_settings(case) for case in CASES],
    }))
    command = ["node", str(FOLDER / "corpus_server.mjs"), str(settings)]
    with Started(command, folder / "node.log", environment={"NODE_ENV": "production"}) as node:
        node.wait_until(lambda: "listens" in node.said(), "the server to listen", SECONDS)
        answers = [send(path, case, number) for number, case in enumerate(CASES)]
        assert node.said() == "listens\n"
    announce(capsys, f"Node ({kind})", len(answers))
    ambiguous, cases, answers = split_ambiguous(answers)
    assert {sentence(case) for case in ambiguous} == AMBIGUOUS
    faults = faults_of(cases, answers)
    assert not faults, "\n\n".join(faults)


def judged(folder: Path) -> Any:
    """What the guard says of every case and every policy that is to be refused."""
    groups = CORPUS.by_policy("guard")
    texts = {
        "policies": [policy_settings(policy, folder) | {"cases": [
            {"method": case.request.method.decode("latin-1"),
             "target": case.request.target.decode("latin-1"),
             "lines": [text.decode("latin-1") for field in case.request.fields for text in field]}
            for case in cases]} for policy, cases in groups],
        "refusals": [policy_settings(refusal.policy, folder) for refusal in CORPUS.refusals],
    }
    settings = folder / "judged.json"
    settings.write_text(json.dumps(texts))
    done = subprocess.run(["node", str(FOLDER / "corpus_judge.mjs"), str(settings)], check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def decision_of(judgement: dict[str, Any]) -> Decision:
    lines = tuple((name.encode("latin-1"), value.encode("latin-1"))
                  for name, value in judgement["set"])
    return Decision(judgement["kind"], judgement["allowed"], judgement["reason"],
                    judgement["status"], lines,
                    frozenset(name.encode() for name in judgement["vary"]))


def test_guard(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = judged(folder)
    differences: list[str] = []
    ambiguous: set[str] = set()
    count = 0
    for (_, cases), judgements in zip(CORPUS.by_policy("guard"), answers["policies"], strict=True):
        for case, judgement in zip(cases, judgements, strict=True):
            told = difference(case, decision_of(judgement))
            differences += [told] if told else []
            ambiguous |= {sentence(case)} if judgement["ambiguous"] else set()
            count += 1
    announce(capsys, "the guard for Node", count)
    assert ambiguous == AMBIGUOUS
    assert not differences, "\n\n".join(differences)
    for refusal, error in zip(CORPUS.refusals, answers["refusals"], strict=True):
        check_refusal(refusal, error)


def check_refusal(refusal: Refusal, error: Any) -> None:
    """The middleware refuses what `cors lint` refuses."""
    where = f"{policy_name(refusal)} {refusal.name}"
    assert error is not None, where
    assert (error["name"], error["code"]) == ("PolicyError", "ERR_CORS_POLICY"), where
    rules = {one["rule"] for one in error["problems"] if one["severity"] == "error"}
    assert rules == refusal.rules, where
    for rule in rules:
        assert f"[{rule}]" in error["message"], where
