# SPDX-License-Identifier: MIT
"""JSON and JSON Lines: what programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from report_hosts import BEHAVIOURS, BROKEN, CLEAN, HOSTILE, HOSTILE_TEXTS, OPEN, PUBLIC, UTF8
from reports import Reports, all_urls, audit
from tests.support.https_server import HttpsServer

TARGET = {"url": str, "method": str, "outcome": str, "reason": (str, type(None)),
          "detail": (str, type(None)), "requests": int, "matcher": (str, type(None)),
          "findings": list}
FINDING = {name: str for name in ("rule", "severity", "message", "reasoning", "evidence", "fix",
                                  "reproduce", "fingerprint")} | {"origin": (str, type(None))}
SEVERITIES = ["info", "low", "medium", "high", "critical"]


def assert_shape(value: dict[str, Any], shape: dict[str, Any]) -> None:
    assert set(value) - {"suppressed"} == set(shape)
    for name, kind in shape.items():
        assert isinstance(value[name], kind), f"{name}: {value[name]!r}"


def test_members_and_their_types(reports: Reports) -> None:
    for target in reports.targets:
        assert_shape(target, TARGET)
        for finding in target["findings"]:
            assert_shape(finding, FINDING)
            assert finding["severity"] in SEVERITIES
            assert len(finding["fingerprint"]) == 32
            assert finding["evidence"].count("\n") >= 3, "it is of several lines"


def test_outcomes(reports: Reports, server: HttpsServer) -> None:
    assert reports.code == 1
    assert [target["url"] for target in reports.targets] == all_urls(server)
    assert {name: (target["outcome"], target["reason"])
            for name, target in zip(BEHAVIOURS, reports.targets, strict=True)} == {
        CLEAN: ("clean", None), OPEN: ("findings", None), PUBLIC: ("findings", None),
        BROKEN: ("inconclusive", "closed"), HOSTILE: ("findings", None)}
    for target in reports.targets:
        assert bool(target["findings"]) == (target["outcome"] == "findings")
        assert (target["detail"] is not None) == (target["outcome"] == "inconclusive")
        severities = [SEVERITIES.index(finding["severity"]) for finding in target["findings"]]
        assert severities == sorted(severities, reverse=True), "the worst first"


def test_requests_are_those_that_came(server: HttpsServer, tmp_path: Path) -> None:
    server.forget()
    done = audit(server, tmp_path, server.url(OPEN), server.url(CLEAN), "--json")
    counted = [target["requests"] for target in json.loads(done.stdout)["targets"]]
    assert counted == [len(server.seen(OPEN)), len(server.seen(CLEAN))]


@pytest.mark.parametrize("path", ["/", f"/?{UTF8}"])
def test_hostile_texts_are_strings(server: HttpsServer, tmp_path: Path, path: str) -> None:
    done = audit(server, tmp_path, server.url(HOSTILE, path), "--json")
    evidence = json.loads(done.stdout)["targets"][0]["findings"][0]["evidence"]
    assert all(sent in evidence for sent in HOSTILE_TEXTS[:4]), "as they were sent"
    assert "bell\ufffd escape\ufffd[31m delete\ufffd\n" in evidence
    assert not set(evidence) & set("\x07\x1b\x7f\u202e\u202c\u2066\u2069")


def test_json_lines_are_the_same_targets(reports: Reports, server: HttpsServer,
                                         tmp_path: Path) -> None:
    done = audit(server, tmp_path, *all_urls(server), "--jsonl")
    assert done.code == 1
    targets = [json.loads(line) for line in done.stdout.splitlines()]

    def told(target: dict[str, Any]) -> dict[str, Any]:
        same = {name: target[name] for name in ("url", "method", "outcome", "reason", "matcher")}
        return same | {"findings": [(finding["rule"], finding["severity"], finding["fingerprint"])
                                    for finding in target["findings"]]}
    assert [told(target) for target in targets] == [told(target) for target in reports.targets]
