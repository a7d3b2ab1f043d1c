# SPDX-License-Identifier: MIT
"""The memory of a gateway's processes over time, and whether it grows.

What counts is the proportional set size (PSS): pages that processes share are counted once. A line
is laid through the samples so that no outlier moves it (Theil and Sen: the median of the slopes
between all pairs). Memory is flat if the line rises by no more, over all the time, than the samples
scatter about it, or than NOTHING_BYTES where they scatter less.
"""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

ROLES = ("gateway", "master", "worker")
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

    @property
    def growth(self) -> float:
        return self.end - self.begin

    @property
    def is_flat(self) -> bool:
        return self.growth <= max(self.spread, NOTHING_BYTES)

    @property
    def a_minute(self) -> float:
        return self.growth * 60 / self.seconds


def line_through(samples: list[tuple[float, int]]) -> Line:
    chosen = samples[::max(1, -(-len(samples) // PAIRED_MAX))]
    slope = statistics.median((later[1] - earlier[1]) / (later[0] - earlier[0])
                              for earlier, later in combinations(chosen, 2))
    first, last = samples[0][0], samples[-1][0]
    level = statistics.median(value - slope * (at - first) for at, value in samples)
    rests = [value - level - slope * (at - first) for at, value in samples]
    lower, _, upper = statistics.quantiles(rests, n=4)
    return Line(level, level + slope * (last - first), last - first, 2 * (upper - lower))


@dataclass
class Memory:
    """What one gateway's processes have, by their role; of the workers, what one has on average:
    how many there are changes with every reload."""
    samples: dict[str, list[tuple[float, int]]] = field(
        default_factory=lambda: {role: [] for role in ROLES})
    workers_most: int = 0

    def sample(self, at: float, gateway: int, master: int | None, workers: list[int]) -> None:
        self.workers_most = max(self.workers_most, len(workers))
        self.samples["gateway"].append((at, pss_of(gateway)))
        self.samples["master"].append((at, 0 if master is None else pss_of(master)))
        sizes = [size for worker in workers if (size := pss_of(worker)) > 0]
        if sizes:  # else all of them ended just now
            self.samples["worker"].append((at, sum(sizes) // len(sizes)))

    def lines(self, warm_at: float) -> dict[str, Line]:
        return {role: line_through([sample for sample in samples if sample[0] >= warm_at])
                for role, samples in self.samples.items()}


def pss_of(process: int) -> int:
    """In bytes; 0 if the process has ended."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def processor_seconds(process: int) -> float:
    """What a process has used, and those of its children that have ended."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in words[11:15]) / TICKS_A_SECOND
