# SPDX-License-Identifier: MIT
"""Cases of the server's half: a policy file, and requests near the border of what it allows.

    {"policies": [...], "environment": "production", "variables": {...}, "files": {...},
     "requests": [{"method", "path", "headers": [[name, value], ...], "twins": [headers, ...]}]}

`twins` are other spellings of the same request: whatever the order of its lines and the case of
their names, the answer is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.differential.answer_pair import Json, Unaskable
from tests.oracle.oracle import Surroundings, decide
from tests.oracle.random_policies import PolicyFile, random_origin, random_policy_file
from tests.oracle.random_requests import (METHOD, NAMES, ORIGIN, Request, allowed_method,
                                          random_request)
from tests.support.cors_command import run_cors

Lines = list[list[str]]

READ_BY_CORS = ("origin", "access-control-request-method", "access-control-request-headers")
BESIDE = [["Cookie", "session=1"], ["X-Origin", "https://evil.example"], ["Vary", "Origin"],
          ["Accept", "*/*"], ["Origin-Agent-Cluster", "?1"], ["Content-Type", "text/plain"],
          ["Access-Control-Allow-Origin", "*"], ["Access-Control-Request-Header", "x-a"]]


def respelled(random: Random, headers: Lines) -> Lines:
    """The same lines with names in another case, lines that CORS does not read among them, and
    lines of different names in another order. Those of one name keep theirs."""
    queues: dict[str, list[str]] = {}
    for name, value in headers:
        queues.setdefault(name.lower(), []).append(value)
    order = [name for name, values in queues.items() for _ in values]
    random.shuffle(order)
    spelled = [["".join(random.choice((letter, letter.upper())) for letter in name),
                queues[name].pop(0)] for name in order]
    for line in random.sample(BESIDE, random.randrange(3)):
        if line[0].lower() not in queues:
            spelled.insert(random.randrange(len(spelled) + 1), list(line))
    return spelled


def one_field_changed(random: Random, file: PolicyFile, headers: Lines) -> Lines:
    """The same request with one of the fields that CORS reads dropped, replaced or added."""
    name = random.choice((ORIGIN, ORIGIN, METHOD, NAMES))
    rest = [line for line in headers if line[0].lower() != name.lower()]
    if random.random() < 0.25:
        return rest
    value = {ORIGIN: random_origin(random).replace("*", "x"),
             METHOD: allowed_method(random, random.choice(file.policies)),
             NAMES: random.choice(("x-a", "authorization", "content-type, x-b", ""))}[name]
    return [*rest, [name, value]]


def drawn_requests(random: Random, file: PolicyFile, count: int) -> Iterator[Json]:
    for _ in range(count):
        request = random_request(random, file)
        headers = [[name, value] for name, value in request.headers]
        drawn = {"method": request.method, "path": request.path, "headers": headers}
        yield {**drawn, "twins": [respelled(random, headers)]}
        if random.random() < 0.3:
            yield {**drawn, "headers": one_field_changed(random, file, headers), "twins": []}


def draw_case(random: Random, requests: int) -> Json:
    file = random_policy_file(random)
    return {"policies": file.policies, "environment": file.surroundings.environment,
            "variables": file.surroundings.variables, "files": file.surroundings.files,
            "requests": list(drawn_requests(random, file, requests))}


def surroundings_of(case: Json) -> Surroundings:
    return Surroundings(case["environment"], case["variables"], case["files"])


def expected_answer(case: Json, request: Json, headers: Lines) -> Json:
    """The oracle's."""
    lines = [(name, value) for name, value in headers]
    return decide(case["policies"], surroundings_of(case), request["method"], request["path"],
                  lines)


def spellings(case: Json) -> Iterator[tuple[Json, Lines]]:
    """Each request and each of its twins, in the order in which they are asked."""
    for request in case["requests"]:
        for headers in (request["headers"], *request["twins"]):
            yield request, headers


def with_requests(case: Json, requests: Sequence[Json]) -> Json:
    return {**case, "requests": list(requests)}


def write_policy(case: Json, folder: Path) -> Path:
    """Puts the policy and its lists into the folder. A JSON text is a YAML text too."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in case["files"].items():
        (folder / name).write_text(text)
    path = folder / "cors.yaml"
    path.write_text(json.dumps({"policies": case["policies"]}, indent=1, ensure_ascii=False))
    return path


def request_lines(case: Json) -> list[str]:
    """The requests as `cors decide` reads them."""
    return [json.dumps({"id": number, "method": request["method"], "path": request["path"],
                        "headers": headers})
            for number, (request, headers) in enumerate(spellings(case))]


def command_lines(case: Json, policy: Path) -> list[str]:
    """The lines with which `cors decide` answers."""
    done = run_cors(["decide", "--policy", policy.name, "--env", case["environment"]],
                    policy.parent, case["variables"], "".join(
                        line + "\n" for line in request_lines(case)).encode())
    if done.code != 0:
        raise Unaskable(f"the policy is refused:\n{policy.read_text()}\n{done.stderr}")
    return done.stdout.splitlines()


def compile_policy(case: Json, policy: Path) -> Path:
    compiled = policy.with_suffix(".corsc")
    done = run_cors(["compile", "--env", case["environment"], "-o", compiled.name, policy.name],
                    policy.parent, case["variables"])
    if done.code != 0:
        raise Unaskable(done.stderr)
    return compiled


def parsed(line: str) -> Json:
    """An answer without its id; the order of lines and names does not count."""
    answer: Json = json.loads(line)
    del answer["id"]
    return {**answer, "set": sorted(answer["set"]), "vary": sorted(answer["vary"])}


def as_request(request: Json, headers: Lines) -> Request:
    return Request(request["method"], request["path"], [(name, value) for name, value in headers])


def shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)
