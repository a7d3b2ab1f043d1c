# SPDX-License-Identifier: MIT
"""Judgements of the module for servers are the decisions of the corpus, and those of decide()."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import Case, Decision, Policy, load_corpus
from tests.wasm.wasm_engine import SERVERS, SUFFIXES, ask, run_node

CORPUS = load_corpus()
FOLDER = Path(__file__).resolve().parent
SUFFIX_LIST = {"do": "suffixes", "path": str(SUFFIXES)}
OF_BOTH = ("kind", "allowed", "reason", "status", "set", "vary")
CHURN_ROUNDS = 5
CHURN_CALLS = 200_000
HEAP_GROWTH_MAX = 300_000  # bytes, over a million calls: what the runtime itself moves about

Json = dict[str, Any]


def lint(policy: Policy) -> Json:
    return {"do": "policy", "yaml": policy.yaml, "options": {
        "environment": policy.environment, "variables": policy.variables, "files": policy.files}}


def arrived(case: Case) -> Json:
    """A character is a byte."""
    return {"do": "judge", "request": {
        "method": case.request.method.decode("latin-1"),
        "target": case.request.target.decode("latin-1"),
        "lines": [text.decode("latin-1") for field in case.request.fields for text in field]}}


def in_order(judged: Json) -> Json:
    """Without the order of lines, which does not count."""
    return {**{key: judged[key] for key in OF_BOTH},
            "set": sorted(judged["set"]), "vary": sorted(judged["vary"])}


def expected(wanted: Decision) -> Json:
    return {"kind": wanted.kind, "allowed": wanted.allowed, "reason": wanted.reason,
            "status": wanted.status,
            "set": sorted([name.decode(), value.decode()] for name, value in wanted.set),
            "vary": sorted(name.decode() for name in wanted.vary)}


def judgements() -> Iterator[tuple[Case, Json]]:
    groups = CORPUS.by_policy("node")
    tasks = [[lint(policy), *map(arrived, cases)] for policy, cases in groups]
    lines = iter(ask([SUFFIX_LIST, *chain(*tasks)], SERVERS)[1:])
    for _, cases in groups:
        answers = list(islice(lines, len(cases) + 1))[1:]
        yield from zip(cases, map(json.loads, answers), strict=True)


def test_corpus() -> None:
    judged = list(judgements())
    wrong = [f"{case.name}\n  expected {expected(case.decision)}\n  got      {judgement}"
             for case, judgement in judged
             if "error" in judgement or in_order(judgement) != expected(case.decision)]
    assert len(judged) >= 250 and not wrong, "\n\n".join(wrong)


POLICY = """\
policies:
  - path: /api/*
    allow_origins: [https://app.example, "https://*.dev.example"]
    allow_credentials: true
    expose_headers: [X-Page]
"""


@pytest.fixture(scope="module")
def judged_details() -> list[Json]:
    requests: list[Json] = [
        {"target": "/api/x", "lines": ["Origin", "https://evil.example", "Host", "api.example"]},
        {"target": "/api/x", "lines": ["Origin", "https://api.example", "Host", "api.example"]},
        {"target": "/api/..%2fother", "lines": ["Origin", "https://app.example"]},
        {"target": "/api/x", "lines": ["Origin", "https://new.example"], "verdict": True},
        {"target": "/api/x", "lines": ["Origin", "https://app.example"], "verdict": False},
        {"target": "/api/x", "lines": ["Origin", "https://app.example"], "verdict": None},
        {"target": "/api/x", "lines": ["Origin", "https://me.example"],
         "ownOrigin": "https://me.example"},
    ]
    tasks = [{"do": "judge", "request": {"method": "POST", **request}} for request in requests]
    return [json.loads(line) for line in ask(
        [SUFFIX_LIST, {"do": "policy", "yaml": POLICY, "options": {}}, *tasks], SERVERS)[2:]]


def test_denial_has_a_body_and_is_blocked(judged_details: list[Json]) -> None:
    judged = judged_details[0]
    assert (judged["allowed"], judged["blocks"], judged["ambiguous"]) == (False, True, False)
    assert judged["body"].startswith(f"CORS: {judged['reason']}\n")


def test_own_origin_is_not_blocked(judged_details: list[Json]) -> None:
    for judged in judged_details[1], judged_details[6]:
        assert (judged["allowed"], judged["blocks"]) == (False, False)
        assert (judged["reason"], judged["loggedReason"]) == ("origin-not-allowed", "same-origin")


def test_ambiguous_target(judged_details: list[Json]) -> None:
    assert [judged["ambiguous"] for judged in judged_details] == [False, False, True] + [False] * 4


def test_query_counts_for_nothing_and_hides_nothing() -> None:
    """A target in absolute form is known by its first colon, which may stand in a query."""
    targets = ["/api/x?/..%2f", "/other?/api/x", "http://h/api/x?y", "http://h?/api/x",
               "*?x://h/api/x", "*"]
    tasks = [{"do": "judge", "request": {
        "method": "GET", "target": target, "lines": ["Origin", "https://app.example"]}}
        for target in targets]
    judged = [json.loads(line) for line in ask(
        [SUFFIX_LIST, {"do": "policy", "yaml": POLICY, "options": {}}, *tasks], SERVERS)[2:]]
    assert [one["kind"] for one in judged] == [
        "actual", "no-policy", "actual", "no-policy", "actual", "no-policy"]
    assert not any(one["ambiguous"] for one in judged)


def test_verdict_of_the_application(judged_details: list[Json]) -> None:
    assert [judged["allowed"] for judged in judged_details[3:6]] == [True, False, True]


def test_nothing_of_the_request_before_is_told() -> None:
    """A trimmed value that stands where another request had one as long."""
    def asking(target: str, *lines: str) -> Json:
        return {"do": "judge", "request": {"method": "GET", "target": target, "lines": lines}}
    host = "x" * len("https://app.example")
    tasks = [asking("/api/x", "Host", host), *(
        asking("/api/x"[:-1] + "y" * more, "Origin", " https://app.example ") for more in range(4))]
    judged = [json.loads(line) for line in ask(
        [SUFFIX_LIST, {"do": "policy", "yaml": POLICY, "options": {}}, *tasks], SERVERS)[2:]]
    assert [one["set"][0][1] for one in judged[1:]] == ["https://app.example"] * 4


def test_random_requests_as_decide_has_them() -> None:
    """Any spelling, repetition and size of lines: judge() reads what decide() reads."""
    counts = json.loads(run_node(FOLDER / "judge_random.mjs", [str(SUFFIXES), "40000"],
                                 module=SERVERS))
    assert counts["different"] == [], counts["different"][:3]
    assert min(counts["kinds"].values()) > 500, counts["kinds"]


def test_memory_is_flat() -> None:
    rounds = json.loads(run_node(
        FOLDER / "judge_churn.mjs", [str(SUFFIXES), str(CHURN_ROUNDS), str(CHURN_CALLS)],
        module=SERVERS, options=["--expose-gc"]))
    assert len({sizes["module"] for sizes in rounds}) == 1
    assert rounds[-1]["heap"] - rounds[0]["heap"] < HEAP_GROWTH_MAX
