# SPDX-License-Identifier: MIT
"""What the bindings judge of requests as servers get them, against each other and the oracle.

Python's extension is the core as the machine's compiler makes it, the module for servers the same
for wasm32; the oracle reads targets, own origins and an application's verdict by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.differential.answer_invariants import broken_promises
from tests.differential.answer_pair import Disagreement, Json, Pair, Round, Unaskable
from tests.differential.engine_tasks import (answers_of_python, answers_of_wasm, as_bytes,
                                             policy_task)
from tests.differential.nginx_cases import (HOSTS, OWN_ORIGINS, SITES, VARIES, host_of,
                                            random_target)
from tests.differential.nginx_pair import merged_vary, vary_names
from tests.differential.policy_cases import (Lines, draw_case, shown, surroundings_of,
                                             with_requests, write_policy)
from tests.oracle.oracle import decide
from tests.oracle.oracle_targets import is_ambiguous, is_same_origin, path_of_target
from tests.wasm.wasm_engine import SERVERS

CASES = 12
REQUESTS = 60
OF_BOTH = ("kind", "allowed", "loggedReason", "status", "set", "vary", "body", "blocks",
           "ambiguous")
OWNED = ("access-control-allow", "access-control-expose")
PIECES = ("/", "//", "/.", "/..", "/%2e%2e", "%2f", "%5c", "\\", "%25", "%252f", "%252e", "#", "?",
          "%23", "%3F", "%", "%zz", "/api", "/API", "/public/", "/a b/", "%00", "é", ";", "api")


def doubtful_target(random: Random, path: str) -> str:
    """A target that readers may read in different ways."""
    target = random_target(random, path)
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        at = random.randrange(1, len(target) + 1)
        target = target[:at] + random.choice(PIECES) + target[at:]
    return random.choice(("", "", "", "", "", "http://api.example", "http://h:1?")) + target


def with_lines_between(random: Random, request: Json) -> Lines:
    lines: Lines = [list(line) for line in request["headers"]]
    host = host_of(random, lines)
    for more in [["Host", host], *(["Sec-Fetch-Site", site] for site in random.choice(SITES))]:
        lines.insert(random.randrange(len(lines) + 1), more)
    if random.random() < 0.05:
        lines.append(["host", random.choice(HOSTS)])
    return lines


def application_lines(random: Random) -> Lines:
    lines = [["Vary", value] for value in random.sample(VARIES, random.randrange(3))]
    lines += [["access-control-allow-ORIGIN", "https://application.example"], ["X-Mine", "1"],
              ["Access-Control-Request-Method", "not owned"],
              ["Access-Control-Expose-Headers", "x"]]
    random.shuffle(lines)
    return lines[:random.randrange(len(lines) + 1)]


def draw_arrived(random: Random) -> Json:
    case = draw_case(random, REQUESTS)
    return with_requests(case, [
        {"method": request["method"], "target": doubtful_target(random, request["path"]),
         "headers": with_lines_between(random, request),
         "verdict": random.choice((None, None, None, True, False)),
         "own_origin": random.choice(OWN_ORIGINS), "application": application_lines(random)}
        for request in case["requests"]])


def draw(random: Random) -> list[Json]:
    return [draw_arrived(random) for _ in range(CASES)]


def python_tasks(case: Json, folder: Path) -> Iterator[Json]:
    yield {"do": "policy", "folder": str(folder), "path": write_policy(case, folder).name,
           "environment": case["environment"], "variables": case["variables"]}
    for request in case["requests"]:
        yield {"do": "judge", "method": as_bytes(request["method"]),
               "target": as_bytes(request["target"]),
               "lines": [[as_bytes(text) for text in line] for line in request["headers"]],
               "verdict": request["verdict"], "own_origin": request["own_origin"],
               "application": request["application"]}


def wasm_tasks(case: Json) -> Iterator[Json]:
    yield policy_task(case)
    for request in case["requests"]:
        arrived: Json = {
            "method": as_bytes(request["method"]), "target": as_bytes(request["target"]),
            "lines": [as_bytes(text) for line in request["headers"] for text in line],
            "verdict": request["verdict"]}
        if request["own_origin"]:
            arrived["ownOrigin"] = request["own_origin"]
        yield {"do": "judge", "request": arrived, "application": request["application"]}


def expected(case: Json, request: Json) -> Json:
    lines = [(name, value) for name, value in request["headers"]]
    target = request["target"].encode()
    said = decide(case["policies"], surroundings_of(case), request["method"],
                  path_of_target(target), lines, request["verdict"])
    same = said["kind"] == "actual" and is_same_origin(lines, request["own_origin"])
    return {**said, "loggedReason": "same-origin" if same else said["reason"],
            "blocks": said["kind"] == "actual" and not said["allowed"] and not same,
            "ambiguous": is_ambiguous(case["policies"], target)}


def without_order(answer: Json) -> Json:
    return {**answer, "set": sorted(answer["set"]), "vary": sorted(answer["vary"])}


def settled(decision: Json, application: Lines) -> Json:
    """An application's lines with a decision applied: sorted, and the names in Vary."""
    if decision["kind"] == "no-policy":
        kept, names = application, vary_names([value for name, value in application
                                               if name == "Vary"])
    else:
        kept = [line for line in application if not line[0].lower().startswith(OWNED)]
        kept += decision["set"]
        names = merged_vary([value for name, value in application if name == "Vary"],
                            decision["vary"])
    return {"lines": sorted(line for line in kept if line[0] != "Vary"), "vary": names}


