# SPDX-License-Identifier: MIT
"""`cors simulate` against a model of the Fetch Standard, and against every binding.

A case is a scenario as `cors simulate` reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from tests.browser_oracle.fetch_model import simulate
from tests.browser_oracle.random_calls import random_scenario
from tests.differential.answer_pair import Disagreement, Json, Pair, Round, Unaskable
from tests.differential.engine_tasks import answers_of_python
from tests.differential.policy_cases import shown
from tests.node_cli.cli_pair import Use, run_many
from tests.support.cors_command import run_cors
from tests.wasm.wasm_engine import ask

BROWSERS = ("standard", "chromium", "firefox", "safari")
MODELLED = 300
BOUND = 80


def draw(random: Random, count: int) -> list[Json]:
    return [random_scenario(random, number) for number in range(count)]


def draw_modelled(random: Random) -> list[Json]:
    return draw(random, MODELLED)


def draw_bound(random: Random) -> list[Json]:
    return draw(random, BOUND)


def scenario_lines(cases: list[Json]) -> bytes:
    return "".join(json.dumps(case) + "\n" for case in cases).encode()


def command_lines(cases: list[Json], browser: str, folder: Path) -> list[str]:
    done = run_cors(["simulate", "--browser", browser], folder, stdin=scenario_lines(cases))
    lines = done.stdout.splitlines()
    if done.code != 0 or len(lines) != len(cases):
        raise Unaskable(done.stderr)
    return lines


def without_messages(line: str) -> Json:
    answer: Json = json.loads(line)
    if "error" in answer:
        raise Unaskable(line)
    answer.pop("id", None)
    for fetch in answer["fetches"]:
        fetch.pop("messages", None)
    return answer


def compare_model(cases: list[Json], folder: Path) -> Round:
    result = Round()
    for case, line in zip(cases, command_lines(cases, "standard", folder), strict=True):
        answer, expected = without_messages(line), simulate(case)
        result.executions += 1
        result.outcomes.update(fetch["code"] for fetch in expected["fetches"])
        if answer != expected:
            result.disagreements.append(Disagreement(
                case, f"command {shown(answer)}\nmodel   {shown(expected)}"))
    return result


def as_told(line: str) -> Any:
    """The command's line in the order and words of python_answers.py."""
    answer = json.loads(line)
    return {key: value for key, value in answer.items() if key != "id"}


def compare_bindings(cases: list[Json], folder: Path) -> Round:
    result = Round()
    native = {browser: command_lines(cases, browser, folder) for browser in BROWSERS}
    asked = [(browser, number) for browser in BROWSERS for number in range(len(cases))]
    wasm = ask({"do": "simulate", "browser": browser, "line": cases[number]}
               for browser, number in asked)
    node = run_many([Use(["simulate", "--browser", browser], scenario_lines(cases))
                     for browser in BROWSERS], folder)
    lines_of_node = [line for answer in node for line in answer.stdout.splitlines()]
    python = answers_of_python({"do": "simulate", "browser": browser, "scenario": cases[number]}
                               for browser, number in asked)
    for (browser, number), of_wasm, of_node, of_python in zip(asked, wasm, lines_of_node, python,
                                                              strict=True):
        line = native[browser][number]
        result.executions += 3
        result.outcomes.update(f"{browser}, {fetch['code']}"
                               for fetch in json.loads(line)["fetches"])
        for name, other in (("WebAssembly", of_wasm), ("Node", of_node)):
            if other != line:
                result.disagreements.append(Disagreement(
                    cases[number], f"{browser}\ncommand {line}\n{name} {other}"))
        if of_python != as_told(line):
            result.disagreements.append(Disagreement(
                cases[number], f"{browser}\ncommand {line}\nPython {shown(of_python)}"))
    return result


MODEL = Pair("simulate-model", "cors simulate : a model of the Fetch Standard", draw_modelled,
             compare_model)
BINDINGS = Pair("simulate-bindings",
                "cors simulate : WebAssembly : Node's package : Python's extension", draw_bound,
                compare_bindings)
