# SPDX-License-Identifier: MIT
"""What is said of policies with mistakes: by `cors lint`, WebAssembly, Node's package and Python.

A case is {"text", "environment", "variables", "files", "planted", "requests"}; `planted` names the
rules that must tell of it. What all four accept is asked about as well.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.differential.answer_pair import Disagreement, Json, Pair, Round
from tests.differential.engine_tasks import answers_of_python, answers_of_wasm
from tests.differential.planted_mistakes import MISTAKES, Pairs
from tests.differential.policy_cases import (command_lines, draw_case, shown, spellings,
                                             with_requests)
from tests.differential.policy_spelling import spelled
from tests.node_cli.cli_pair import Use, run_many
from tests.support.cors_command import Finished, run_cors
from tests.wasm_lint.lint_pair import OLD_LINE_BREAKS, is_refused, is_yaml, told
from tests.wasm_lint.mutated_policies import mutate

CASES = 60
REQUESTS = 5
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, "", " ", "*", "null", "~", [], {}, [None], [[]], {"a": 1}, "é",
    "\x01", "日本", "https://BÜCHER.example", "https://a.example.", "HTTPS://A.EXAMPLE", "a" * 300,
    {"origin": "https://a.example"}, {"environment": "x"}, {"from_env": "UNSET"},
    {"from_file": "no"}, {"from_env": "UNSET", "from_file": "no"}, "10m", "1D", "5 ", 2147483647,
    {"origin": "https://*.example.com", "environment": "staging", "extra": 1}, "https://ß.example",
    "patch", "GET")


def misplace(random: Random, policies: list[Pairs]) -> None:
    """Puts an odd value in the place of another, or among others."""
    policy = random.choice(policies)
    at = random.randrange(len(policy))
    key, value = policy[at]
    odd = copy.deepcopy(random.choice(ODD_VALUES))
    if isinstance(value, list) and random.random() < 0.7:
        value = list(value)
        value[random.randrange(len(value) + 1):random.randrange(len(value) + 1)] = [odd]
        odd = value
    policy[at] = (key, odd)


def with_few_origins(random: Random, policy: Json) -> Json:
    """A mistake is found as well among few, and then a person can read the case."""
    origins = policy["allow_origins"]
    few = random.sample(origins, min(len(origins), random.choice((1, 2, 5))))
    return {**policy, "allow_origins": few}


def draw_linted(random: Random) -> Json:
    case = draw_case(random, REQUESTS)
    policies: list[Pairs] = [list(with_few_origins(random, policy).items())
                             for policy in case.pop("policies")]
    planted = []
    kind = random.random()
    if kind < 0.4:
        planted = [random.choice(MISTAKES)(random, policies)]
    elif kind < 0.7:
        for _ in range(random.choice((1, 1, 2, 4))):
            misplace(random, policies)
    text = spelled(random, policies)
    if kind > 0.8:
        text = mutate(random, text)
    # What is a line break to YAML 1.1 alone is left to a test of its own.
    text = OLD_LINE_BREAKS.sub(" ", text).encode(errors="replace").decode()
    return {**case, "text": text, "planted": planted}


def draw(random: Random) -> list[Json]:
    return [draw_linted(random) for _ in range(CASES)]


def write_files(case: Json, folder: Path) -> None:
    folder.mkdir()
    for name, text in {**case["files"], "cors.yaml": case["text"]}.items():
        (folder / name).write_bytes(text.encode())


def options_of(case: Json, name: str) -> list[str]:
    return ["lint", "--json", "--env", case["environment"], name]


def wasm_tasks(case: Json, name: str) -> Iterator[Json]:
    yield {"do": "policy", "yaml": case["text"], "options": {
        "environment": case["environment"], "variables": case["variables"], "files": case["files"],
        "file": name}}
    for number, (request, headers) in enumerate(spellings(case)):
        yield {"do": "decide", "line": {"id": number, "method": request["method"],
                                        "path": request["path"], "headers": headers}}


def parted(name: str, problems: list[Json], other: str, others: list[Json]) -> str:
    """What only one of two says; or, where both say the same, in which order."""
    left = [problem for problem in problems if problem not in others] or problems
    right = [problem for problem in others if problem not in problems] or others
    return f"{name} {shown(left)}\n{other} {shown(right)}"


class Said:
    """What everybody says of a case."""

    def __init__(self, native: Finished, node: Finished, wasm: list[str], python: Json) -> None:
        self.native = native
        self.node = node
        self.problems = json.loads(native.stdout)["problems"]
        self.wasm = json.loads(wasm[0])
        self.wasm_answers = wasm[1:]
        self.python = python

    def missed(self, planted: list[str]) -> set[str]:
        """The rules that do not tell of what they must."""
        return set(planted) - {problem["rule"] for problem in self.problems
                               if problem["severity"] == "error"}

    def faults(self) -> Iterator[str]:
        refused = is_refused(self.problems)
        if (self.native.code == 1) != refused:
            yield f"the command ends with {self.native.code}: {shown(self.problems)}"
        if refused and self.wasm["usable"]:
            yield f"WebAssembly takes what the command refuses: {shown(self.problems)}"
        if self.python["usable"] == refused or self.python["problems"] != self.problems:
            yield parted("command", self.problems, "Python", self.python["problems"])
        # Each reader of YAML has its own words for what is none; npm's is stricter at times.
        if is_yaml(self.problems) and is_yaml(self.wasm["problems"]):
            if told(self.wasm["problems"]) != told(self.problems):
                yield parted("command", told(self.problems), "WebAssembly",
                             told(self.wasm["problems"]))
            if (self.node.code, self.node.stdout) != (self.native.code, self.native.stdout):
                yield f"command {self.native.stdout}\nNode    {self.node.stdout}"


def all_said(cases: list[Json], folder: Path) -> Iterator[Said]:
    names = [f"{number}/cors.yaml" for number in range(len(cases))]
    for number, case in enumerate(cases):
        write_files(case, folder / str(number))
    native = [run_cors(options_of(case, name), folder, case["variables"])
              for case, name in zip(cases, names)]
    node = run_many([Use(options_of(case, name), b"", case["variables"])
                     for case, name in zip(cases, names)], folder)
    wasm = answers_of_wasm([list(wasm_tasks(case, name)) for case, name in zip(cases, names)])
    python = answers_of_python({"do": "policy", "folder": str(folder), "path": name,
                                "environment": case["environment"], "variables": case["variables"]}
                               for case, name in zip(cases, names))
    return map(Said, native, node, wasm, python)


def decision_faults(case: Json, policy: Path, said: Said) -> Iterator[Disagreement]:
    """Of a policy that nobody refuses: that both engines answer the same under it."""
    native = command_lines(case, policy)
    for (request, headers), left, right in zip(spellings(case), native, said.wasm_answers,
                                               strict=True):
        if left != right:
            alone = with_requests(case, [{**request, "headers": headers, "twins": []}])
            yield Disagreement(alone, f"command     {left}\nWebAssembly {right}")


def compare(cases: list[Json], folder: Path) -> Round:
    result = Round()
    for number, (case, said) in enumerate(zip(cases, all_said(cases, folder))):
        result.executions += 1
        result.outcomes.update({problem["rule"] for problem in said.problems} or ["no problem"])
        missed = said.missed(case["planted"])
        if missed:
            result.disagreements.append(Disagreement(
                case, f"the command does not tell of {missed}: {shown(said.problems)}", whole=True))
        result.disagreements += [Disagreement({**case, "planted": []}, fault)
                                 for fault in said.faults()]
        if said.wasm["usable"] and not is_refused(said.problems):
            result.disagreements += decision_faults(case, folder / str(number) / "cors.yaml", said)
    return result


PAIR = Pair("lint-bindings", "cors lint : WebAssembly : Node's package : Python's extension",
            draw, compare)
