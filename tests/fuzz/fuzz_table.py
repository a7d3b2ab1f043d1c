# SPDX-License-Identifier: MIT
"""Tables of figures, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    head: str
    cell: Callable[[Row], str]


def text(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    """The first column to the left, figures to the right."""
    cells = [[column.head for column in columns],
             *([column.cell(row) for column in columns] for row in rows)]
    widths = [max(len(line[number]) for line in cells) for number in range(len(columns))]
    lines = [
        "  ".join([line[0].ljust(widths[0]),
                   *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))])
        for line in cells]
    return "".join(line.rstrip() + "\n" for line in lines)


def markdown(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    lines = [[column.head for column in columns],
             ["---", *("---:" for _ in columns[1:])],
             *([column.cell(row) for column in columns] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
