# SPDX-License-Identifier: MIT
"""The HTML report in a real browser, with answers that want to be more than text in it."""

from __future__ import annotations

import math
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from html_judge import Judged, judge
from report_hosts import BEHAVIOURS, BROKEN, HOSTILE, HOSTILE_TEXTS, IMAGE, OPEN, PUBLIC, SCRIPT
from reports import PATH, Reports, audit
from tests.support.cors_command import COMMAND, run_cors
from tests.support.https_server import HttpsServer, audit_arguments

WIDTH = 360  # of the frame
AA = 4.5  # the contrast that WCAG 2 wants of text


def injected(page: str) -> str:
    """As if something of a server's had not been escaped."""
    return page.replace("<main>", f"<main>{SCRIPT}{IMAGE}", 1)


def without_policy(page: str) -> str:
    return re.sub(r"<meta http-equiv[^>]*>", "", page, count=1)


@pytest.fixture(scope="module", name="judged")
def _judged(reports: Reports) -> Judged:
    page = reports.html.read_text()
    return judge({"report.html": page.encode(), "injected.html": injected(page).encode()})


@pytest.fixture(name="seen")
def _seen(judged: Judged) -> dict[str, Any]:
    report: dict[str, Any] = judged.pages["report.html"]
    return report


def details_of(seen: dict[str, Any], url: str) -> dict[str, Any]:
    details: dict[str, Any]
    details, = (each for each in seen["details"] if each["name"] == f"GET {url}")
    return details


def test_nothing_runs_and_nothing_is_asked_for(judged: Judged, seen: dict[str, Any]) -> None:
    assert judged.requested == ["/report.html", "/injected.html"]
    assert (seen["ran"], seen["active"], seen["handlers"]) == (False, 0, 0)
    assert "default-src 'none'" in seen["policy"] and "unsafe" not in seen["policy"]


def test_nothing_would_run_even_unescaped(judged: Judged, reports: Reports) -> None:
    page = judged.pages["injected.html"]
    assert page["active"] == 2 and not page["ran"]
    bare = judge({"bare.html": without_policy(injected(reports.html.read_text())).encode()})
    assert bare.pages["bare.html"]["ran"] and "/leak" in bare.requested, "the check sees nothing"


def test_the_style_sheet_is_the_one_that_the_policy_allows(seen: dict[str, Any]) -> None:
    assert seen["badgeColour"] not in ("", "rgba(0, 0, 0, 0)")


def test_summary(reports: Reports, seen: dict[str, Any]) -> None:
    requests = sum(target["requests"] for target in reports.targets)
    assert seen["summary"].startswith(
        f"5 targets: 3 with findings, 1 clean, 1 inconclusive; {requests} requests in ")
    severities = [finding["severity"] for _, finding in reports.findings()
                  if "suppressed" not in finding]
    counts = {name: severities.count(name)
              for name in ("critical", "high", "medium", "low", "info")}
    assert seen["counts"] == [f"{name} {count}" for name, count in counts.items()] + [
        "and 1 accepted by the baseline"]
    there = {name: count for name, count in counts.items() if count}
    assert seen["bar"]["role"] == "img"
    assert seen["bar"]["title"] == "Findings: " + ", ".join(
        f"{count} {name}" for name, count in there.items())
    assert [name for name, _ in seen["bar"]["parts"]] == list(there)
    for name, share in seen["bar"]["parts"]:
        assert share == pytest.approx(there[name] / len(severities), abs=0.02)


def test_index_of_targets(reports: Reports, seen: dict[str, Any], server: HttpsServer) -> None:
    assert [row[0] for row in seen["rows"]] == [f"GET {target['url']}"
                                                for target in reports.targets]
    for row, target in zip(seen["rows"], reports.targets, strict=True):
        assert row[1].startswith(target["outcome"])
        assert row[3] == (target["matcher"] or "")
        assert row[4] == str(target["requests"])
    found = {row[0]: row[2] for row in seen["rows"]}
    assert found[f"GET {server.url(OPEN, PATH)}"] == "1 high"
    assert found[f"GET {server.url(PUBLIC, PATH)}"] == "1 accepted"
    broken, = (row for row in seen["rows"] if server.url(BROKEN, PATH) in row[0])
    assert broken[1].startswith("inconclusiveclosed: The server ended the connection")
    assert broken[2] == "none"


