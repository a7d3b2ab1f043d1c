# SPDX-License-Identifier: MIT
"""Measures what it costs nginx to take a new policy of a million origins, again and again."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rounds import progress
from section import Section, Verdict

from tests.nginx_live.live_load import Outcome, Timeline, load
from tests.nginx_live.live_nginx import (LOCATION, Compiled, compile_policy, in_force,
                                         policy_memories, put, wait_until_in_force)
from tests.support.nginx_server import NginxServer

TARGETS = ["cors", "ngx_http_cors_module.so"]

ORIGINS = 1_000_000
SWAPS = 100
WORKERS = 2
CLIENTS = 4

NOTICED_SECONDS = 1
HELD_UP_MILLISECONDS = 1

HELD_UP = re.compile(r'cors: changing to the new "[^"]+" held this worker up for (\d+) us at most')


@dataclass
class Swaps:
    """Swaps under load, one after the other."""
    origins: int
    file_bytes: int
    load: Outcome = field(default_factory=Outcome)
    seconds: list[float] = field(default_factory=list)  # from the rename to in force everywhere
    held_up_us: list[int] = field(default_factory=list)  # of each worker in each swap
    memory_bytes: list[int] = field(default_factory=list)  # that policies have after each swap


def swap_once(nginx: NginxServer, live: Path, compiled: Compiled, timeline: Timeline) -> float:
    after = len(in_force(nginx, live))
    beside = live.with_name("beside.corsc")
    shutil.copyfile(compiled.file, beside)
    number = timeline.begin(compiled.mark)
    began = time.monotonic()
    os.replace(beside, live)
    wait_until_in_force(nginx, live, compiled, after)
    took = time.monotonic() - began
    timeline.settle(number)
    return took


def swap_under_load(folder: Path, count: int) -> Swaps:
    progress("compiling a million origins …")
    policies = [compile_policy(folder, f"million-{number}", ORIGINS - 2) for number in range(2)]
    live = folder / "live.corsc"
    put(policies[0].file, live)
    swaps = Swaps(policies[0].entries, live.stat().st_size)
    timeline = Timeline(policies[0].mark)
    (folder / "nginx").mkdir()
    with NginxServer(folder / "nginx", LOCATION % live, workers=WORKERS) as nginx:
        wait_until_in_force(nginx, live, policies[0], 0)
        marks = [compiled.mark for compiled in policies]
        with load(nginx.port, timeline, marks, CLIENTS) as swaps.load:
            for number in range(1, count + 1):
                progress(f"swap {number} of {count} …")
                swaps.seconds.append(swap_once(nginx, live, policies[number % 2], timeline))
                swaps.memory_bytes.append(sum(policy_memories(min(nginx.workers())).values()))
        swaps.held_up_us = [int(took) for took in HELD_UP.findall(nginx.errors())]
    return swaps


def swaps_table(swaps: Swaps) -> list[str]:
    longest, median = max(swaps.seconds), statistics.median(swaps.seconds)
    held_up = swaps.held_up_us
    return [
        "| | |", "|---|---:|",
        f"| origins, bytes of the file | {swaps.origins:,}, {swaps.file_bytes:,} |",
        f"| swaps | {len(swaps.seconds)} |",
        f"| answers checked | {swaps.load.answers:,} |",
        f"| wrong answers | {len(swaps.load.wrong)} |",
        f"| failed requests | {len(swaps.load.failures)} |",
        f"| from the rename to in force in all workers | {1000 * median:.0f} ms, at most "
        f"{1000 * longest:.0f} ms |",
        f"| what a swap holds a worker up for | {statistics.median(held_up):.0f} µs, at most "
        f"{max(held_up)} µs |",
        f"| memory of policies after a swap | {swaps.memory_bytes[0]:,} bytes, at most "
        f"{max(swaps.memory_bytes):,} |",
    ]


def measure_swaps(quick: bool) -> Section:
    with tempfile.TemporaryDirectory(prefix="cors-bench.") as name:
        swaps = swap_under_load(Path(name), 5 if quick else SWAPS)
    return Section("Lists that live", [
        f"A compiled policy of {swaps.origins:,} origins, which nginx serves with {WORKERS} "
        f"workers, is replaced by another and back, while {CLIENTS} clients ask without a pause. "
        "Each answer must be that of a policy that may be in force at that moment: of the old or "
        "the new one until nginx says that all workers use the new one, and of the new one only "
        "from then on. What a swap holds a worker up for is the longest that its event loop spent "
        "on it in one go, as the worker itself measures it.", "",
        *swaps_table(swaps)],
        [Verdict("a million origins, swapped: wrong answers and failed requests",
                 len(swaps.load.wrong) + len(swaps.load.failures), 0),
         Verdict("a million origins, swapped: in force after (median)",
                 statistics.median(swaps.seconds), NOTICED_SECONDS, " s"),
         Verdict("a million origins, swapped: what it holds a worker up for",
                 max(swaps.held_up_us) / 1000, HELD_UP_MILLISECONDS, " ms")])
