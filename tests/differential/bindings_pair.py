# SPDX-License-Identifier: MIT
"""`cors decide` against the engine in WebAssembly and the package for Node, byte for byte."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.differential.answer_invariants import broken_promises
from tests.differential.answer_pair import Disagreement, Json, Pair, Round, Unaskable
from tests.differential.engine_tasks import answers_of_wasm, policy_task
from tests.differential.policy_cases import (command_lines, draw_case, parsed, request_lines,
                                             spellings, surroundings_of, with_requests,
                                             write_policy)
from tests.node_cli.cli_pair import Use, run_many

CASES = 10
REQUESTS = 60


def draw(random: Random) -> list[Json]:
    return [draw_case(random, REQUESTS) for _ in range(CASES)]


def lines_of_wasm(cases: list[Json]) -> list[list[str]]:
    tasks = [[policy_task(case), *({"do": "decide", "line": {
        "id": number, "method": request["method"], "path": request["path"], "headers": headers}}
        for number, (request, headers) in enumerate(spellings(case)))] for case in cases]
    return [answers[1:] for answers in answers_of_wasm(tasks)]


def lines_of_node(cases: list[Json], policies: list[Path], folder: Path) -> list[list[str]]:
    uses = [Use(["decide", "--policy", str(policy), "--env", case["environment"]],
                "".join(line + "\n" for line in request_lines(case)).encode(), case["variables"])
            for case, policy in zip(cases, policies, strict=True)]
    answers = run_many(uses, folder)
    for answer in answers:
        if answer.code != 0:
            raise Unaskable(answer.stderr)
    return [answer.stdout.splitlines() for answer in answers]


def compare_case(case: Json, native: list[str], others: dict[str, list[str]]) -> Round:
    result = Round()
    for number, (request, headers) in enumerate(spellings(case)):
        alone = with_requests(case, [{**request, "headers": headers, "twins": []}])
        answer = parsed(native[number])
        result.outcomes[f"{answer['kind']}, {answer['reason']}"] += 1
        for name, lines in others.items():
            result.executions += 1
            if lines[number:number + 1] != native[number:number + 1]:
                result.disagreements.append(Disagreement(
                    alone, f"command {native[number]}\n{name} {lines[number:number + 1]}"))
        for broken in broken_promises(case["policies"], surroundings_of(case), request["path"],
                                      headers, answer["set"], answer["allowed"] is False):
            result.disagreements.append(Disagreement(alone, broken))
    return result


def compare(cases: list[Json], folder: Path) -> Round:
    policies = [write_policy(case, folder / str(number)) for number, case in enumerate(cases)]
    native = [command_lines(case, policy) for case, policy in zip(cases, policies, strict=True)]
    wasm = lines_of_wasm(cases)
    node = lines_of_node(cases, policies, folder)
    result = Round()
    for at, case in enumerate(cases):
        result.add(compare_case(case, native[at], {"WebAssembly": wasm[at], "Node": node[at]}))
    return result


PAIR = Pair("decide-bindings", "cors decide : WebAssembly : Node's package", draw, compare)
