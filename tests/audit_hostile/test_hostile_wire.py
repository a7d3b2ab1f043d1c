# SPDX-License-Identifier: MIT
"""Sixty servers that answer with random bytes: each is told of, and no output is broken by them."""

from __future__ import annotations

import json
import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit_hostile.random_wire import random_wire
from tests.support.cors_command import Finished, run_cors
from tests.support.https_server import HttpsServer, audit_arguments

SEEDS = range(700, 760)
REQUESTS_MAX = 40
TRIES_MORE = 10  # after a failure or a 429
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FILES = {"json": "out.json", "sarif": "out.sarif", "junit": "out.xml", "html": "out.html"}
OUTCOMES = {"clean", "findings", "inconclusive"}


class Run:
    """One audit of all of them, with every form of output."""

    def __init__(self, server: HttpsServer, folder: Path) -> None:
        self.server = server
        self.urls = [server.url(host, "/it's?$(id)&a=%0a") for host in HOSTS]
        self.folder = folder
        self.done = self.audit("--json", "--sarif", FILES["sarif"], "--junit", FILES["junit"],
                               "--html", FILES["html"], "--resume", "journal")
        (folder / FILES["json"]).write_text(self.done.stdout)

    def audit(self, *options: str) -> Finished:
        return run_cors(["audit", *self.urls, *audit_arguments(self.server), "--timeout", "2",
                         *options], self.folder)

    def text(self, form: str) -> str:
        return (self.folder / FILES[form]).read_text()


HOSTS = {f"h{seed}.test": random_wire(seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with HttpsServer(HOSTS, tmp_path_factory.mktemp("wire")) as server:
        yield Run(server, tmp_path_factory.mktemp("run"))


def test_every_server_is_told_of(run: Run) -> None:
    targets = json.loads(run.done.stdout)["targets"]
    assert [target["url"] for target in targets] == run.urls, run.done.stderr
    assert {target["outcome"] for target in targets} <= OUTCOMES
    assert run.done.code == 1


def test_none_is_asked_too_much(run: Run) -> None:
    for target in json.loads(run.done.stdout)["targets"]:
        assert target["requests"] <= REQUESTS_MAX, target
    for host in HOSTS:
        assert len(run.server.seen(host)) <= REQUESTS_MAX + TRIES_MORE, host


def test_findings_are_whole(run: Run) -> None:
    for target in json.loads(run.done.stdout)["targets"]:
        assert (target["outcome"] == "findings") == (target["findings"] != [])
        assert target["outcome"] != "inconclusive" or target["reason"]
        for finding in target["findings"]:
            assert all(finding[member] for member in (
                "rule", "severity", "message", "reasoning", "evidence", "fix", "reproduce",
                "fingerprint")), finding
            words = shlex.split(finding["reproduce"])
            assert words[:2] == ["cors", "check"]
            assert words[2].startswith(target["url"].partition("/it")[0]), words  # or redirected


def test_a_server_of_bytes_is_no_wrong_url(run: Run) -> None:
    reasons = {target["reason"] for target in json.loads(run.done.stdout)["targets"]}
    assert "not-http" in reasons
    assert "bad-url" not in reasons


@pytest.mark.parametrize("form", FILES)
def test_no_output_has_a_control(run: Run, form: str) -> None:
    assert CONTROL.search(run.text(form)) is None


def test_reports_can_be_read(run: Run) -> None:
    for form in ("junit", "html"):
        assert run.text(form)
    assert ET.fromstring(run.text("junit")).tag == "testsuites"
    assert json.loads(run.text("sarif"))["version"] == "2.1.0"
    assert "</script><b>" not in run.text("html")


@pytest.mark.parametrize("options", [(), ("--color", "always"), ("--jsonl",)])
def test_the_journal_gives_all_back(run: Run, options: tuple[str, ...]) -> None:
    """From the journal alone: nobody is asked again."""
    run.server.forget()
    done = run.audit("--resume", "journal", *options)
    assert done.code == run.done.code, done.stderr
    assert CONTROL.search(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)) is None
    assert all(host in done.stdout for host in HOSTS)
    assert not any(run.server.seen(host) for host in HOSTS)
