# SPDX-License-Identifier: MIT
"""How a run ends: exit codes, the baseline, where reports go."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from audited_hosts import audit, write_json
from tests.support.cors_command import run_cors
from tests.support.https_server import HttpsServer, audit_arguments
from tests.support.started import free_port

CLEAN, OPEN = "clean.shop-one.com", "open.shop-two.com"


def today(days: int = 0) -> str:
    return (datetime.now(timezone.utc) + timedelta(days)).strftime("%Y-%m-%d")


@pytest.mark.parametrize("targets, options, code", [
    ("clean", [], 0),
    ("clean open", [], 1),
    ("dead clean", [], 3),
    ("dead open clean", [], 1),
    ("open", ["--fail-on", "critical"], 1),
    ("clean", ["--fail-on", "info"], 0),
    ("open", ["--fail-on", "never"], 0),
    ("dead open", ["--fail-on", "never"], 3),
])
def test_exit_codes(server: HttpsServer, tmp_path: Path, targets: str, options: list[str],
                    code: int) -> None:
    urls = {"clean": server.url(CLEAN), "open": server.url(OPEN),
            "dead": f"https://localhost:{free_port()}/"}
    named = [urls[name] for name in targets.split()]
    done = audit(server, tmp_path, *named, "--cookie", "session=1", *options)
    assert done.code == code, done.stdout + done.stderr
    assert done.stderr == ""
    assert all(url in done.stdout for url in named)


def test_findings_are_accepted_until_a_day(server: HttpsServer, tmp_path: Path) -> None:
    urls = [server.url(OPEN), server.url(CLEAN)]
    first = audit(server, tmp_path, *urls, "--write-baseline", "known.json", "--json")
    assert first.code == 1
    findings = json.loads(first.stdout)["targets"][0]["findings"]
    known = json.loads((tmp_path / "known.json").read_text())["suppressions"]
    assert [each["fingerprint"] for each in known] == [each["fingerprint"] for each in findings]
    assert {each["until"] for each in known} <= {today(89), today(90)}
    assert {(each["url"], each["reason"]) for each in known} == {
        (urls[0], "accepted by --write-baseline")}

    second = audit(server, tmp_path, *urls, "--baseline", "known.json")
    assert (second.code, second.stderr) == (0, "")

    known[0]["until"] = today(-1)
    write_json(tmp_path / "known.json", {"suppressions": known})
    third = audit(server, tmp_path, *urls, "--baseline", "known.json")
    assert third.code == 1 and "expired" in third.stderr

    # Accepting everything anew takes what has expired along.
    fourth = audit(server, tmp_path, *urls, "--baseline", "known.json", "--write-baseline",
                   "known.json")
    assert fourth.code == 1
    assert audit(server, tmp_path, *urls, "--baseline", "known.json").code == 0


def test_nothing_found_is_an_empty_baseline(server: HttpsServer, tmp_path: Path) -> None:
    assert audit(server, tmp_path, server.url(CLEAN), "--write-baseline", "known.json").code == 0
    assert json.loads((tmp_path / "known.json").read_text()) == {"suppressions": []}
    assert audit(server, tmp_path, server.url(CLEAN), "--baseline", "known.json").code == 0


def looks_right(path: Path, text: str) -> bool:
    if path.suffix == ".sarif":
        return bool(json.loads(text)["version"] == "2.1.0")
    return text.startswith("<?xml" if path.suffix == ".xml" else "<!")


def test_all_reports_of_one_run(server: HttpsServer, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("old")
    (tmp_path / "link.xml").symlink_to(tmp_path / "a.xml")
    (tmp_path / "a.xml").write_text("old")
    done = audit(server, tmp_path, server.url(OPEN), "--sarif", "a.sarif", "--junit", "link.xml",
                 "--html", "a.html", "--jsonl")
    assert done.code == 1
    assert len(done.stdout.splitlines()) == 1
    for name in ("a.sarif", "a.xml", "a.html"):
        path = tmp_path / name
        assert looks_right(path, path.read_text()), name
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask(tmp_path)
    assert (tmp_path / "link.xml").is_symlink()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["a.html", "a.sarif", "a.xml", "link.xml", "umask"]


def umask(folder: Path) -> int:
    (folder / "umask").touch()
    return 0o666 & ~stat.S_IMODE((folder / "umask").stat().st_mode)


@pytest.mark.parametrize("option, name", [("--sarif", "a.sarif"), ("--junit", "a.xml"),
                                          ("--html", "a.html")])
def test_a_report_on_standard_output(server: HttpsServer, tmp_path: Path, option: str,
                                     name: str) -> None:
    done = audit(server, tmp_path, server.url(OPEN), option, "-")
    assert looks_right(Path(name), done.stdout)


def test_a_device_is_written_to_as_it_is(server: HttpsServer, tmp_path: Path) -> None:
    assert audit(server, tmp_path, server.url(CLEAN), "--html", "/dev/null").code == 0
    full = audit(server, tmp_path, server.url(CLEAN), "--html", "/dev/full")
    assert full.code == 3 and "/dev/full cannot be written" in full.stderr


def test_nobody_to_tell(server: HttpsServer, tmp_path: Path) -> None:
    """A run whose results go nowhere ends."""
    urls = [server.url(CLEAN, f"/{number}") for number in range(20)]
    with open("/dev/full", "wb") as full:
        done = run_cors(["audit", *audit_arguments(server), *urls, "--concurrency", "1",
                         "--jsonl"], tmp_path, stdout=full)
    assert done.code == 3 and "standard output cannot be written" in done.stderr
    assert "/19" not in [request.path for request in server.seen(CLEAN)]


def test_quick_asks_less(server: HttpsServer, tmp_path: Path) -> None:
    def requests(*options: str) -> int:
        done = audit(server, tmp_path, server.url(CLEAN), "--json", *options)
        target: dict[str, Any] = json.loads(done.stdout)["targets"][0]
        assert target["outcome"] == "clean"
        return int(target["requests"])
    assert requests("--quick") <= 6 < requests() <= 16
