# SPDX-License-Identifier: MIT
"""Measures the browser's half: calls through the C library, and scenarios through `cors simulate`.
"""
from __future__ import annotations

import json
import lzma
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from rounds import Rounds, progress
from section import Section, Verdict

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"

FETCHES = 1_000_000  # simple ones, a second
SIMULATED = 20_000  # lines a second


def measure_fetches(rounds: int) -> dict[str, Rounds]:
    progress("calls of a browser …")
    done = subprocess.run([BUILD / "bench" / "fetches", str(rounds)], check=True,
                          capture_output=True, text=True)
    return {line["fetch"]: Rounds(line["ns"])
            for line in map(json.loads, done.stdout.splitlines())}


def scenarios() -> list[bytes]:
    """The recorded scenarios of the tests, without what was recorded, until there are enough."""
    lines: list[bytes] = []
    for recording in sorted((ROOT / "tests" / "browsers" / "recordings").glob("*.jsonl.xz")):
        for text in lzma.open(recording, "rt", encoding="utf-8"):
            scenario = json.loads(text)
            if "fetches" in scenario:
                scenario.pop("observed", None)
                lines.append(json.dumps(scenario).encode() + b"\n")
    return [lines[i % len(lines)] for i in range(SIMULATED)]


def measure_simulate(rounds: int, lines: list[bytes]) -> dict[str, Rounds]:
    """Lines a second, by browser; input and output go through files, as large batches do."""
    values: dict[str, list[float]] = {"standard": [], "chromium": [], "firefox": []}
    with tempfile.TemporaryFile() as calls, tempfile.TemporaryFile() as answers:
        calls.write(b"".join(lines))
        for number in range(rounds):
            progress(f"cors simulate, round {number + 1} of {rounds} …")
            for browser, rates in values.items():
                calls.seek(0)
                answers.seek(0)
                start = time.monotonic()
                subprocess.run([BUILD / "cors", "simulate", "--browser", browser], stdin=calls,
                               stdout=answers, check=True)
                rates.append(SIMULATED / (time.monotonic() - start))
    return {browser: Rounds(rates) for browser, rates in values.items()}


def fetches_table(measured: dict[str, Rounds]) -> list[str]:
    lines = ["| call | time | a second |", "|---|---:|---:|"]
    for name, rounds in measured.items():
        lines.append(f"| {name} | {rounds.median:,.0f} ns {rounds.spread} "
                     f"| {1e9 / rounds.median:,.0f} |")
    return lines


def simulate_table(measured: dict[str, Rounds]) -> list[str]:
    lines = ["| `cors simulate --browser` | lines a second |", "|---|---:|"]
    for browser, rounds in measured.items():
        lines.append(f"| {browser} | {rounds.median:,.0f} {rounds.spread} |")
    return lines


def browser_section(quick: bool) -> Section:
    fetches = measure_fetches(5 if quick else 101)
    lines = scenarios()
    simulated = measure_simulate(3 if quick else 15, lines)
    progress("")
    return Section("The browser's half", [
        "One thread, the C library, from begin to result, URLs parsed; the preflight cache holds "
        "101 entries. `fetches.c` has the workloads.", "",
        *fetches_table(fetches), "",
        f"{SIMULATED:,} lines of JSON in and out, the scenarios of tests/browsers: on average "
        f"{statistics.mean(map(len, lines)):,.0f} bytes each.", "",
        *simulate_table(simulated)],
        [Verdict("browser's half, simple calls a second", 1e9 / fetches["simple GET"].median,
                 FETCHES, smaller=False),
         Verdict("`cors simulate`, lines a second",
                 min(rounds.median for rounds in simulated.values()), SIMULATED, smaller=False)])
