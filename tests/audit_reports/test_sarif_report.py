# SPDX-License-Identifier: MIT
"""SARIF 2.1.0, against the schema of the standard and against what `--json` says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker  # type: ignore[import]

from report_hosts import BROKEN, HOSTILE_TEXTS, OPEN
from reports import PATH, Reports, audit
from tests.support import node_modules
from tests.support.https_server import HttpsServer

FOLDER = Path(__file__).resolve().parent
SCHEMA = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "warning",
          "info": "note"}


@pytest.fixture(scope="session", name="schema")
def _schema() -> Draft4Validator:
    node_modules.install(FOLDER)
    checker = FormatChecker()
    assert {"uri", "uri-reference"} <= set(checker.checkers), "python3-rfc3987 is missing"
    return Draft4Validator(json.loads((FOLDER / SCHEMA).read_text()), format_checker=checker)


def problems(schema: Draft4Validator, document: Any) -> list[str]:
    return [f"{'/'.join(map(str, error.path))}: {error.message}"
            for error in schema.iter_errors(document)]


def run_of(path: Path) -> dict[str, Any]:
    """The one run of a file."""
    runs = json.loads(path.read_text())["runs"]
    assert len(runs) == 1
    run: dict[str, Any] = runs[0]
    return run


def uri_of(holder: dict[str, Any]) -> str:
    uri: str = holder["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def test_fits_the_schema(reports: Reports, schema: Draft4Validator) -> None:
    document = json.loads(reports.sarif.read_text())
    assert problems(schema, document) == []
    document["runs"][0]["results"][0]["level"] = "high"
    assert problems(schema, document), "the schema checks nothing"


def test_results_are_the_findings(reports: Reports) -> None:
    run = run_of(reports.sarif)
    found = [(target["url"], finding["rule"], LEVELS[finding["severity"]], finding["fingerprint"],
              "suppressed" in finding) for target, finding in reports.findings()]
    assert [(uri_of(result), result["ruleId"], result["level"],
             result["partialFingerprints"]["corsAudit/v1"], result["suppressions"] != [])
            for result in run["results"]] == found
    assert len({each[1] for each in found}) >= 4 and any(each[4] for each in found)


def test_a_result_says_what_was_found(reports: Reports) -> None:
    results = run_of(reports.sarif)["results"]
    for result, (target, finding) in zip(results, reports.findings(), strict=True):
        named = {"severity": finding["severity"], "method": "GET", "origin": finding["origin"],
                 "matcher": target["matcher"], "evidence": finding["evidence"],
                 "reproduce": finding["reproduce"]}
        assert result["properties"] == {key: value for key, value in named.items() if value}
        assert result["message"]["text"].startswith(finding["message"].split("{")[0].split("](")[0])


def test_an_accepted_finding_is_suppressed_with_its_reason(reports: Reports) -> None:
    accepted = [result for result in run_of(reports.sarif)["results"] if result["suppressions"]]
    assert [result["ruleId"] for result in accepted] == ["wildcard"]
    assert accepted[0]["suppressions"] == [
        {"kind": "external", "status": "accepted",
         "justification": "a <b>reason</b>", "properties": {"until": "2999-12-31"}}]


def test_every_rule_is_described(reports: Reports) -> None:
    run = run_of(reports.sarif)
    rules = run["tool"]["driver"]["rules"]
    assert len(rules) == len({rule["id"] for rule in rules}) == 31
    for rule in rules:
        assert rule["name"] == "".join(part.capitalize() for part in rule["id"].split("-"))
        assert rule["shortDescription"]["text"] and rule["help"]["text"].endswith(".")
        severe = float(rule["properties"].get("security-severity", "0")) >= 7
        assert severe == (rule["defaultConfiguration"]["level"] == "error")
    levels = ["note", "warning", "error"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        worst = rule["defaultConfiguration"]["level"]
        assert levels.index(result["level"]) <= levels.index(worst)


def test_fixes_are_those_of_json(reports: Reports) -> None:
    helps = {rule["id"]: rule["help"]["text"]
             for rule in run_of(reports.sarif)["tool"]["driver"]["rules"]}
    for _, finding in reports.findings():
        assert helps[finding["rule"]] == finding["fix"]


def test_a_target_without_judgement_is_a_notification(reports: Reports,
                                                      server: HttpsServer) -> None:
    run = run_of(reports.sarif)
    invocation, = run["invocations"]
    assert invocation["executionSuccessful"] is True
    notification, = invocation["toolExecutionNotifications"]
    assert uri_of(notification) == server.url(BROKEN, PATH)
    described = run["tool"]["driver"]["notifications"][notification["descriptor"]["index"]]
    assert described["id"] == notification["descriptor"]["id"] == "closed"
    assert notification["message"]["text"].startswith(described["shortDescription"]["text"])


def test_fingerprints_are_the_same_in_the_next_run(reports: Reports, server: HttpsServer,
                                                   tmp_path: Path) -> None:
    def prints(path: Path) -> set[str]:
        return {result["partialFingerprints"]["corsAudit/v1"]
                for result in run_of(path)["results"] if uri_of(result) == server.url(OPEN, PATH)}
    audit(server, tmp_path, server.url(OPEN, PATH), "--sarif", "again.sarif")
    assert prints(tmp_path / "again.sarif") == prints(reports.sarif) != set()


def test_hostile_texts_are_text(reports: Reports) -> None:
    results = run_of(reports.sarif)["results"]
    texts = " ".join(result["properties"]["evidence"] for result in results)
    assert all(text in texts for text in HOSTILE_TEXTS[:4]), "as they were sent"
    assert any("[click] (https://evil.example/) {{0}} }}" in result["message"]["text"]
               for result in results), "neither a link of the server's nor a placeholder"


@pytest.mark.parametrize("typed, written", [
    ('/"<>\\^`{|}', "/%22%3C%3E%5C%5E%60%7B%7C%7D"), ("/%zz%41", "/%25zz%41"),
    ("/é", "/%C3%A9"), ("/?a=[1]", "/?a=%5B1%5D"),
])
def test_any_url_is_a_valid_uri(server: HttpsServer, schema: Draft4Validator, tmp_path: Path,
                                typed: str, written: str) -> None:
    url = server.url(OPEN, typed)
    done = audit(server, tmp_path, url, "--sarif", "-")
    document = json.loads(done.stdout)
    assert problems(schema, document) == []
    assert uri_of(document["runs"][0]["results"][0]) == server.url(OPEN, written)