def as_settled(lines: Lines) -> Json:
    return {"lines": sorted(line for line in lines if line[0] != "Vary"),
            "vary": vary_names([value for name, value in lines if name == "Vary"])}


def faults_of(case: Json, request: Json, python: Json, wasm: Json) -> Iterator[str]:
    if {key: python.get(key) for key in OF_BOTH} != {key: wasm.get(key) for key in OF_BOTH}:
        yield f"Python      {shown(python)}\nWebAssembly {shown(wasm)}"
    wanted = expected(case, request)
    got = without_order({key: python[key] for key in wanted if key != "reason"})
    if got != {key: value for key, value in wanted.items() if key != "reason"}:
        yield f"Python {shown(got)}\noracle {shown(wanted)}"
    if wasm.get("reason") != wanted["reason"]:
        yield f"WebAssembly {shown(wasm)}\noracle      {shown(wanted)}"
    lines = settled(wanted, request["application"])
    for name, applied in (("Python", python["applied"]), ("WebAssembly", wasm.get("applied"))):
        if applied is None or as_settled(applied) != lines:
            yield f"{name} settles {shown(applied)}\noracle {shown(lines)}"
    if request["verdict"] is None:
        path = path_of_target(request["target"].encode())
        yield from broken_promises(case["policies"], surroundings_of(case), path,
                                   request["headers"], python["set"], python["allowed"] is False)


def compare_case(case: Json, python: list[Json], wasm: list[str]) -> Round:
    result = Round()
    if not python[0]["usable"]:
        raise Unaskable(f"the policy is refused: {python[0]}")
    for request, of_python, of_wasm in zip(case["requests"], python[1:], wasm[1:], strict=True):
        result.executions += 1
        judged: dict[str, Any] = json.loads(of_wasm)
        result.outcomes[f"{of_python['kind']}, {of_python['loggedReason']}, "
                        f"{of_python['ambiguous']}"] += 1
        result.disagreements += [Disagreement(with_requests(case, [request]), fault)
                                 for fault in faults_of(case, request, of_python, judged)]
    return result


def compare(cases: list[Json], folder: Path) -> Round:
    wasm = answers_of_wasm([list(wasm_tasks(case)) for case in cases], SERVERS)
    tasks = [list(python_tasks(case, folder / str(number))) for number, case in enumerate(cases)]
    python = iter(answers_of_python(task for row in tasks for task in row))
    result = Round()
    for case, row, answers in zip(cases, tasks, wasm, strict=True):
        result.add(compare_case(case, [next(python) for _ in row], answers))
    return result


PAIR = Pair("judge-bindings", "Python's extension : WebAssembly for servers : the oracle",
            draw, compare)
