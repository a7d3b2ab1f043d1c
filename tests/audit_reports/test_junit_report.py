# SPDX-License-Identifier: MIT
"""JUnit's XML, as a parser reads it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from report_hosts import BROKEN, CLEAN, HOSTILE, HOSTILE_TEXTS, OPEN, PUBLIC
from reports import PATH, Reports
from tests.support.https_server import HttpsServer


def case_of(reports: Reports, url: str) -> ET.Element:
    case, = (case for case in ET.parse(reports.junit).getroot().iter("testcase")
             if case.get("name") == f"GET {url}")
    return case


def test_counts_are_of_cases(reports: Reports) -> None:
    root = ET.parse(reports.junit).getroot()
    suite = root.find("testsuite")
    assert root.tag == "testsuites" and suite is not None
    cases = suite.findall("testcase")
    counted = {"tests": len(cases), "skipped": 0,
               "failures": sum(case.find("failure") is not None for case in cases),
               "errors": sum(case.find("error") is not None for case in cases)}
    assert counted == {"tests": 5, "skipped": 0, "failures": 2, "errors": 1}
    for holder in (root, suite):
        assert {name: int(holder.get(name, "-1")) for name in counted} == counted
        assert float(holder.get("time", "-1")) > 0


def test_a_case_for_each_target_in_their_order(reports: Reports) -> None:
    cases = ET.parse(reports.junit).getroot().iter("testcase")
    assert [(case.get("classname"), case.get("name")) for case in cases] == [
        ("cors audit", f"GET {target['url']}") for target in reports.targets]


def test_failures_are_the_findings_that_count(reports: Reports) -> None:
    for target in reports.targets:
        counting = [finding for finding in target["findings"]
                    if finding["severity"] != "info" and "suppressed" not in finding]
        failures = case_of(reports, target["url"]).findall("failure")
        assert [(failure.get("type"), failure.get("message")) for failure in failures] == [
            (finding["rule"], finding["message"]) for finding in counting]
        for failure, finding in zip(failures, counting, strict=True):
            assert failure.text
            for name in ("severity", "origin", "reasoning", "fix", "reproduce"):
                assert finding[name] in failure.text
            assert finding["evidence"].splitlines()[0] in failure.text.splitlines()


def test_cases_that_pass_have_no_failure(reports: Reports, server: HttpsServer) -> None:
    assert len(case_of(reports, server.url(CLEAN, PATH))) == 0
    public = case_of(reports, server.url(PUBLIC, PATH))
    assert [part.tag for part in public] == ["system-out"]
    assert "wildcard" in (public[0].text or "")
    assert "(accepted until 2999-12-31: a <b>reason</b>)" in (public[0].text or "")


def test_no_judgement_is_an_error(reports: Reports, server: HttpsServer) -> None:
    part, = case_of(reports, server.url(BROKEN, PATH))
    assert (part.tag, part.get("type")) == ("error", "closed")
    assert (part.get("message") or "").startswith("The server ended the connection")


def test_hostile_texts_are_text(reports: Reports, server: HttpsServer) -> None:
    case = case_of(reports, server.url(HOSTILE, PATH))
    assert {part.tag for part in case} == {"failure", "system-out"}
    text = "".join(case.itertext())
    assert all(sent in text for sent in HOSTILE_TEXTS[:4]), "as they were sent"
    assert "bell\ufffd escape\ufffd[31m delete\ufffd" in text
    assert not set(text) & set("\x07\x1b\x7f\u202e\u202c\u2066\u2069\ufffe\uffff")
    assert case_of(reports, server.url(OPEN, PATH)) is not None, "the others are still there"
