# SPDX-License-Identifier: MIT
"""`cors test`: expectations beside a policy, and against a real server."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml  # type: ignore[import]

from tests.support.cors_command import ROOT, Finished, run_cors
from tests.support.nginx_server import NginxServer
from tests.support.started import free_port

APP = "https://app.example.com"
POLICY = f"""\
policies:
  - path: /api/*
    allow_origins: ["{APP}"]
    allow_methods: [PUT]
    allow_headers: [Authorization, Content-Type]
    expose_headers: [ETag]
    allow_credentials: true
    max_age: 10m
"""
HOLDING = [
    f"{APP} may PUT /api/x with authorization and credentials and read etag",
    f"{APP} may GET, POST /api/x with content-type application/json",
    f"{APP} may GET /api/x and not read x-secret",
    f"{APP} may not DELETE /api/x",
    f"{APP} may not PUT /api/x with header x-other",
    f"{APP} may not read x-secret from /api/x",
    f"{APP} may not GET /other",
    "https://evil.test may not",
    "null may not",
]
FAILING = [
    (f"{APP} may DELETE /api/x", "allow_methods"),
    (f"{APP} may GET /api/x with x-other", "allow_headers"),
    (f"{APP} may GET /api/x and read x-secret", "expose_headers"),
    (f"{APP} may GET /other", "no policy covers this path"),
    ("https://evil.test may GET /api/x", "allow_origins"),
    (f"{APP} may not PUT /api/x", APP),
    (f"{APP} may not", APP),
    (f"{APP} may not read etag from /api/x", "expose_headers"),
]


def judge(folder: Path, lines: list[str], *options: str) -> Finished:
    (folder / "cors.yaml").write_text(POLICY)
    (folder / "a.expect").write_text("\n".join(lines) + "\n")
    return run_cors(["test", "a.expect", *options], folder)


def test_what_holds(tmp_path: Path) -> None:
    done = judge(tmp_path, ["# a comment", "", "policy: cors.yaml", *HOLDING])
    assert (done.code, done.stderr) == (0, "")
    assert f"{len(HOLDING)} hold, 0 do not" in done.stdout


@pytest.mark.parametrize("line, named", FAILING)
def test_what_does_not_hold(line: str, named: str, tmp_path: Path) -> None:
    done = judge(tmp_path, [line], "--json")
    judged = json.loads(done.stdout)["expectations"][0]
    assert (done.code, judged["verdict"]) == (1, "fails")
    assert any(named in failure["fix"] for failure in judged["failures"])


@pytest.mark.parametrize("line, place, words", [
    (f"{APP}/ may GET /", "1:1", f"write: {APP}"),
    (f"{APP} mya GET /", "1:25", "write: may"),
    (f"{APP} may DELTE /", "1:29", "write: DELETE"),
    (f"{APP} may patch /", "1:29", "write: PATCH"),
    (f"{APP} may GET /a/../b", "1:33", "servers read in different ways"),
    (f"{APP} may GET / with cookie", "1:40", "write: credentials"),
    (f"{APP} may GET / with host", "1:40", "never let script set"),
    (f"{APP} may GET / and read set-cookie", "1:44", "never let script read"),
    (f"{APP} may GET / \x1b[2J", "1:35", "control character"),
    ("https://*.example.com may not", "1:1", "pattern"),
])
def test_problems_have_places(line: str, place: str, words: str, tmp_path: Path) -> None:
    done = judge(tmp_path, [line])
    assert (done.code, done.stdout) == (2, "")
    assert f"a.expect:{place}: error: " in done.stderr and words in done.stderr
    assert "\x1b" not in done.stderr


def test_every_problem_is_reported(tmp_path: Path) -> None:
    done = judge(tmp_path, [f"{APP} mya GET /", f"{APP} may CONNECT /x with host"])
    assert (done.code, done.stderr.count(": error: ")) == (2, 3)


def test_tap_is_tap(tmp_path: Path) -> None:
    done = judge(tmp_path, [HOLDING[0], f"{APP} may DELETE /api/x"],
                 "--format", "tap")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["TAP version 14", "1..2"]
    assert lines[2].startswith("ok 1 - ") and lines[3].startswith("not ok 2 - ")
    assert (lines[4], lines[-1]) == ("  ---", "  ...")
    diagnostics = yaml.safe_load("\n".join(lines[5:-1]))
    assert diagnostics["line"] == 2
    assert "allow_methods" in diagnostics["failures"][0]["fix"]


def test_junit_is_xml(tmp_path: Path) -> None:
    odd = f"{APP} may GET /x?a=<&\"'>é"
    suite = ET.fromstring(judge(tmp_path, [HOLDING[0], odd], "--format", "junit").stdout)[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite] == [HOLDING[0], odd]


@pytest.mark.parametrize("options", [[], ["--format", "xml"], ["--browser", "lynx"],
                                     ["--url", "ftp://a"], ["--policy", "none.yaml"]])
def test_wrong_usage(options: list[str], tmp_path: Path) -> None:
    arguments = ["test", *(["a.expect", *options] if options else [])]
    (tmp_path / "a.expect").write_text(HOLDING[0])
    assert run_cors(arguments, tmp_path).code == 2


def test_the_demo_holds() -> None:
    done = run_cors(["test", "demo/cors.expect"], ROOT)
    assert (done.code, done.stderr) == (0, "")


def test_a_live_server(tmp_path: Path) -> None:
    (tmp_path / "live.yaml").write_text(POLICY)
    server = f"cors_policy {tmp_path}/live.yaml; location / {{ return 200 ok; }}"
    with NginxServer(tmp_path, server) as nginx:
        url = f"http://127.0.0.1:{nginx.port}"
        done = judge(tmp_path, HOLDING[3:], "--url", url)
        assert (done.code, done.stderr) == (0, "")
        unsent = judge(tmp_path, [f"{APP} may PUT /api/x", HOLDING[3]], "--url", url, "--json")
        verdicts = [judged["verdict"] for judged in json.loads(unsent.stdout)["expectations"]]
        assert (unsent.code, verdicts) == (0, ["not-judged", "holds"])
        assert judge(tmp_path, HOLDING, "--url", url, "--send").code == 0
        assert judge(tmp_path, [f"{APP} may DELETE /api/x"], "--url", url).code == 1
        sent = [line for line in nginx.access_lines(1) if line.startswith("DELETE ")]
        assert sent == []


def test_no_server(tmp_path: Path) -> None:
    assert judge(tmp_path, HOLDING, "--url", f"http://127.0.0.1:{free_port()}").code == 3
