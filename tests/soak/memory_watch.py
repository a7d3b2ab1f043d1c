# SPDX-License-Identifier: MIT
"""The memory of a gateway's processes over time, and whether it grows.

What counts is the proportional set size (PSS): pages that processes share are counted once. What
they share on purpose (policies, counters, nginx's cache of TLS sessions) is counted apart from what
each has for itself: the cache fills up to its bound, which is no leak. A line is laid through the
samples so that no outlier moves it (Theil and Sen: the median of the slopes between all pairs).
Memory is flat if the line rises by no more, over all the time, than the samples scatter about it,
or than is allowed where they scatter less.
"""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

GATEWAY = "memory of the gateway"
MASTER = "memory of the master"
WORKER = "memory of the worker"
SHARED = "memory they share"
SHARED_GROWTH = 10 << 20  # bytes: what nginx is told to keep of TLS sessions
NOTHING_BYTES = 2 << 20  # a heap that has found its size still moves by as much
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAIRED_MAX = 400  # samples, evenly chosen: pairs grow with the square


@dataclass(frozen=True)
class Line:
    """A robust line through samples (seconds, bytes)."""
    begin: float  # bytes
    end: float
    seconds: float
    spread: float  # what half of the samples keep within about the line, twice
    allowed: int = NOTHING_BYTES

    @property
    def growth(self) -> float:
        return self.end - self.begin

    @property
    def is_flat(self) -> bool:
        return self.growth <= max(self.spread, self.allowed)

    @property
    def a_minute(self) -> float:
        return self.growth * 60 / self.seconds


def line_through(samples: list[tuple[float, int]], allowed: int) -> Line:
    chosen = samples[::max(1, -(-len(samples) // PAIRED_MAX))]
    slope = statistics.median((later[1] - earlier[1]) / (later[0] - earlier[0])
                              for earlier, later in combinations(chosen, 2))
    first, last = samples[0][0], samples[-1][0]
    level = statistics.median(value - slope * (at - first) for at, value in samples)
    rests = [value - level - slope * (at - first) for at, value in samples]
    lower, _, upper = statistics.quantiles(rests, n=4)
    return Line(level, level + slope * (last - first), last - first, 2 * (upper - lower),
                allowed)


@dataclass
class Memory:
    """What one gateway's processes have, by their role; of the workers, what one has on average:
    how many there are changes with every reload."""
    samples: dict[str, list[tuple[float, int]]] = field(
        default_factory=lambda: {what: [] for what in (GATEWAY, MASTER, WORKER, SHARED)})
    workers_most: int = 0

    def sample(self, at: float, gateway: int, master: int | None, workers: list[int]) -> None:
        self.workers_most = max(self.workers_most, len(workers))
        own, shared = memory_of(gateway)
        self.samples[GATEWAY].append((at, own))
        own, masters = memory_of(master)
        self.samples[MASTER].append((at, own))
        living = [memory for worker in workers if (memory := memory_of(worker))[0] > 0]
        if living:  # else all of them ended just now
            self.samples[WORKER].append((at, sum(own for own, _ in living) // len(living)))
        shared += masters + sum(part for _, part in living)
        self.samples[SHARED].append((at, shared))

    def lines(self, warm_at: float) -> dict[str, Line]:
        return {what: line_through([sample for sample in samples if sample[0] >= warm_at],
                                   SHARED_GROWTH if what == SHARED else NOTHING_BYTES)
                for what, samples in self.samples.items()}


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
