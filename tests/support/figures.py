# SPDX-License-Identifier: MIT
"""Figures: shares, how sure they are, and tables of them as text and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
NORMAL_95 = 1.96  # within so many deviations lie 95% of a normal distribution


def share(part: int, whole: int) -> float:
    """Of nothing it is all."""
    return part / whole if whole else 1.0


def percent(number: float) -> str:
    return f"{100 * number:.1f}%"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Between which shares that of a population lies of which `whole` were drawn, with 95%
    confidence (Wilson, 1927)."""
    if whole == 0:
        return 0.0, 1.0
    square = NORMAL_95 ** 2 / whole
    middle = part / whole + square / 2
    reach = math.sqrt(square * (part / whole * (1 - part / whole) + square / 4))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


@dataclass(frozen=True)
class Column(Generic[Row]):
    head: str
    cell: Callable[[Row], str]
    words: bool = False  # and no figure: to the left


def cells_of(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> list[list[str]]:
    return [[column.head for column in columns],
            *([column.cell(row) for column in columns] for row in rows)]


def text(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    cells = cells_of(columns, rows)
    widths = [max(map(len, column)) for column in zip(*cells)]

    def placed(cell: str, width: int, words: bool) -> str:
        return cell.ljust(width) if words else cell.rjust(width)
    return "".join(
        "  ".join(placed(cell, width, column.words)
                  for cell, width, column in zip(line, widths, columns)).rstrip() + "\n"
        for line in cells)


def markdown(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    heads, *lines = cells_of(columns, rows)
    rule = ["---" if column.words else "---:" for column in columns]
    return "".join(f"| {' | '.join(line)} |\n" for line in [heads, rule, *lines])
