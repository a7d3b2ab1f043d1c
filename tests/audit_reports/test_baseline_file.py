# SPDX-License-Identifier: MIT
"""Baselines: what they accept, until when, and what is said about one that cannot be used."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from report_hosts import OPEN
from reports import PATH, accepting, audit, baseline
from tests.support.https_server import HttpsServer

RULE = "reflected-origin"


def day(offset: int) -> str:
    return (datetime.now(timezone.utc) + timedelta(offset)).strftime("%Y-%m-%d")


def finding(server: HttpsServer, folder: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the one finding of the open server, and what was complained about."""
    done = audit(server, folder, server.url(OPEN, PATH), "--json", *options)
    found, = json.loads(done.stdout)["targets"][0]["findings"]
    return done.code, found, done.stderr


def test_names_a_fingerprint(server: HttpsServer, tmp_path: Path) -> None:
    _, found, _ = finding(server, tmp_path)
    known = baseline(tmp_path, {"fingerprint": found["fingerprint"], "reason": "soon gone",
                                "until": day(30)})
    code, found, said = finding(server, tmp_path, "--baseline", known)
    assert (code, said) == (0, "")
    assert found["suppressed"] == {"reason": "soon gone", "until": day(30)}


@pytest.mark.parametrize("url, accepted", [
    (PATH, True), ("/me*", True), ("*", True), ("/me", False), ("/you*", False),
])
def test_names_a_rule_and_a_url(server: HttpsServer, tmp_path: Path, url: str,
                                accepted: bool) -> None:
    known = baseline(tmp_path, accepting(server.url(OPEN, "") + url, RULE))
    code, found, said = finding(server, tmp_path, "--baseline", known)
    assert (code, "suppressed" in found) == ((0, True) if accepted else (1, False))
    assert said == ("" if accepted else
                    "cors audit: known.json: suppression 1 matches no finding\n")


def test_another_rule_accepts_nothing(server: HttpsServer, tmp_path: Path) -> None:
    known = baseline(tmp_path, accepting(server.url(OPEN, "/*"), "null-origin"))
    assert finding(server, tmp_path, "--baseline", known)[0] == 1


@pytest.mark.parametrize("offset, code", [(0, 0), (1, 0), (-2, 1)])
def test_counts_to_the_end_of_its_day(server: HttpsServer, tmp_path: Path, offset: int,
                                      code: int) -> None:
    known = baseline(tmp_path, accepting(server.url(OPEN, PATH), RULE, until=day(offset)))
    ended, found, said = finding(server, tmp_path, "--baseline", known)
    assert (ended, "suppressed" in found) == (code, code == 0)
    assert ("known.json: suppression 1 has expired" in said) == (code == 1)


def test_what_has_expired_is_said_at_the_finding(server: HttpsServer, tmp_path: Path) -> None:
    known = baseline(tmp_path, accepting(server.url(OPEN, PATH), RULE, until="2020-02-29"))
    done = audit(server, tmp_path, server.url(OPEN, PATH), "--baseline", known)
    assert "the suppression expired on 2020-02-29: a <b>reason</b>" in done.stdout


GOOD = {"url": "https://api.example.com/*", "rule": RULE, "reason": "known", "until": "2999-12-31"}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize("suppression, words", [
    (without("url"), "names neither a fingerprint nor a rule and a url"),
    (without("rule"), "names neither a fingerprint nor a rule and a url"),
    (without("reason"), "has no reason"),
    (without("until"), '"2027-03-31"'),
    (GOOD | {"until": "tomorrow"}, '"2027-03-31"'),
    (GOOD | {"until": "2027-13-01"}, '"2027-03-31"'),
    (GOOD | {"until": "2027-02-29"}, '"2027-03-31"'),
    (GOOD | {"reason": " "}, "has no reason"),
    (GOOD | {"rule": "reflected"}, "names a rule that does not exist"),
    (GOOD | {"untill": "2027-03-31"}, "has an unknown member"),
    (GOOD | {"reason": 7}, "has a value that is no text"),
    (GOOD | {"reason": None}, "has a value that is no text"),
    ("reflected-origin", "is no object"),
])
def test_a_broken_suppression_is_named(server: HttpsServer, tmp_path: Path, suppression: Any,
                                       words: str) -> None:
    server.forget()
    known = baseline(tmp_path, GOOD, suppression)
    done = audit(server, tmp_path, server.url(OPEN), "--baseline", known)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("cors audit: known.json: suppression 2 ") and words in done.stderr
    assert server.seen(OPEN) == [], "nothing was asked"


NO_JSON = "is no JSON: see line 1, column "
NO_LIST = 'known.json holds no suppressions: write {"suppressions": [...]}'


@pytest.mark.parametrize("text, words", [
    (b"", NO_JSON), (b"{", NO_JSON), (b'{"suppressions": [{"reason": "\xff"}]}', NO_JSON),
    (b"[]", NO_LIST), (b"{}", NO_LIST), (b'{"suppressions": {}}', NO_LIST),
])
def test_a_file_that_is_no_baseline(server: HttpsServer, tmp_path: Path, text: bytes,
                                    words: str) -> None:
    (tmp_path / "known.json").write_bytes(text)
    done = audit(server, tmp_path, server.url(OPEN), "--baseline", "known.json")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.startswith("cors audit: ") and words in done.stderr


def test_a_file_that_is_not_there(server: HttpsServer, tmp_path: Path) -> None:
    done = audit(server, tmp_path, server.url(OPEN), "--baseline", "nowhere.json")
    assert (done.code, done.stdout) == (2, "")
    assert "nowhere.json" in done.stderr
