# SPDX-License-Identifier: MIT
"""The browser's half run against the server's: what comes out is what the policy says.

Once in C (tests/closed_loop), whose tables are small and whose runs are long; and once with the
two commands, `cors decide` as the server of `cors simulate`, under any policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote, unquote, urlsplit

from tests.browser_oracle.fetch_model import SAFE_RESPONSE_NAMES, Browser, unsafe_names
from tests.conformance.surfaces import artifact
from tests.differential.answer_pair import Disagreement, Json, Pair, Round
from tests.differential.policy_cases import command_lines, surroundings_of, write_policy
from tests.differential.simulate_pairs import BROWSERS
from tests.differential.simulate_pairs import command_lines as simulated_lines
from tests.oracle.oracle import (SAFELISTED, PolicyValues, find_policy, header_is_allowed,
                                 is_serialized_origin, judge_origin, origin_entries)
from tests.oracle.random_policies import HEADERS, METHODS, random_policy_file
from tests.oracle.random_requests import allowed_method, allowed_path, changed_origin, fill
from tests.support.cors_command import run_cors

POLICIES = 6
CALLS = 30
SERVER = "https://api.test"
# Names that all browsers treat alike: Accept and Range are safelisted with some values.
NAMES = [name for name in HEADERS if name not in ("Accept", "Range", "x.1!")] + ["X-Unlisted"]
VALUES = {"content-type": "application/json"}
APPLICATION = [["Content-Type", "text/plain"], ["ETag", "1"], ["X-Request-Id", "1"], ["Link", "x"],
               ["Content-Range", "x"], ["x-a", "1"], ["Set-Cookie", "a=b"]]

PAIRS = 3000
TALLY = re.compile(r"(\d+) calls, (\d+) allowed")


def draw_page(random: Random, entries: list[str]) -> str:
    """An origin near the policy's, of those that browsers' pages have."""
    for _ in range(50):
        entry = random.choice(entries)
        page = fill(random, entry) if random.random() < 0.7 else changed_origin(random, entry)
        if is_serialized_origin(page) and page.startswith(("http://", "https://", "null")):
            return page
    return "https://elsewhere.example"


def draw_call(random: Random, policies: list[PolicyValues], entries: list[str]) -> Json:
    policy = random.choice(policies)
    listed = [name for name in policy.get("allow_headers", []) if name in NAMES]
    names = random.sample(listed, random.randrange(len(listed) + 1))
    names += random.sample(NAMES, random.choice((0, 0, 0, 1)))
    method = random.choice(METHODS) if random.random() < 0.2 else allowed_method(random, policy)
    return {"page": draw_page(random, entries),
            "url": SERVER + quote(allowed_path(random, policy), safe="/~;="),
            "method": method, "credentials": random.choice(("omit", "same-origin", "include")),
            "headers": [[name, VALUES.get(name.lower(), "1")]
                        for name in {name.lower(): name for name in names}.values()]}


def draw_loop(random: Random) -> list[Json]:
    cases = []
    for _ in range(POLICIES):
        file = random_policy_file(random)
        entries = [entry for policy in file.policies
                   for entry in origin_entries(policy, file.surroundings)] or ["https://a.example"]
        cases.append({
            "policies": file.policies, "environment": file.surroundings.environment,
            "variables": file.surroundings.variables, "files": file.surroundings.files,
            "calls": [draw_call(random, file.policies, entries) for _ in range(CALLS)]})
    return cases


def scenario_of(call: Json, answers: dict[str, Json]) -> Json:
    made = {key: call[key] for key in ("url", "method", "headers", "credentials")}
    return {"page": call["page"], "fetches": [made], "server": {call["url"]: answers}}


def generous(call: Json) -> Json:
    """A server that allows whatever is asked, to see what is asked."""
    lines = [["Access-Control-Allow-Origin", call["page"]],
             ["Access-Control-Allow-Credentials", "true"],
             ["Access-Control-Allow-Methods", Browser.normalize(call["method"], "cors")],
             ["Access-Control-Allow-Headers", ", ".join(name for name, _ in call["headers"])]]
    answer = {"status": 200, "headers": lines}
    return scenario_of(call, {"preflight": answer, "response": answer})


def request_of(sent: Json) -> Json:
    """What the server sees of a request."""
    fields = ("origin", "access-control-request-method", "access-control-request-headers")
    return {"method": sent["method"], "path": unquote(urlsplit(sent["url"]).path),
            "headers": [[name, sent[name]] for name in fields if name in sent], "twins": []}


def answered(decision: Json) -> Json:
    """The server's answer: its own lines, or the application's with the decision applied."""
    if decision["status"] is not None:
        return {"status": decision["status"], "headers": decision["set"]}
    return {"status": 200, "headers": [*APPLICATION, *decision["set"]]}


def server_of(sent: list[Json], decisions: list[Json]) -> dict[str, Json]:
    return {"preflight" if "access-control-request-method" in request else "response":
            answered(decision) for request, decision in zip(sent, decisions, strict=True)}


def policy_allows(case: Json, policy: PolicyValues | None, call: Json) -> bool:
    """From the texts of the policy alone."""
    if policy is None:
        return False
    entries = list(origin_entries(policy, surroundings_of(case)))
    with_credentials = policy.get("allow_credentials", False)
    method = Browser.normalize(call["method"], "cors")
    methods = policy.get("allow_methods", [])
    headers = [(name, value) for name, value in call["headers"]]
    return (judge_origin(entries, [call["page"]], None) == "allowed"
            and (with_credentials or call["credentials"] != "include")
            and (method in SAFELISTED or method in methods or "*" in methods)
            and all(header_is_allowed(policy, name) for name in unsafe_names(headers)))


def readable(policy: PolicyValues) -> list[str]:
    exposed = {name.lower() for name in policy.get("expose_headers", [])} | set(SAFE_RESPONSE_NAMES)
    names = [name.lower() for name, _ in APPLICATION if name != "Set-Cookie"]
    return sorted(name for name in names if "*" in exposed or name in exposed)


def faults_of(case: Json, call: Json, line: str) -> Iterator[str]:
    answer = json.loads(line)
    fetch = answer["fetches"][0]
    policy = find_policy(case["policies"], unquote(urlsplit(call["url"]).path))
    allowed = policy_allows(case, policy, call)
    if (fetch["code"] == "ok") != allowed:
        yield f"the policy {'allows' if allowed else 'refuses'} it: {line}"
    names = [name for name in fetch["headers"] if not name.startswith("access-control-")]
    if fetch["code"] == "ok" and policy is not None and names != readable(policy):
        yield f"the policy exposes {readable(policy)}: {line}"
    if any(sent["credentials"] and sent["method"] == "OPTIONS" for sent in answer["sent"]):
        yield f"a preflight carries credentials: {line}"


def play_case(case: Json, browser: str, folder: Path) -> list[str]:
    """What the browser makes of the calls, with `cors decide` as its server."""
    first = simulated_lines([generous(call) for call in case["calls"]], browser, folder)
    sent = [json.loads(line)["sent"] for line in first]
    requests = [request_of(request) for of_call in sent for request in of_call]
    decisions = [json.loads(line) for line in
                 command_lines({**case, "requests": requests}, write_policy(case, folder))]
    scenarios = []
    for call, of_call in zip(case["calls"], sent, strict=True):
        mine, decisions = decisions[:len(of_call)], decisions[len(of_call):]
        scenarios.append(scenario_of(call, server_of(of_call, mine)))
    return simulated_lines(scenarios, browser, folder)


def compare_loop(cases: list[Json], folder: Path) -> Round:
    result = Round()
    for case in cases:
        for browser in BROWSERS:
            lines = play_case(case, browser, folder)
            for call, line in zip(case["calls"], lines, strict=True):
                alone = {**case, "calls": [call]}
                result.executions += 1
                result.outcomes[json.loads(line)["fetches"][0]["code"]] += 1
                result.disagreements += [Disagreement(alone, f"{browser}: {fault}")
                                         for fault in faults_of(case, call, line)]
    return result


def draw_closed(random: Random) -> list[Json]:
    return [{"pairs": PAIRS, "seed": random.randrange(2**63)}]


def compare_closed(cases: list[Json], folder: Path) -> Round:
    """The program makes what fails smaller itself."""
    result = Round()
    program = artifact("CORS_CLOSED_LOOP", "build/tests/closed_loop/closed-loop")
    for case in cases:
        done = run_cors([str(case["pairs"]), str(case["seed"])], folder, command=str(program))
        tally = TALLY.search(done.stdout)
        if done.code != 0 or tally is None:
            told = f"{program} {case['pairs']} {case['seed']} ends with {done.code}:\n"
            result.disagreements.append(Disagreement(case, told + done.stdout, whole=True))
            continue
        result.executions += int(tally[1])
        result.outcomes.update({"allowed": int(tally[2]),
                                "refused": int(tally[1]) - int(tally[2])})
    return result


LOOP = Pair("simulate-decide", "cors simulate with cors decide as its server : the policy's words",
            draw_loop, compare_loop)
CLOSED = Pair("closed-loop", "both halves in C, four browsers : the policy's words", draw_closed,
              compare_closed)
