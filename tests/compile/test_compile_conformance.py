# SPDX-License-Identifier: MIT
"""The conformance corpus: a compiled policy answers exactly as its source does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.corpus import Policy, Refusal, load_corpus
from tests.conformance.surfaces import policy_name, write_policy
from tests.conformance.test_conformance_command import to_json
from tests.support.cors_command import run_cors

CORPUS = load_corpus()
GROUPS = list(CORPUS.by_policy("decide"))


def compile_arguments(source: Path, target: Path, policy: Policy) -> list[str]:
    return ["compile", str(source), "-o", str(target), "--env", policy.environment]


def test_answers(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    for policy, cases in GROUPS:
        source = write_policy(policy, tmp_path)
        target = away / f"{policy.name}.corsc"
        made = run_cors(compile_arguments(source, target, policy), tmp_path, policy.variables)
        assert made.code == 0, f"{policy.name}: {made.stderr}"
        requests = "".join(to_json(case) + "\n" for case in cases).encode()
        arguments = ["--env", policy.environment, "--policy"]
        from_source = run_cors(["decide", *arguments, str(source)], tmp_path, policy.variables,
                               requests)
        # Neither the variables nor the lists are there any more.
        from_block = run_cors(["decide", *arguments, str(target)], away, stdin=requests)
        assert from_source.code == 0 and from_source.stdout.count("\n") == len(cases)
        assert from_block == from_source, policy.name
        lint = run_cors(["lint", "--strict", "--env", policy.environment, str(target)], away)
        assert (lint.code, lint.stdout) == (0, ""), policy.name
    assert len(GROUPS) >= 50


@pytest.mark.parametrize("refusal", CORPUS.refusals, ids=policy_name)
def test_refusals(refusal: Refusal, tmp_path: Path) -> None:
    source = write_policy(refusal.policy, tmp_path)
    target = tmp_path / "x.corsc"
    done = run_cors(compile_arguments(source, target, refusal.policy), tmp_path,
                    refusal.policy.variables)
    assert (done.code, done.stdout) == (2, "")
    assert all(f"[{rule}]" in done.stderr for rule in refusal.rules)
    assert os.listdir(tmp_path) == [refusal.policy.name]
