# SPDX-License-Identifier: MIT
"""The memory of a gateway's processes over time, and whether it grows.

What counts is the proportional set size (PSS): pages that processes share are counted once. What
they share on purpose (policies, counters, nginx's cache of TLS sessions) is counted apart from what
each has for itself: the cache fills up to its bound, which is no leak. Where workers live as long
as the run, each is looked at for itself.

A line is laid through the samples so that no outlier moves it (Theil and Sen: the median of the
slopes between all pairs), with the interval that its slope is in (Sen 1968, by the variance of
Kendall's tau, as if samples did not depend on each other). Memory is flat if the line rises by no
more than is allowed over all the time, or if it is not sure that it rises at all.
"""

from __future__ import annotations

import math
import os
import statistics
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

GATEWAY = "memory of the gateway"
MASTER = "memory of the master"
WORKER = "memory of worker"
SHARED = "memory they share"
SHARED_GROWTH = 10 << 20  # bytes: what nginx is told to keep of TLS sessions
NOTHING_BYTES = 2 << 20  # a heap that has found its size still moves by as much
SURE = 0.99  # that the slope is within its interval
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAIRED_MAX = 400  # samples, evenly chosen: pairs grow with the square

Samples = list[tuple[float, int]]  # seconds, bytes


@dataclass(frozen=True)
class Line:
    """A robust line through samples; slopes are bytes a second."""
    begin: float  # bytes
    seconds: float
    slope: float
    slope_low: float
    slope_high: float
    allowed: int = NOTHING_BYTES

    @property
    def growth(self) -> float:
        return self.slope * self.seconds

    @property
    def is_flat(self) -> bool:
        return self.growth <= self.allowed or self.slope_low <= 0


def line_through(samples: Samples, allowed: int = NOTHING_BYTES) -> Line:
    chosen = samples[::max(1, -(-len(samples) // PAIRED_MAX))]
    slopes = sorted((later[1] - earlier[1]) / (later[0] - earlier[0])
                    for earlier, later in combinations(chosen, 2))
    slope = statistics.median(slopes)
    first, last = samples[0][0], samples[-1][0]
    level = statistics.median(value - slope * (at - first) for at, value in samples)
    below = max(0, round((len(slopes) - pairs_of_doubt(len(chosen))) / 2))
    return Line(level, last - first, slope, slopes[below], slopes[-1 - below], allowed)


def pairs_of_doubt(count: int) -> float:
    """How many of the slopes between so many samples the interval holds."""
    deviations = statistics.NormalDist().inv_cdf((1 + SURE) / 2)
    return deviations * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)


@dataclass
class Memory:
    """What one gateway's processes have, by their role."""
    workers_live: bool  # all the time
    samples: dict[str, Samples] = field(default_factory=dict)
    workers: dict[int, int] = field(default_factory=dict)  # all that were seen, numbered
    workers_most: int = 0

    def sample(self, at: float, gateway: int, master: int | None, workers: list[int]) -> None:
        for worker in workers:
            self.workers.setdefault(worker, len(self.workers) + 1)
        self.workers_most = max(self.workers_most, len(workers))
        roles = [(GATEWAY, gateway), (MASTER, master)]
        roles += [(f"{WORKER} {self.workers[worker]}", worker) for worker in workers]
        shared = 0
        for what, process in roles:
            own, part = memory_of(process)
            shared += part
            if self.workers_live or process not in workers:
                self.samples.setdefault(what, []).append((at, own))
        self.samples.setdefault(SHARED, []).append((at, shared))

    def lines(self, warm_at: float) -> dict[str, Line]:
        warm = {what: [sample for sample in samples if sample[0] >= warm_at]
                for what, samples in self.samples.items()}
        return {what: line_through(samples, SHARED_GROWTH if what == SHARED else NOTHING_BYTES)
                for what, samples in warm.items() if len(samples) > 1}


def memory_of(process: int | None) -> tuple[int, int]:
    """What a process has for itself, and its part of what is shared: bytes, 0 if it has ended."""
    sizes = {"Pss": 0, "Pss_Shmem": 0}
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
            name, _, rest = line.partition(":")
            sizes[name] = int(rest.split()[0]) * 1024
    except OSError:
        pass
    return sizes["Pss"] - sizes["Pss_Shmem"], sizes["Pss_Shmem"]


def processor_seconds(process: int) -> float:
    """What a process has used, and those of its children that have ended."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in words[11:15]) / TICKS_A_SECOND
