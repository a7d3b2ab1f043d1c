# SPDX-License-Identifier: MIT
"""The forms of the report, targets from files, journals and baselines."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit_second.second_answers import ORIGIN, allows_any, always
from tests.audit_second.second_api import Api
from tests.audit_second.second_stage import playing
from tests.audit_second.second_trust import pattern
from tests.support.cors_command import COMMAND, Finished, cors_environment, run_cors
from tests.support.https_server import Answer, HttpsServer, Request, audit_arguments

PATH = "/v1/items"
SECONDS = 30.0  # far above what it takes
LEVELS = {"critical": {"error"}, "high": {"error"}, "medium": {"warning"},
          "low": {"note", "warning"}, "info": {"note", "none"}}
TARGET_NAMES = {"url", "outcome", "reason", "requests", "matcher", "findings"}
FINDING_NAMES = {"rule", "severity", "origin", "message", "evidence", "fix", "reproduce"}


HOSTS = {
    "reflecting.io": playing(Api(allows_any)),
    "public.io": playing(always((ORIGIN, "*"))),
    "clean.io": playing(Api(lambda origin: False)),
    "subdomains.io": playing(Api(pattern(r"^https://[a-z0-9-]+\.subdomains\.io(:\d+)?$"))),
    "login.io": lambda request: Answer(401, [("WWW-Authenticate", "Bearer")]),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    with HttpsServer(HOSTS, tmp_path_factory.mktemp("outputs")) as it:
        yield it


def run(server: HttpsServer, folder: Path, *arguments: str, stdin: bytes = b"") -> Finished:
    return run_cors(["audit", *arguments, *audit_arguments(server)], folder, stdin=stdin)


def urls(server: HttpsServer) -> list[str]:
    return [server.url(host, PATH) for host in HOSTS]


def targets(done: Finished) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)["targets"]
    return found


def outline(each: dict[str, Any]) -> tuple[str, str, list[str]]:
    return each["url"], each["outcome"], [found["rule"] for found in each["findings"]]


def test_json(server: HttpsServer, tmp_path: Path) -> None:
    done = run(server, tmp_path, *urls(server), "--json")
    assert done.code == 1
    found = targets(done)
    assert [each["url"] for each in found] == urls(server)
    assert [each["outcome"] for each in found] == [
        "findings", "findings", "clean", "findings", "inconclusive"]
    for each in found:
        assert TARGET_NAMES <= set(each)
        assert isinstance(each["requests"], int)
        assert (each["reason"] is not None) == (each["outcome"] == "inconclusive"), each
        for finding in each["findings"]:
            assert FINDING_NAMES <= set(finding)
            assert "access-control-allow-origin" in finding["evidence"].lower()
    assert found[0]["matcher"] and found[3]["matcher"]


def test_json_lines_say_the_same(server: HttpsServer, tmp_path: Path) -> None:
    whole = targets(run(server, tmp_path, *urls(server), "--json"))
    lines = [json.loads(line) for line in
             run(server, tmp_path, *urls(server), "--jsonl").stdout.splitlines()]
    assert [outline(each) for each in lines] == [outline(each) for each in whole]


def test_table_names_what_it_found(server: HttpsServer, tmp_path: Path) -> None:
    done = run(server, tmp_path, *urls(server))
    for word in ("reflected-origin", "any-subdomain", "wildcard", "login", "reflecting.io",
                 "clean.io", "login.io"):
        assert word in done.stdout, word
    assert done.code == 1


def test_sarif(server: HttpsServer, tmp_path: Path) -> None:
    prints = []
    for name in ("one.sarif", "two.sarif"):
        done = run(server, tmp_path, *urls(server), "--json", "--sarif", name)
        log = json.loads((tmp_path / name).read_text())
        assert log["version"] == "2.1.0"
        only = log["runs"][0]
        assert only["tool"]["driver"]["name"]
        known = {rule["id"] for rule in only["tool"]["driver"]["rules"]}
        expected = [(found["rule"], found["severity"]) for each in targets(done)
                    for found in each["findings"]]
        assert sorted(result["ruleId"] for result in only["results"]) == sorted(
            rule for rule, _ in expected)
        assert {result["ruleId"] for result in only["results"]} <= known
        for result in only["results"]:
            severities = {severity for rule, severity in expected if rule == result["ruleId"]}
            assert any(result["level"] in LEVELS[severity] for severity in severities), result
            assert result["message"]["text"]
            assert result["locations"]
        prints.append([result["partialFingerprints"] for result in only["results"]])
    assert prints[0] == prints[1] and all(prints[0])


def test_junit(server: HttpsServer, tmp_path: Path) -> None:
    run(server, tmp_path, *urls(server), "--junit", "cors.xml")
    root = ET.parse(tmp_path / "cors.xml").getroot()
    assert root.tag in ("testsuites", "testsuite")
    cases = list(root.iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None]
    text = ET.tostring(root, encoding="unicode")
    assert len(cases) >= len(HOSTS) and failed
    assert all(host in text for host in HOSTS)
    assert all("clean.io" not in ET.tostring(case, encoding="unicode") for case in failed)
    troubled = [case for case in cases if case.find("error") is not None
                or case.find("skipped") is not None]
    assert any("login.io" in ET.tostring(case, encoding="unicode") for case in troubled)


def test_html_stands_alone(server: HttpsServer, tmp_path: Path) -> None:
    run(server, tmp_path, *urls(server), "--html", "cors.html")
    page = (tmp_path / "cors.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "reflected-origin" in page and all(host in page for host in HOSTS)
    assert not re.search(r"<(link|script|img|iframe|source)\b[^>]*\b(src|href)\s*=\s*[\"']?"
                         r"(?!data:)[^\"'>\s]", page, re.IGNORECASE)
    assert not re.search(r"@import|url\(\s*[\"']?(?!data:|#)", page, re.IGNORECASE)


def test_targets_from_standard_input(server: HttpsServer, tmp_path: Path) -> None:
    lines = "# what we have\n\n" + "\n".join(urls(server)) + "\n"
    done = run(server, tmp_path, "--targets", "-", "--json", stdin=lines.encode())
    assert [each["url"] for each in targets(done)] == urls(server)
    (tmp_path / "urls.txt").write_text(lines.replace("\n", "\r\n"))
    again = run(server, tmp_path, "--targets", "urls.txt", "--json")
    assert [outline(each) for each in targets(again)] == [outline(each) for each in targets(done)]


def test_a_journal_that_is_whole_asks_nothing(server: HttpsServer, tmp_path: Path) -> None:
    judged = [url for url in urls(server) if "login.io" not in url]
    first = run(server, tmp_path, *judged, "--json", "--resume", "cors.journal")
    server.forget()
    second = run(server, tmp_path, *judged, "--json", "--resume", "cors.journal")
    assert [outline(each) for each in targets(second)] == [outline(each) for each in
                                                           targets(first)]
    assert second.code == first.code == 1
    assert not [host for host in HOSTS if server.seen(host)]


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    """Killed in the middle of its last target, it asks the others no more."""
    reached, go_on = threading.Event(), threading.Event()

    def waits(_: Request) -> Answer:
        reached.set()
        go_on.wait(SECONDS)
        return Answer(200)

    hosts = {"one.io": HOSTS["reflecting.io"], "two.io": HOSTS["clean.io"], "last.io": waits}
    with HttpsServer(hosts, tmp_path) as server:
        arguments = [*(server.url(host, PATH) for host in hosts), "--json", "--concurrency", "1",
                     "--resume", "cors.journal", *audit_arguments(server)]
        with subprocess.Popen([COMMAND, "audit", *arguments], cwd=tmp_path,
                              env=cors_environment(), stdout=subprocess.PIPE) as killed:
            try:
                assert reached.wait(SECONDS)
            finally:
                killed.kill()
                go_on.set()
        server.forget()
        done = run_cors(["audit", *arguments], tmp_path)
        assert [each["outcome"] for each in targets(done)] == ["findings", "clean", "clean"]
        assert done.code == 1
        assert not server.seen("one.io") and not server.seen("two.io") and server.seen("last.io")


def suppress(folder: Path, **names: str) -> None:
    (folder / "baseline.json").write_text(json.dumps({"suppressions": [names]}))


def test_a_baseline_accepts_until_its_day(server: HttpsServer, tmp_path: Path) -> None:
    url = server.url("subdomains.io", PATH)
    first = run(server, tmp_path, url, "--json")
    assert first.code == 1
    counted = [each for each in targets(first)[0]["findings"] if each["severity"] != "info"]
    for until, code in (("2099-12-31", 0), ("2020-01-01", 1)):
        entries = [{"fingerprint": each["fingerprint"], "reason": "known", "until": until}
                   for each in counted]
        (tmp_path / "baseline.json").write_text(json.dumps({"suppressions": entries}))
        done = run(server, tmp_path, url, "--json", "--baseline", "baseline.json")
        assert done.code == code, (until, done.stderr)
        assert ("expired" in done.stderr.lower()) == (code == 1), done.stderr


def test_a_baseline_accepts_no_other_fault(server: HttpsServer, tmp_path: Path) -> None:
    url = server.url("reflecting.io", PATH)
    suppress(tmp_path, rule="any-subdomain", url=url, reason="known", until="2099-12-31")
    assert run(server, tmp_path, url, "--baseline", "baseline.json").code == 1
    suppress(tmp_path, rule="reflected-origin", url=server.url("subdomains.io", PATH),
             reason="known", until="2099-12-31")
    assert run(server, tmp_path, url, "--baseline", "baseline.json").code == 1


@pytest.mark.parametrize("text", [
    "", "{", "[]", '{"suppressions": [{"rule": "wildcard"}]}',
    '{"suppressions": [{"rule": "no-such", "url": "*", "reason": "r", "until": "2099-01-01"}]}',
    '{"suppressions": [{"rule": "wildcard", "url": "*", "reason": "r", "until": "soon"}]}'])
def test_a_baseline_that_cannot_be_used_is_refused(text: str, server: HttpsServer,
                                                   tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text(text)
    done = run(server, tmp_path, server.url("clean.io", PATH), "--baseline", "baseline.json")
    assert done.code == 2 and "baseline.json" in done.stderr, done


def test_a_written_baseline_accepts_all(server: HttpsServer, tmp_path: Path) -> None:
    some = [server.url("subdomains.io", PATH), server.url("reflecting.io", PATH)]
    run(server, tmp_path, *some, "--write-baseline", "all.json")
    assert run(server, tmp_path, *some, "--baseline", "all.json").code == 0
