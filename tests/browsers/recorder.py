# SPDX-License-Identifier: MIT
"""Plays scenarios to real browsers and keeps what they did.

Each browser plays everything twice, each time started anew. What did not come out the same both
times, or could not be told apart, is thrown out.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from tests.browsers.chromium_console import chromium
from tests.browsers.console_lines import ConsoleLines
from tests.browsers.firefox_console import firefox
from tests.browsers.http2_front import http2_front
from tests.browsers.scripted_server import Script, ScriptedServer

Json = dict[str, Any]

LANES = 6
LANES_WHERE_CALLS_WAIT = 24  # they have nothing to do most of the time
SECONDS_WITHOUT_REPORT_MAX = 60.0
LOOK_SECONDS = 0.1
RUNS = 2


class Window(Protocol):
    """A browser with one page open, whose console is read."""

    async def open(self, url: str) -> str: ...
    async def close(self, page: str) -> None: ...
    async def flush(self) -> None: ...
    async def version(self) -> str: ...


Opener = Callable[[ConsoleLines], AbstractAsyncContextManager[Window]]

BROWSERS: dict[str, Opener] = {"chromium": chromium, "firefox": firefox}


@dataclass(frozen=True)
class Recorded:
    versions: dict[str, str]
    scenarios: list[Json]  # with what was observed
    thrown_out: Counter[str]  # how many, by browser and reason


@dataclass(frozen=True)
class Run:
    version: str
    observed: dict[str, Json]  # by scenario
    unclear: set[str]  # scenarios with console lines after their end


def make_certificate(folder: Path) -> Path:
    """A certificate for all names in use, with its key in the same file."""
    made = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost",
         "-keyout", str(made), "-out", str(folder / "public.pem")],
        check=True, capture_output=True)
    with made.open("a") as file:
        file.write((folder / "public.pem").read_text())
    return made


def sessions(scenarios: list[Json]) -> Iterator[tuple[str, Json]]:
    """Pages to open, one after the other: their URL, and what each is to do."""
    def key(scenario: Json) -> tuple[str, str, bool]:
        waits = any(call.get("wait") for call in scenario["fetches"])
        return scenario.get("top", scenario["page"]), scenario.get("frame", "page"), waits

    for (top, frame, waits), group in groupby(sorted(scenarios, key=key), key):
        lanes = LANES_WHERE_CALLS_WAIT if waits else LANES
        yield f"{top}/@top.html", {"frame": frame, "lanes": lanes, "scenarios": [
            {"id": scenario["id"], "fetches": scenario["fetches"]} for scenario in group]}


async def play(window: Window, script: Script, url: str, jobs: Json) -> None:
    finished = asyncio.Event()
    script.jobs, script.finished = jobs, finished.set
    page = await window.open(url)
    reported, since = len(script.reports), time.monotonic()
    while not finished.is_set():
        await asyncio.sleep(LOOK_SECONDS)
        await window.flush()
        if len(script.reports) > reported:
            reported, since = len(script.reports), time.monotonic()
        elif time.monotonic() - since > SECONDS_WITHOUT_REPORT_MAX:
            raise TimeoutError(f"{url} does not go on; {reported} scenarios were done")
    await asyncio.sleep(LOOK_SECONDS)
    await window.flush()
    await window.close(page)


def observed(script: Script, lines: ConsoleLines, scenario: Json) -> Json:
    name = scenario["id"]
    fetches = [{**fetch, "console": lines.lines(name, number)}
               for number, fetch in enumerate(script.reports[name])]
    return {"fetches": fetches, "sent": script.sent[name]}


async def run_once(browser: str, scenarios: list[Json], certificate: Path) -> Run:
    script, lines = Script(), ConsoleLines()
    script.load(scenarios)
    async with ScriptedServer(script, certificate), BROWSERS[browser](lines) as window:
        for url, jobs in sessions(scenarios):
            await play(window, script, url, jobs)
        version = await window.version()
    return Run(version, {scenario["id"]: observed(script, lines, scenario)
                         for scenario in scenarios},
               {scenario["id"] for scenario in scenarios if lines.came_late(scenario["id"])})


def why_thrown_out(name: str, runs: list[Run]) -> str | None:
    if any(name in run.unclear for run in runs):
        return "console lines after the last call"
    if any(fetch.get("result") == "hangs" for run in runs
           for fetch in run.observed[name]["fetches"]):
        return "a call that did not end"
    if any(run.observed[name] != runs[0].observed[name] for run in runs):
        return "two runs differ"
    return None


async def record_browser(browser: str, scenarios: list[Json], certificate: Path) -> list[Run]:
    runs = []
    for _ in range(RUNS):
        since = time.monotonic()
        runs.append(await run_once(browser, scenarios, certificate))
        seconds = time.monotonic() - since
        print(f"{runs[-1].version}: {len(scenarios)} scenarios in {seconds:.0f} s",
              file=sys.stderr, flush=True)
    return runs


async def record(scenarios: list[Json], browsers: list[str]) -> Recorded:
    thrown_out: Counter[str] = Counter()
    with TemporaryDirectory(prefix="cors-record-") as folder:
        certificate = make_certificate(Path(folder))
        with http2_front(Path(folder), certificate):
            runs = {browser: await record_browser(browser, scenarios, certificate)
                    for browser in browsers}
    kept = []
    for scenario in scenarios:
        reasons = {browser: reason for browser in browsers
                   if (reason := why_thrown_out(scenario["id"], runs[browser])) is not None}
        thrown_out.update(f"{browser}: {reason}" for browser, reason in reasons.items())
        if not reasons:
            kept.append({**scenario, "observed": {
                browser: runs[browser][0].observed[scenario["id"]] for browser in browsers}})
    return Recorded({browser: runs[browser][0].version for browser in browsers}, kept, thrown_out)
