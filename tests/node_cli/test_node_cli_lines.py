# SPDX-License-Identifier: MIT
"""decide and simulate of the package for Node: line for line what the native command answers."""

from __future__ import annotations

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import Case, load_corpus
from tests.node_cli.cli_pair import PROGRAM, Use, check_all_same, check_same
from tests.node_cli.hostile_lines import WRITTEN, mutations
from tests.traps.trap_corpus import read_all

CORPUS = load_corpus()
BROWSERS = ("standard", "chromium", "firefox", "safari")
POLICY = """policies:
  - path: /api/*
    allow_origins: [https://app.example, "https://*.app.example"]
    allow_methods: [PUT]
    allow_headers: ["*"]
    allow_credentials: true
"""
REQUEST: dict[str, Any] = {"id": [1, "é"], "method": "OPTIONS", "path": "/api/x", "headers": [
    ["Origin", "https://app.example"], ["Access-Control-Request-Method", "PUT"],
    ["Access-Control-Request-Headers", "x-a, x-é"]]}
SCENARIO: dict[str, Any] = {"id": {"a": 1.5}, "page": "https://app.example", "fetches": [
    {"url": "https://api.example/x", "method": "PUT", "headers": [["x-a", "é"]], "wait": 3}],
    "server": {"https://api.example/x": {"preflight": {"status": 204, "headers": [
        ["Access-Control-Allow-Origin", "*"]]}, "response": {"status": 200}}}}
SECONDS = 30.0


def lines_of(values: list[Any]) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def request(case: Case) -> dict[str, Any]:
    return {"id": case.name, "method": case.request.method.decode(), "path": case.path.decode(),
            "headers": [[name.decode(), value.decode()] for name, value in case.request.fields]}


def test_the_corpus(tmp_path: Path) -> None:
    uses: list[Use] = []
    for policy, cases in CORPUS.by_policy("decide"):
        home = tmp_path / str(len(uses))
        home.mkdir()
        for name, text in {**policy.files, "cors.yaml": policy.yaml}.items():
            (home / name).write_text(text)
        uses.append(Use(["decide", "--policy", f"{home.name}/cors.yaml", "--env",
                         policy.environment], lines_of([request(case) for case in cases]),
                        dict(policy.variables)))
    assert len(uses) > 50
    check_all_same(uses, tmp_path)


@pytest.mark.parametrize("browser", BROWSERS)
def test_the_traps(browser: str, tmp_path: Path) -> None:
    lines = lines_of([case.scenario for case in read_all()])
    assert check_same(["simulate", "--browser", browser], tmp_path, stdin=lines).code == 0


REFUSED = [REQUEST | {"method": 1}, REQUEST | {"path": None}, REQUEST | {"headers": None},
           REQUEST | {"headers": {}}, REQUEST | {"headers": [["a"]]}, {"method": "GET"},
           {"path": "/"}, REQUEST | {"own_origin": "https://app.example"},
           REQUEST | {"own_origin": 5}, {"method": "GET", "path": "/api/"},
           SCENARIO | {"fetches": [{"url": "https://x.example/", "wait": 1.0}]},
           SCENARIO | {"server": {"https://api.example/x": {"preflight": {"status": 204.0}}}}]


@pytest.mark.parametrize("command", ["decide", "simulate"])
def test_hostile_lines(command: str, tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    good = [json.dumps(value, ensure_ascii=False).encode() for value in (REQUEST, SCENARIO)]
    lines = [*WRITTEN, *good, *(json.dumps(value).encode() for value in REFUSED),
             *mutations([*WRITTEN, *good * 10], 6000, seed=17)]
    arguments = ["decide", "--policy", "cors.yaml"] if command == "decide" else ["simulate"]
    done = check_same(arguments, tmp_path, stdin=b"\n".join(lines))
    assert done.code == 0
    errors = {json.loads(line).get("error", "").partition(" near ")[0]
              for line in done.stdout.splitlines()}
    assert len(errors) > 50


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    line = json.dumps(SCENARIO).encode()
    long = b"x" * ((64 << 20) + 1)
    check_same(["simulate"], tmp_path, stdin=b"\n".join([line, long, line, long]))


def test_a_line_is_answered_before_the_next_comes(tmp_path: Path) -> None:
    with subprocess.Popen(["node", str(PROGRAM), "simulate"], cwd=tmp_path, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            for number in range(3):
                process.stdin.write(json.dumps(SCENARIO | {"id": number}).encode() + b"\n")
                process.stdin.flush()
                assert select.select([process.stdout], [], [], SECONDS)[0], "no answer"
                assert json.loads(process.stdout.readline())["id"] == number
            process.stdin.close()
            assert process.wait(SECONDS) == 0
        finally:
            process.kill()


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    readable, writable = os.pipe()
    os.close(readable)
    try:
        done = subprocess.run(["node", str(PROGRAM), "simulate"], cwd=tmp_path, stdout=writable,
                              input=lines_of([SCENARIO] * 50), stderr=subprocess.PIPE,
                              timeout=SECONDS)
    finally:
        os.close(writable)
    assert done.returncode == 3
    assert done.stderr.decode() == \
        "libcors simulate: standard input or output failed: Broken pipe\n"
