# SPDX-License-Identifier: MIT
"""`cors decide`, from the policy as text and compiled, against the oracle and the invariants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.differential.answer_invariants import SharedCache, broken_promises
from tests.differential.answer_pair import Disagreement, Json, Pair, Round
from tests.differential.policy_cases import (Lines, command_lines, compile_policy, draw_case,
                                             expected_answer, parsed, shown, spellings,
                                             surroundings_of, with_requests, write_policy)

CASES = 8
REQUESTS = 120


def draw(random: Random) -> list[Json]:
    return [draw_case(random, REQUESTS) for _ in range(CASES)]


def alone(case: Json, request: Json, headers: Lines) -> Json:
    return with_requests(case, [{**request, "headers": headers, "twins": []}])


def faults_of(case: Json, request: Json, headers: Lines, answer: Json) -> Iterator[str]:
    """What is wrong with one answer."""
    expected = expected_answer(case, request, headers)
    if answer != expected:
        yield f"command {shown(answer)}\noracle  {shown(expected)}"
    for broken in broken_promises(case["policies"], surroundings_of(case), request["path"],
                                  headers, answer["set"], answer["allowed"] is False):
        yield f"{broken}: {shown(answer)}"


def compare_case(case: Json, folder: Path) -> Round:
    policy = write_policy(case, folder)
    lines = command_lines(case, policy)
    compiled = command_lines(case, compile_policy(case, policy))
    result = Round()
    cache = SharedCache()
    first: dict[int, str] = {}
    for (request, headers), line, of_compiled in zip(spellings(case), lines, compiled, strict=True):
        answer = parsed(line)
        result.executions += 1
        result.outcomes[f"{answer['kind']}, {answer['reason']}"] += 1
        result.disagreements += [Disagreement(alone(case, request, headers), fault)
                                 for fault in faults_of(case, request, headers, answer)]
        if line != of_compiled:
            result.disagreements.append(Disagreement(
                alone(case, request, headers), f"as text  {line}\ncompiled {of_compiled}"))
        said = line.partition(",")[2]  # without the id
        if first.setdefault(id(request), said) != said:
            result.disagreements.append(Disagreement(
                with_requests(case, [request]),
                f"spelled one way {first[id(request)]}\nand another     {said}"))
        before = cache.other_answer(answer, request, headers)
        if before is not None:
            result.disagreements.append(Disagreement(
                with_requests(case, [before[0], {**request, "headers": headers, "twins": []}]),
                f"Vary does not tell {shown(before[1])}\nfrom {shown(answer)}"))
    return result


def compare(cases: list[Json], folder: Path) -> Round:
    result = Round()
    for number, case in enumerate(cases):
        result.add(compare_case(case, folder / str(number)))
    return result


PAIR = Pair("decide-oracle", "cors decide, cors compile : the oracle", draw, compare)
