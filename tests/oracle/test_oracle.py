# SPDX-License-Identifier: MIT
"""`cors decide` against the oracle, on random policies and requests.

CORS_ORACLE_SEED and CORS_ORACLE_POLICIES change what is tried. A failure prints the seed, and the
smallest policy and request that still differ.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.oracle.oracle import decide
from tests.oracle.random_policies import PolicyFile, random_policy_file
from tests.oracle.random_requests import Request, random_request

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / (os.environ.get("CORS_COMMAND") or "build/cors")
SEED = int(os.environ.get("CORS_ORACLE_SEED", "20261121"))
POLICIES = int(os.environ.get("CORS_ORACLE_POLICIES", "400"))
REQUESTS = 500
OUTCOMES = 15  # pairs of kind and reason


def to_json(number: int, request: Request) -> str:
    return json.dumps({"id": number, "method": request.method, "path": request.path,
                       "headers": request.headers})


def run_command(file: PolicyFile, requests: list[Request], folder: Path) -> list[dict[str, Any]]:
    """What the command answers. A JSON text is a YAML text too."""
    for name, text in file.surroundings.files.items():
        (folder / name).write_text(text)
    path = folder / "cors.yaml"
    path.write_text(json.dumps({"policies": file.policies}, indent=1, ensure_ascii=False))
    environment = {key: value for key, value in os.environ.items() if key != "CORS_ENV"}
    done = subprocess.run(
        [str(COMMAND), "decide", "--policy", str(path), "--env", file.surroundings.environment],
        input="".join(to_json(number, request) + "\n" for number, request in enumerate(requests)),
        text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment | file.surroundings.variables)
    assert done.returncode == 0, f"seed {SEED}: refused:\n{path.read_text()}\n{done.stderr}"
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.pop("id") for answer in answers] == list(range(len(requests)))
    for answer in answers:
        answer["set"].sort()
        answer["vary"].sort()
    return answers


def expect(file: PolicyFile, request: Request) -> dict[str, Any]:
    return decide(file.policies, file.surroundings, request.method, request.path, request.headers)


def smaller(file: PolicyFile, request: Request) -> Iterator[tuple[PolicyFile, Request]]:
    """Every pair with one thing less."""
    for at in range(len(request.headers)):
        less = copy.deepcopy(request)
        del less.headers[at]
        yield file, less
    for number, policy in enumerate(file.policies):
        if len(file.policies) > 1:
            one_less = copy.deepcopy(file)
            del one_less.policies[number]
            yield one_less, request
        for key, value in policy.items():
            if isinstance(value, list) and len(value) > 1:
                for at in range(len(value)):
                    shorter = copy.deepcopy(file)
                    del shorter.policies[number][key][at]
                    yield shorter, request
            elif key not in ("allow_origins", "accept_risks"):
                without = copy.deepcopy(file)
                del without.policies[number][key]
                yield without, request


def minimize(file: PolicyFile, request: Request,
             differs: Callable[[PolicyFile, Request], bool]) -> tuple[PolicyFile, Request]:
    while True:
        found = next((pair for pair in smaller(file, request) if differs(*pair)), None)
        if found is None:
            return file, request
        file, request = found


def report(file: PolicyFile, request: Request, folder: Path) -> str:
    def differs(file: PolicyFile, request: Request) -> bool:
        try:
            return run_command(file, [request], folder) != [expect(file, request)]
        except AssertionError:
            return False  # refused: no smaller form of this difference

    file, request = minimize(file, request, differs)
    return "\n".join([f"CORS_ORACLE_SEED={SEED}", json.dumps(file.policies, indent=1),
                      repr(file.surroundings), to_json(0, request),
                      f"command {run_command(file, [request], folder)[0]}",
                      f"oracle  {expect(file, request)}"])


def test_command_agrees_with_oracle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nCORS_ORACLE_SEED={SEED}")
    random = Random(SEED)
    reasons: Counter[tuple[str, str]] = Counter()
    for _ in range(POLICIES):
        file = random_policy_file(random)
        requests = [random_request(random, file) for _ in range(REQUESTS)]
        answers = run_command(file, requests, tmp_path)
        for request, answer in zip(requests, answers):
            expected = expect(file, request)
            assert answer == expected, report(file, request, tmp_path)
            reasons[expected["kind"], expected["reason"]] += 1
    with capsys.disabled():
        tally(reasons)


def tally(reasons: Counter[tuple[str, str]]) -> None:
    """Says what was tried, and sees that it was near the border."""
    total = sum(reasons.values())
    for (kind, reason), count in sorted(reasons.items()):
        print(f"{count:8} {kind}, {reason}")
    for kind in ("actual", "preflight"):
        of_kind = sum(count for (name, _), count in reasons.items() if name == kind)
        share = reasons[kind, "allowed"] / of_kind
        print(f"{of_kind:8} {kind}: {share:.0%} allowed")
        assert of_kind > total / 4
        assert 0.3 < share < 0.7
    assert total == POLICIES * REQUESTS
    if POLICIES >= 100:
        assert len(reasons) == OUTCOMES, "some outcome never came up"
