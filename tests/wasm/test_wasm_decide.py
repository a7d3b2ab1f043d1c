# SPDX-License-Identifier: MIT
"""The conformance corpus through the engine in WebAssembly.

Decisions are those of the corpus, and those of `cors decide`, to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import Case, Policy, load_corpus
from tests.support.cors_command import run_cors
from tests.wasm.wasm_engine import SUFFIXES, ask

CORPUS = load_corpus()
SUFFIX_LIST = {"do": "suffixes", "path": str(SUFFIXES)}
FILES = sorted({case.name.split(":")[0] for case in CORPUS.cases})

Json = dict[str, Any]


def lint(policy: Policy) -> Json:
    return {"do": "policy", "yaml": policy.yaml, "options": {
        "environment": policy.environment, "variables": policy.variables, "files": policy.files}}


def request(case: Case) -> Json:
    return {"id": case.name, "method": case.request.method.decode(), "path": case.path.decode(),
            "headers": [[name.decode(), value.decode()] for name, value in case.request.fields]}


def expected(case: Case) -> Json:
    """The corpus's decision, as JSON has it but for the order of lines, which does not count."""
    wanted = case.decision
    return {"id": case.name, "kind": wanted.kind, "allowed": wanted.allowed,
            "reason": wanted.reason, "status": wanted.status,
            "set": sorted([name.decode(), value.decode()] for name, value in wanted.set),
            "vary": sorted(name.decode() for name in wanted.vary)}


def decided(line: str) -> Json:
    answer: Json = json.loads(line)
    return answer | {"set": sorted(answer["set"]), "vary": sorted(answer["vary"])}


def write_policy(policy: Policy, folder: Path) -> Path:
    """Puts a policy with the files it reads into a folder of its own."""
    home = folder / policy.name
    home.mkdir()
    for name, text in {**policy.files, "cors.yaml": policy.yaml}.items():
        (home / name).write_text(text)
    return home / "cors.yaml"


def of_command(policy: Policy, cases: list[Case], folder: Path) -> list[str]:
    file = write_policy(policy, folder)
    text = "".join(json.dumps(request(case)) + "\n" for case in cases)
    done = run_cors(["decide", "--policy", str(file), "--env", policy.environment], folder,
                    policy.variables, text.encode())
    assert done.code == 0, done.stderr
    return done.stdout.splitlines()


def groups_of(name: str) -> list[tuple[Policy, list[Case]]]:
    """The cases of a file by policy."""
    groups = [(policy, [case for case in cases if case.name.startswith(f"{name}:")])
              for policy, cases in CORPUS.by_policy("decide")]
    return [(policy, cases) for policy, cases in groups if cases]


def of_module(groups: list[tuple[Policy, list[Case]]]) -> Iterator[list[str]]:
    """For each policy what came of reading it, then its decisions."""
    tasks = [[lint(policy), *({"do": "decide", "line": request(case)} for case in cases)]
             for policy, cases in groups]
    lines = iter(ask([SUFFIX_LIST, *chain(*tasks)])[1:])
    return (list(islice(lines, len(of_policy))) for of_policy in tasks)


def check_policy(policy: Policy, cases: list[Case], answers: list[str],
                 folder: Path) -> list[str]:
    """What is wrong with the module's decisions under a policy."""
    linted, *lines = answers
    if not json.loads(linted)["usable"]:
        return [f"{policy.name} is refused: {linted}"]
    told = [f"{case.name}\n  expected {expected(case)}\n  got      {decided(line)}"
            for case, line in zip(cases, lines, strict=True) if decided(line) != expected(case)]
    native = of_command(policy, cases, folder)
    differ = [f"command {command}\nmodule  {module}"
              for command, module in zip(native, lines, strict=True) if command != module]
    return told + differ


@pytest.mark.parametrize("name", FILES)
def test_cases(name: str, tmp_path: Path) -> None:
    groups = groups_of(name)
    wrong = [text for (policy, cases), answers in zip(groups, of_module(groups), strict=True)
             for text in check_policy(policy, cases, answers, tmp_path)]
    assert groups and not wrong, "\n\n".join(wrong)


@cache
def refusals() -> list[str]:
    return ask([SUFFIX_LIST, *(lint(refusal.policy) for refusal in CORPUS.refusals)])[1:]


@pytest.mark.parametrize("number", range(len(CORPUS.refusals)),
                         ids=[refusal.policy.name for refusal in CORPUS.refusals])
def test_refusal(number: int) -> None:
    linted = json.loads(refusals()[number])
    errors = {problem["rule"] for problem in linted["problems"] if problem["severity"] == "error"}
    assert not linted["usable"]
    assert errors == CORPUS.refusals[number].rules


def test_corpus_is_whole() -> None:
    assert sum(len(cases) for name in FILES for _, cases in groups_of(name)) == \
        len(CORPUS.over("decide")) >= 250
