# SPDX-License-Identifier: MIT
"""The corpus through `cors decide` and `cors lint`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conformance.corpus import Case, Decision, Policy, Refusal, load_corpus
from tests.conformance.surfaces import announce, artifact, difference, policy_name, write_policy

CORPUS = load_corpus()


def run(arguments: list[str], policy: Policy, text: str = "") -> subprocess.CompletedProcess[str]:
    command = artifact("CORS_COMMAND", "build/cors")
    environment = {key: value for key, value in os.environ.items() if key != "CORS_ENV"}
    return subprocess.run([str(command), *arguments], input=text, text=True, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment | policy.variables)


def to_json(case: Case) -> str:
    return json.dumps({
        "id": case.name,
        "method": case.request.method.decode(),
        "path": case.path.decode(),
        "headers": [[name.decode(), value.decode()] for name, value in case.request.fields],
    })


def from_json(case: Case, line: str) -> Decision:
    answer = json.loads(line)
    assert "error" not in answer, f"{case.name}: {answer}"
    assert set(answer) == {"id", "kind", "allowed", "reason", "status", "set", "vary"}
    assert answer["id"] == case.name
    return Decision(answer["kind"], answer["allowed"], answer["reason"], answer["status"],
                    tuple((name.encode(), value.encode()) for name, value in answer["set"]),
                    frozenset(name.encode() for name in answer["vary"]))


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    announce(capsys, "cors decide", len(CORPUS.over("decide")))


@pytest.mark.parametrize("name", sorted({case.name.split(":")[0] for case in CORPUS.cases}))
def test_cases(name: str, tmp_path: Path) -> None:
    differences = []
    for policy, group in CORPUS.by_policy("decide"):
        cases = [case for case in group if case.name.startswith(f"{name}:")]
        if not cases:
            continue
        file = write_policy(policy, tmp_path)
        done = run(["decide", "--policy", str(file), "--env", policy.environment], policy,
                   "".join(to_json(case) + "\n" for case in cases))
        assert done.returncode == 0, f"{policy.name}: {done.stderr}"
        lines = done.stdout.splitlines()
        assert len(lines) == len(cases)
        told = [difference(case, from_json(case, line)) for case, line in zip(cases, lines)]
        differences += [text for text in told if text]
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("refusal", CORPUS.refusals, ids=policy_name)
def test_refusal(refusal: Refusal, tmp_path: Path) -> None:
    file = write_policy(refusal.policy, tmp_path)
    arguments = ["--env", refusal.policy.environment]
    decide = run(["decide", "--policy", str(file), *arguments], refusal.policy)
    assert (decide.returncode, decide.stdout) == (2, "")
    for rule in refusal.rules:
        assert f"[{rule}]" in decide.stderr
    lint = run(["lint", "--json", *arguments, str(file)], refusal.policy)
    assert lint.returncode == 1
    problems = json.loads(lint.stdout)["problems"]
    errors = {problem["rule"] for problem in problems if problem["severity"] == "error"}
    assert errors == refusal.rules
