# SPDX-License-Identifier: MIT
"""A run that is ended half way, and what goes on from there."""

from __future__ import annotations

import fcntl
import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audited_hosts import audit, trusts_anybody, trusts_nobody
from tests.support.cors_command import COMMAND
from tests.support.https_server import Answer, HttpsServer, Request, audit_arguments
from tests.support.started import Started

COUNT, FREE = 12, 5  # targets, and those that are answered at once
SECONDS = 20.0


class Gate:
    """Lets requests for the first paths through, and the others once it is open."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def __call__(self, request: Request) -> Answer:
        number = request.path.removeprefix("/").partition("/")[0]
        if number.isdigit() and int(number) >= FREE:
            self.opened.wait(SECONDS)
        return (trusts_anybody if number == "2" else trusts_nobody)(request)


@pytest.fixture(name="gate")
def make_gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture(name="gated")
def serve(gate: Gate, tmp_path: Path) -> Iterator[HttpsServer]:
    hosts = {f"h{number}.shop-one.com": gate for number in range(COUNT)}
    with HttpsServer(hosts, tmp_path) as server:
        yield server
        gate.opened.set()


def named(server: HttpsServer) -> list[str]:
    return [server.url(f"h{number}.shop-one.com", f"/{number}") for number in range(COUNT)]


def seen(server: HttpsServer, number: int) -> int:
    return len(server.seen(f"h{number}.shop-one.com"))


def start(server: HttpsServer, folder: Path, *options: str) -> Started:
    return Started([COMMAND, "audit", *named(server), *audit_arguments(server), *options],
                   folder / "said.log", folder=folder)


def lines_of(journal: Path) -> list[str]:
    return journal.read_text().splitlines() if journal.exists() else []


def until_free_are_done(run: Started, journal: Path) -> None:
    run.wait_until(lambda: len(lines_of(journal)) == 1 + FREE, "the first targets done", SECONDS)


def outcomes(text: str) -> list[tuple[str, str]]:
    return [(target["url"], target["outcome"]) for target in json.loads(text)["targets"]]


def expected(server: HttpsServer, count: int = COUNT) -> list[tuple[str, str]]:
    return [(url, "findings" if number == 2 else "clean")
            for number, url in enumerate(named(server)[:count])]


def cut_last_line(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-7])


def test_a_run_that_was_killed_goes_on(gated: HttpsServer, gate: Gate, tmp_path: Path) -> None:
    journal = tmp_path / "run.journal"
    with start(gated, tmp_path, "--resume", "run.journal", "--json",
               "--sarif", "report.sarif") as run:
        until_free_are_done(run, journal)
        run.process.kill()
        run.process.wait(SECONDS)
    assert not (tmp_path / "report.sarif").exists()
    cut_last_line(journal)
    torn = json.loads(lines_of(journal)[-2])["result"]["url"]
    done = {json.loads(line)["result"]["url"] for line in lines_of(journal)[1:-1]}
    assert torn in done and len(done) == FREE - 1
    gated.forget()
    gate.opened.set()
    resumed = audit(gated, tmp_path, *named(gated), "--resume", "run.journal", "--json",
                    "--sarif", "report.sarif")
    assert resumed.code == 1, resumed.stderr
    assert outcomes(resumed.stdout) == expected(gated)
    asked = [url for number, url in enumerate(named(gated)) if seen(gated, number) > 0]
    assert set(asked) == set(named(gated)) - done
    assert len(lines_of(journal)) == 1 + COUNT
    assert json.loads((tmp_path / "report.sarif").read_text())["version"] == "2.1.0"


def test_a_run_that_is_done_asks_nobody(gated: HttpsServer, gate: Gate, tmp_path: Path) -> None:
    gate.opened.set()
    first = audit(gated, tmp_path, *named(gated), "--resume", "run.journal", "--json")
    gated.forget()
    again = audit(gated, tmp_path, *named(gated), "--resume", "run.journal", "--json")
    assert (again.code, again.stdout, again.stderr) == (first.code, first.stdout, first.stderr)
    assert not any(seen(gated, number) for number in range(COUNT))
    # Other targets, in another order: what is known is told, what is not is asked.
    some = [*reversed(named(gated)[:3]), gated.url("h9.shop-one.com", "/new")]
    third = audit(gated, tmp_path, *some, "--resume", "run.journal", "--json")
    assert [url for url, _ in outcomes(third.stdout)] == some
    assert [number for number in range(COUNT) if seen(gated, number)] == [9]


def test_results_are_told_in_order_as_they_come(gated: HttpsServer, gate: Gate,
                                                tmp_path: Path) -> None:
    order = [*named(gated)[:2], named(gated)[FREE], *named(gated)[2:FREE]]
    with Started([COMMAND, "audit", *order, *audit_arguments(gated), "--jsonl", "--resume",
                  "run.journal"], tmp_path / "said.log", folder=tmp_path) as run:
        until_free_are_done(run, tmp_path / "run.journal")
        run.wait_until(lambda: run.said().count("\n") == 2, "the first two results", SECONDS)
        gate.opened.set()
        run.wait_until(lambda: run.said().count("\n") == len(order), "all results", SECONDS)
        run.process.wait(SECONDS)
    assert [json.loads(line)["url"] for line in run.said().splitlines()] == order


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143),
                                          (signal.SIGHUP, 129)])
@pytest.mark.parametrize("options", [[], ["--resume", "run.journal"]])
def test_a_run_that_is_interrupted(gated: HttpsServer, tmp_path: Path, number: int, code: int,
                                   options: list[str]) -> None:
    """What is known is told, and how to go on."""
    with start(gated, tmp_path, "--json", "--junit", "report.xml", *options) as run:
        run.wait_until(lambda: all(seen(gated, each) for each in range(COUNT)), "all asked",
                       SECONDS)
        if options:
            until_free_are_done(run, tmp_path / "run.journal")
        run.process.send_signal(number)
        assert run.process.wait(SECONDS) == code
    *said, sentence = run.said().splitlines()
    assert "--resume" in sentence and f"of {COUNT} targets" in sentence
    told = outcomes("\n".join(said))
    assert told == [each for each in expected(gated)[:FREE] if each in told]
    assert (tmp_path / "report.xml").read_text().rstrip().endswith(">")
    if options:
        assert len(told) == FREE and len(lines_of(tmp_path / "run.journal")) == 1 + FREE


def test_a_killed_run_leaves_old_reports_alone(gated: HttpsServer, tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text("old")
    with start(gated, tmp_path, "--html", "old.html", "--resume", "run.journal") as run:
        until_free_are_done(run, tmp_path / "run.journal")
        run.process.kill()
        run.process.wait(SECONDS)
    assert (tmp_path / "old.html").read_text() == "old"


def other_version(journal: Path) -> None:
    journal.write_text(journal.read_text().replace('"version":"', '"version":"9', 1))


def no_journal(journal: Path) -> None:
    journal.write_text("a diary\n")


def other_json(journal: Path) -> None:
    journal.write_text('{"targets":[]}\n')


def one_line_without_end(journal: Path) -> None:
    journal.write_text("precious")


def spoilt(journal: Path) -> None:
    first, second, *rest = journal.read_text().splitlines(keepends=True)
    journal.write_text(first + second[:20] + "\n" + "".join(rest))


def unchanged(_: Path) -> None:
    pass


@pytest.mark.parametrize("change, options, words", [
    (unchanged, ["--quick"], "another --quick"),
    (unchanged, ["-H", "X-Other: 1"], "another --header"),
    (unchanged, ["--origin", "https://app.shop-one.com"], "another --origin"),
    (other_version, [], "another version"),
    (no_journal, [], "no journal"),
    (other_json, [], "no journal"),
    (one_line_without_end, [], "no journal"),
    (spoilt, [], "line 2"),
])
def test_journals_that_are_refused(server: HttpsServer, tmp_path: Path,
                                   change: Callable[[Path], None], options: list[str],
                                   words: str) -> None:
    journal = tmp_path / "run.journal"
    urls = [server.url("clean.shop-one.com"), server.url("other.shop-one.com")]
    given = ["-H", "Authorization: Bearer abc"]
    audit(server, tmp_path, *urls, *given, "--resume", "run.journal")
    change(journal)
    before = journal.read_bytes()
    server.forget()
    done = audit(server, tmp_path, *urls, *given, *options, "--resume", "run.journal")
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr and "run.journal" in done.stderr
    assert journal.read_bytes() == before
    assert not server.seen("clean.shop-one.com")


def test_a_new_token_is_no_other_run(server: HttpsServer, tmp_path: Path) -> None:
    urls = [server.url("clean.shop-one.com")]
    for token in ("one", "two"):
        done = audit(server, tmp_path, *urls, "-H", f"Authorization: Bearer {token}",
                     "--resume", "run.journal")
        assert done.code == 0
    tokens = {request.first("Authorization") for request in server.seen("clean.shop-one.com")}
    assert "Bearer two" not in tokens


@pytest.mark.parametrize("there", ["", '{"jour', '{"journal":"cors audit","version":"0'])
def test_a_journal_that_was_hardly_begun(server: HttpsServer, tmp_path: Path,
                                         there: str) -> None:
    (tmp_path / "run.journal").write_text(there)
    done = audit(server, tmp_path, server.url("clean.shop-one.com"), "--resume", "run.journal")
    assert done.code == 0, done.stderr
    assert len(lines_of(tmp_path / "run.journal")) == 2


def test_a_journal_in_use(server: HttpsServer, tmp_path: Path) -> None:
    with (tmp_path / "run.journal").open("w") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        done = audit(server, tmp_path, server.url("clean.shop-one.com"), "--resume",
                     "run.journal")
    assert done.code == 2 and "in use" in done.stderr
    assert not server.seen("clean.shop-one.com")


def test_a_journal_that_cannot_be_kept(server: HttpsServer, tmp_path: Path) -> None:
    url = server.url("clean.shop-one.com")
    for path in ("/dev/full", "no/such/folder", str(tmp_path)):
        done = audit(server, tmp_path, url, "--resume", path)
        assert done.code == 2 and "journal" in done.stderr and path in done.stderr
    assert not server.seen("clean.shop-one.com")
