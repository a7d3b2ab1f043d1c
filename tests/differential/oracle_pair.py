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

CASES = 4
REQUESTS = 60


def draw(random: Random) -> list[Json]:
    return [draw_case(random, REQUESTS) for _ in range(CASES)]


def alone(case: Json, request: Json, headers: Lines) -> Json:
    return with_requests(case, [{**request, "headers": headers, "twins": []}])


class Answers:
    """The answers to one case as they come, and what is wrong with them."""

    def __init__(self, case: Json) -> None:
        self.case = case
        self.cache = SharedCache()
        self.first_spelling: dict[int, str] = {}
        self.result = Round()
        self.wrong: list[Disagreement] = []  # answers that are not the oracle's

    def take(self, request: Json, headers: Lines, line: str, of_compiled: str) -> None:
        answer = parsed(line)
        self.result.executions += 1
        self.result.outcomes[f"{answer['kind']}, {answer['reason']}"] += 1
        self.result.disagreements += [
            Disagreement(shown_by, told)
            for shown_by, told in self.broken(request, headers, answer, line, of_compiled)]
        expected = expected_answer(self.case, request, headers)
        if answer != expected:
            self.wrong.append(Disagreement(alone(self.case, request, headers), (
                f"command {shown(answer)}\noracle  {shown(expected)}")))

    def broken(self, request: Json, headers: Lines, answer: Json, line: str,
               of_compiled: str) -> Iterator[tuple[Json, str]]:
        """The invariants that it breaks, each with the case that shows it."""
        mine = alone(self.case, request, headers)
        promises = list(broken_promises(self.case["policies"], surroundings_of(self.case),
                                        request["path"], headers, answer["set"],
                                        answer["allowed"] is False))
        if promises:
            yield mine, f"{', and '.join(promises)}: {shown(answer)}"
        if line != of_compiled:
            yield mine, f"as text  {line}\ncompiled {of_compiled}"
        said = line.partition(",")[2]  # without the id
        first = self.first_spelling.setdefault(id(request), said)
        if first != said:
            yield (with_requests(self.case, [request]),
                   f"spelled one way {first}\nand another     {said}")
        before = self.cache.other_answer(answer, request, headers)
        if before is not None:
            yield (with_requests(self.case, [before[0], *mine["requests"]]),
                   f"Vary does not tell {shown(before[1])}\nfrom {shown(answer)}")


def compare_case(case: Json, folder: Path) -> Round:
    policy = write_policy(case, folder)
    lines = command_lines(case, policy)
    compiled = command_lines(case, compile_policy(case, policy))
    answers = Answers(case)
    for (request, headers), line, of_compiled in zip(spellings(case), lines, compiled, strict=True):
        answers.take(request, headers, line, of_compiled)
    answers.result.disagreements += answers.wrong
    return answers.result


def compare(cases: list[Json], folder: Path) -> Round:
    result = Round()
    for number, case in enumerate(cases):
        result.add(compare_case(case, folder / str(number)))
    return result


PAIR = Pair("decide-oracle", "cors decide, cors compile : the oracle", draw, compare)