def test_details(reports: Reports, seen: dict[str, Any]) -> None:
    with_findings = [target for target in reports.targets if target["findings"]]
    for target in with_findings:
        details = details_of(seen, target["url"])
        findings = target["findings"]
        assert details["rules"] == [finding["rule"] for finding in findings]
        assert details["badges"] == [finding["severity"] for finding in findings]
        assert details["open"] == any(finding["severity"] in ("critical", "high")
                                      for finding in findings)
        for name in ("origin", "message", "reasoning", "fix", "reproduce"):
            assert all(finding[name] in details["text"] for finding in findings)
    assert len(seen["details"]) == len(with_findings) == 3


def test_accepted_is_said_with_its_reason(seen: dict[str, Any], server: HttpsServer) -> None:
    said = details_of(seen, server.url(PUBLIC, PATH))["text"]
    assert "Accepteda <b>reason</b>\nUntil2999-12-31\n" in said


def test_hostile_texts_are_shown_as_text(seen: dict[str, Any], server: HttpsServer) -> None:
    evidence = "\n".join(details_of(seen, server.url(HOSTILE, PATH))["evidence"])
    for sent in HOSTILE_TEXTS[:4]:
        assert sent in evidence
    assert "bell\ufffd escape\ufffd[31m delete\ufffd\n" in evidence
    assert not set(evidence) & set("\x07\x1b\x7f\u202e\u202c\u2066\u2069\ufffe\uffff")


def test_can_be_found_around_in(seen: dict[str, Any]) -> None:
    assert seen["landmarks"] == [1, 1, 1]
    assert seen["headings"] == ["Which origins these servers trust", "Summary", "Targets",
                                "Findings"]
    assert set(seen["scopes"]) == {"col", "row"} and seen["scopes"].count("col") == 5
    assert all(there for _, there in seen["links"])
    assert [href for href, _ in seen["links"]] == ["#summary"] + [
        f"#target-{list(BEHAVIOURS).index(host) + 1}" for host in (OPEN, PUBLIC, HOSTILE)]
    assert seen["width"] <= WIDTH, "a narrow window is not to scroll sideways"


def luminance(colour: str) -> float:
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)
              for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_in_light_and_dark(reports: Reports) -> None:
    schemes = re.findall(r":root\{(.*?)\}", reports.html.read_text())
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", scheme))
        pairs = chain(((text, ground) for text in ("ink", "quiet", "link")
                       for ground in ("page", "box")),
                      (("on", badge) for badge in ("critical", "high", "medium", "low", "info",
                                                   "clean")))
        for text, ground in pairs:
            assert contrast(colours[text], colours[ground]) >= AA, f"{text} on {ground}"


def test_a_report_of_nothing_found(server: HttpsServer, tmp_path: Path) -> None:
    done = audit(server, tmp_path, server.url("clean.shop-one.com"), "--html", "-")
    assert done.code == 0
    assert "Findings: none</title>" in done.stdout and "<p>None.</p>" in done.stdout
    assert "<rect" not in done.stdout


def test_a_report_that_breaks_leaves_the_last_one(server: HttpsServer, tmp_path: Path) -> None:
    """No file may grow beyond a size that the journal keeps below and the findings do not."""
    url = server.url(HOSTILE, PATH)
    whole = audit(server, tmp_path, url, "--resume", "journal", "--html", "-").stdout
    journal = tmp_path / "journal"
    sizes = [journal.stat().st_size, len(whole[whole.index("<details"):].encode())]
    assert sizes[0] + 1000 < sizes[1]
    journal.unlink()

    report = tmp_path / "report.html"
    report.write_text("the last one")
    limit = f'trap "" XFSZ; exec prlimit --fsize={sum(sizes) // 2} -- "$0" "$@"'
    done = run_cors(["-c", limit, COMMAND, "audit", *audit_arguments(server), url, "--html",
                     report.name], tmp_path, command="bash")
    assert (done.code, done.stderr) == (
        3, "cors audit: a report's temporary file cannot be used: File too large\n")
    assert list(tmp_path.iterdir()) == [report]
    assert report.read_text() == "the last one"
