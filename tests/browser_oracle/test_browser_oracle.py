# SPDX-License-Identifier: MIT
"""`cors simulate` against a model of the Fetch Standard, on random pages, calls and servers.

CORS_ORACLE_SEED and CORS_ORACLE_SCENARIOS change what is tried. A failure prints the seed, and the
smallest scenario that still differs.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.browser_oracle.fetch_model import simulate
from tests.browser_oracle.random_calls import random_scenario
from tests.support.cors_command import COMMAND

SEED = int(os.environ.get("CORS_ORACLE_SEED", "20261121"))
SCENARIOS = int(os.environ.get("CORS_ORACLE_SCENARIOS", "20000"))
SECONDS = 300
CODES = 20  # that random scenarios come to

Scenario = dict[str, Any]


def run_command(scenarios: list[Scenario]) -> list[dict[str, Any]]:
    done = subprocess.run([COMMAND, "simulate", "--browser", "standard"], check=True,
                          input="".join(json.dumps(scenario) + "\n" for scenario in scenarios),
                          text=True, capture_output=True, timeout=SECONDS)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for answer in answers:
        assert "error" not in answer, answer
        del answer["id"]
        for fetch in answer["fetches"]:
            del fetch["messages"]
    return answers


def differs(scenario: Scenario) -> bool:
    return run_command([scenario]) != [simulate(scenario)]


def smaller(scenario: Scenario) -> Iterator[Scenario]:
    """Every scenario with one thing less."""
    def without(*path: Any) -> Scenario:
        less = copy.deepcopy(scenario)
        at: Any = less
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]
        return less

    for number, call in enumerate(scenario["fetches"]):
        if len(scenario["fetches"]) > 1:
            yield without("fetches", number)
        for key in call:
            if key not in ("url", "method", "headers"):
                yield without("fetches", number, key)
        for at in range(len(call["headers"])):
            yield without("fetches", number, "headers", at)
    for url, answers in scenario["server"].items():
        yield without("server", url)
        for part, answer in answers.items():
            for at in range(len(answer["headers"])):
                yield without("server", url, part, "headers", at)


def minimize(scenario: Scenario) -> Scenario:
    while True:
        found = next((less for less in smaller(scenario) if differs(less)), None)
        if found is None:
            return scenario
        scenario = found


def report(scenario: Scenario) -> str:
    scenario = minimize(scenario)
    return "\n".join([f"CORS_ORACLE_SEED={SEED}", json.dumps(scenario),
                      f"command {json.dumps(run_command([scenario])[0])}",
                      f"model   {json.dumps(simulate(scenario))}"])


def test_command_agrees_with_model(capsys: pytest.CaptureFixture[str]) -> None:
    random = Random(SEED)
    scenarios = [random_scenario(random, number) for number in range(SCENARIOS)]
    codes: Counter[str] = Counter()
    for scenario, answer in zip(scenarios, run_command(scenarios), strict=True):
        expected = simulate(scenario)
        assert answer == expected, report(scenario)
        codes.update(fetch["code"] for fetch in expected["fetches"])
    with capsys.disabled():
        print(f"\nCORS_ORACLE_SEED={SEED}")
        for code, count in codes.most_common():
            print(f"{count:8} {code}")
    assert 0.25 < codes["ok"] / codes.total() < 0.75
    if SCENARIOS >= 10000:
        assert len(codes) >= CODES, "some outcome never came up"
