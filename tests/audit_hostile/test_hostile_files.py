# SPDX-License-Identifier: MIT
"""Hostile files: a sentence about them or the targets that they do name, and nothing sent."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.audit_hostile.hostile_files import REFUSED, USABLE, har, request
from tests.support.cors_command import Finished, run_cors
from tests.support.https_server import Answer, HttpsServer, audit_arguments

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
COMPLAINT_MAX = 2000


def audit(file: Path, option: str, content: str | bytes, *more: str) -> Finished:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    needs_url = option in ("--baseline", "--resume")
    return run_cors(["audit", *(["https://a.test/"] if needs_url else []), option, str(file),
                     *more], file.parent)


@pytest.mark.parametrize("name", USABLE)
def test_what_is_usable_is_used(name: str, tmp_path: Path) -> None:
    option, content = USABLE[name]
    done = audit(tmp_path / "given", option, content, "--dry-run")
    assert done.code == 0, done.stderr
    assert "https://a.test/" in done.stdout
    assert CONTROL.search(done.stdout + done.stderr) is None


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_is_refused(name: str, tmp_path: Path) -> None:
    option, content, words = REFUSED[name]
    file = tmp_path / "given"
    done = audit(file, option, content)
    assert done.code in (2, 3), done.stdout
    assert done.stderr.startswith("cors audit: ") and words in done.stderr
    assert len(done.stderr) < COMPLAINT_MAX
    assert CONTROL.search(done.stderr) is None
    assert file.read_bytes() == (content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("name, value", [
    ("X", "a\r\nInjected: b"), ("X", "a\nInjected: b"), ("X\r\nInjected", "b"), ("X", "a\0b")])
def test_a_recorded_header_injects_none(name: str, value: str, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with HttpsServer({"a.test": lambda _: Answer()}, folder) as server:
        entry = request(url=server.url("a.test"), headers=[{"name": name, "value": value}])
        done = audit(tmp_path / "given", "--har", har(entry), "--json", *audit_arguments(server))
        assert server.seen("a.test") == []
    target, = json.loads(done.stdout)["targets"]
    assert (target["outcome"], done.code) == ("inconclusive", 3)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> HttpsServer:
    return HttpsServer({"a.test": lambda _: Answer(200, [("Access-Control-Allow-Origin", "*")])},
                       tmp_path_factory.mktemp("server"))


def test_a_journal_cut_anywhere(server: HttpsServer, tmp_path: Path) -> None:
    """Goes on, or refuses and leaves it as it is; never a target less, nor one twice."""
    journal = tmp_path / "journal"
    with server:
        urls = [server.url("a.test", f"/{number}") for number in range(3)]
        arguments = ["audit", *urls, "--json", "--resume", str(journal),
                     *audit_arguments(server)]
        whole = run_cors(arguments, tmp_path)
        kept = journal.read_bytes()
        assert whole.code == 0, whole.stderr
        for size in (*range(0, len(kept), len(kept) // 12), len(kept) - 1):
            journal.write_bytes(kept[:size])
            done = run_cors(arguments, tmp_path)
            assert done.code == 0, (size, done.stderr)
            assert [target["url"] for target in json.loads(done.stdout)["targets"]] == urls
            assert journal.read_bytes().count(b"\n") == kept.count(b"\n")


@pytest.mark.parametrize("change", [b"\0", b"\xff", b"\n", b"{", b'"', b"9" * 400])
def test_a_journal_changed_in_the_middle(change: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    journal = tmp_path / "journal"
    with HttpsServer({"a.test": lambda _: Answer()}, folder) as server:
        arguments = ["audit", server.url("a.test"), "--json", "--resume", str(journal),
                     *audit_arguments(server)]
        assert run_cors(arguments, tmp_path).code == 0
        kept = journal.read_bytes()
        for place in range(0, len(kept), max(1, len(kept) // 15)):
            changed = kept[:place] + change + kept[place + 1:]
            journal.write_bytes(changed)
            done = run_cors(arguments, tmp_path)
            assert done.code in (0, 2, 3), (place, done.stderr)
            refused = done.code != 0
            assert not refused or done.stderr.startswith("cors audit: the journal "), done.stderr
            assert not refused or journal.read_bytes() == changed
