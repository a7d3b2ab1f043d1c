# SPDX-License-Identifier: MIT
"""The table for people: plain in a pipe, coloured where that was asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from report_hosts import HOSTILE, HOSTILE_TEXTS, OPEN, PUBLIC
from reports import PATH, Reports, accepting, all_urls, audit, baseline
from tests.support.https_server import HttpsServer

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_says_everything_about_each_finding(reports: Reports, server: HttpsServer,
                                            tmp_path: Path) -> None:
    done = audit(server, tmp_path, *all_urls(server))
    assert (done.code, done.stderr) == (1, "")
    assert "\x1b" not in done.stdout, "a pipe is no terminal"
    for target in reports.targets:
        assert re.search(rf"^{target['outcome']} +{re.escape(target['url'])} ", done.stdout,
                         re.MULTILINE)
    for _, finding in reports.findings():
        assert re.search(rf"^  {finding['severity']} +{finding['rule']}: ", done.stdout,
                         re.MULTILINE)
        assert finding["fix"] in done.stdout and finding["reasoning"] in done.stdout
    assert "\n5 targets: 1 clean, 3 with findings, 1 inconclusive; " in done.stdout


@pytest.mark.parametrize("option, variables, coloured", [
    ("always", {}, True), ("never", {}, False), ("auto", {}, False),
    ("always", {"NO_COLOR": "1"}, True),
])
def test_colours(server: HttpsServer, tmp_path: Path, option: str, variables: dict[str, str],
                 coloured: bool) -> None:
    done = audit(server, tmp_path, server.url(OPEN), "--color", option, variables=variables)
    assert (ESCAPE.search(done.stdout) is not None) == coloured
    assert "\x1b" not in ESCAPE.sub("", done.stdout)
    assert re.search(r"^  high +reflected-origin: ", ESCAPE.sub("", done.stdout), re.MULTILINE)


def test_hostile_texts_reach_no_terminal(server: HttpsServer, tmp_path: Path) -> None:
    done = audit(server, tmp_path, server.url(HOSTILE), "--color", "never")
    assert HOSTILE_TEXTS[3] in done.stdout
    assert not set(done.stdout) & set("\x07\x1b\x7f\u202e\u202c\u2066\u2069")


def test_what_is_accepted_is_said_so(server: HttpsServer, tmp_path: Path) -> None:
    known = baseline(tmp_path, accepting(server.url(PUBLIC, PATH), "wildcard"))
    done = audit(server, tmp_path, server.url(PUBLIC, PATH), "--baseline", known)
    assert done.code == 0
    assert "a <b>reason</b>" in done.stdout
    assert "1 more known from the baseline" in done.stdout
