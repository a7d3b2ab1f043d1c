# SPDX-License-Identifier: MIT
"""What was measured in several rounds."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Rounds:
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> str:
        """Half the width of the middle half of the rounds, in percent of the median."""
        low, _, high = statistics.quantiles(self.values, n=4)
        return f"±{100 * (high - low) / 2 / self.median:.1f} %"


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
