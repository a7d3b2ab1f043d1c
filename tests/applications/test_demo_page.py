# SPDX-License-Identifier: MIT
"""The demo of `make run` and its page, opened in real Chromium and Firefox.

The page's files come from the running demo through a server that adds an observer, which reports
what a person would read.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from page_server import PageHandler, serving_pages
from shop_gateway import ROOT, cors_command, environment
from tests.support.browser import BROWSERS, opened
from tests.support.started import Started, processes_of_session

START_SECONDS = 60.0
PAGES_SECONDS = 90.0
END_SECONDS = 20.0
TRIES = 5
READY = "Ctrl-C ends it."
LISTED, UNLISTED = "localhost", "127.0.0.1"
OBSERVER = b'<script type="module" src="/demo_observer.mjs"></script>\n'

LET_THROUGH, BLOCKED = "Let through", "Blocked"
VERDICTS = {
    "List the to-dos": LET_THROUGH,
    "Add one": LET_THROUGH,
    "Replace one": LET_THROUGH,
    "Change one with PATCH": BLOCKED,
    "Send a header that is not listed": BLOCKED,
    "Count visits in a cookie": LET_THROUGH,
    "List with cookies": BLOCKED,
    "An error of the application": LET_THROUGH,
    "The administrators' path": BLOCKED,
}


@contextmanager
def running_demo(folder: Path) -> Iterator[Started]:
    """The demo, ready. It prefers port 8080: another suite may take that at the same moment."""
    for attempt in range(TRIES):
        with Started([str(ROOT / "demo" / "run")], folder / "demo.log", ROOT,
                     {**environment(), "CORS_COMMAND": cors_command()}) as process:
            try:
                process.wait_until(lambda: READY in process.said(), "the demo", START_SECONDS)
            except ChildProcessError:
                if "in use" not in process.said() or attempt == TRIES - 1:
                    raise
                continue
            yield process
            return


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with running_demo(tmp_path_factory.mktemp("demo")) as process:
        yield process


def page_of(demo: Started) -> str:
    found = re.search(r"the page +(http://localhost:\d+)", demo.said())
    assert found is not None, demo.said()
    return found[1]


def observing(page: str) -> type[PageHandler]:
    """A handler for the demo's page at that URL, with the observer in it."""

    class Observed(PageHandler):
        def do_GET(self) -> None:
            if self.path == "/demo_observer.mjs":
                super().do_GET()
                return
            with urllib.request.urlopen(page + self.path) as response:
                body = response.read() + (OBSERVER if self.path == "/" else b"")
                kind = response.headers["Content-Type"]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Observed


Seen = dict[str, dict[str, str]]


@pytest.fixture(scope="module", params=BROWSERS, ids=[browser.name for browser in BROWSERS])
def seen(request: pytest.FixtureRequest, demo: Started) -> Seen:
    """What stands on the page, by the host that it was opened on, by call."""
    with serving_pages(observing(page_of(demo))) as pages:
        plan = {host: pages.origin(host) + "/" for host in (LISTED, UNLISTED)}
        with opened(request.param, pages.begin(plan)) as process:
            process.wait_until(pages.all_seen, "the demo's page", PAGES_SECONDS)
        return pages.seen


def verdicts(texts: dict[str, str]) -> dict[str, str]:
    return {name: text.splitlines()[0].partition(": ")[2]
            for name, text in texts.items() if name != "summary"}


def test_page_shows_what_a_listed_origin_may(seen: Seen) -> None:
    assert verdicts(seen[LISTED]) == VERDICTS
    assert seen[LISTED]["summary"] == "5 let through, 4 blocked."


def test_page_shows_that_an_unlisted_origin_may_nothing(seen: Seen) -> None:
    assert verdicts(seen[UNLISTED]) == {name: BLOCKED for name in VERDICTS}
    assert seen[UNLISTED]["summary"] == "0 let through, 9 blocked."


def test_page_shows_what_script_could_read(seen: Seen) -> None:
    listing = seen[LISTED]["List the to-dos"]
    assert re.search(r"x-total-count: \d", listing) is not None
    assert "x-internal-node:" not in listing
    assert "the database is on holiday" in seen[LISTED]["An error of the application"]
    assert "root" not in seen[LISTED]["The administrators' path"]


def printed_commands(demo: Started) -> list[list[str]]:
    lines = [line.strip() for line in demo.said().splitlines()]
    return [shlex.split(line) for line in lines if line.startswith("curl ")]


def test_printed_curl_lines_work(demo: Started) -> None:
    answers = [subprocess.run([*command, "--silent"], check=True, capture_output=True, text=True,
                              timeout=END_SECONDS).stdout.lower()
               for command in printed_commands(demo)]
    listed, preflight, near_miss = answers
    origin = page_of(demo)
    assert listed.startswith("http/1.1 200")
    assert f"access-control-allow-origin: {origin}\n" in listed
    assert preflight.startswith("http/1.1 204")
    assert "access-control-allow-methods: put, delete\n" in preflight
    assert near_miss.startswith("http/1.1 200")
    assert "access-control-" not in near_miss
    demo.wait_until(lambda: "nearest allowed: http://localhost:" in demo.said(),
                    "the near miss in the log", END_SECONDS)


@dataclass(frozen=True)
class Ending:
    number: signal.Signals
    whole_group: bool  # Ctrl-C goes to all the processes of the terminal


@pytest.mark.parametrize("ending", [Ending(signal.SIGINT, True), Ending(signal.SIGTERM, False)],
                         ids=["ctrl-c", "sigterm"])
def test_all_that_was_started_ends(tmp_path: Path, ending: Ending) -> None:
    with running_demo(tmp_path) as process:
        session = process.process.pid
        assert len(processes_of_session(session)) > 2
        (os.killpg if ending.whole_group else os.kill)(session, ending.number)
        process.wait_until(process.ended, "the end of the demo", END_SECONDS)
        assert process.process.returncode == 0
        assert processes_of_session(session) == []
