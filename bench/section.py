# SPDX-License-Identifier: MIT
"""What a topic of the bench has to say: its part of the report, and its lines among the targets."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """A target. `smaller` says whether it is met by at most so much or by at least so much."""
    what: str
    measured: float
    target: float
    unit: str = ""
    smaller: bool = True
    note: str = ""  # behind what was measured

    @property
    def met(self) -> bool:
        return self.measured <= self.target if self.smaller else self.measured >= self.target

    def line(self) -> str:
        bound = "at most" if self.smaller else "at least"
        measured = f"{shown(self.measured)}{self.unit}{self.note}"
        met = "met" if self.met else "**missed**"
        return f"| {self.what} | {bound} {shown(self.target)}{self.unit} | {measured} | {met} |"


def shown(value: float) -> str:
    """Three digits, or all of those that a large number has."""
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"


@dataclass(frozen=True)
class Section:
    heading: str
    lines: list[str]  # of Markdown
    verdicts: list[Verdict] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)  # that the lines show, by file name

    def text(self) -> str:
        return "\n".join([f"## {self.heading}", "", *self.lines, ""])


def targets_table(sections: list[Section]) -> list[str]:
    return ["| what | target | measured | |", "|---|---|---|---|",
            *(verdict.line() for section in sections for verdict in section.verdicts)]


def times(nanoseconds: float) -> str:
    """A time in the unit that people would say it in."""
    for unit, scale in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= scale:
            return f"{shown(nanoseconds / scale)} {unit}"
    return f"{shown(nanoseconds)} ns"


def multiple(ratio: float) -> str:
    """A ratio with the digits that matter."""
    if ratio >= 999_500:
        return f"{ratio / 1e6:.2g} million ×"
    if ratio >= 9.95:
        return f"{float(f'{ratio:.3g}'):,.0f} ×"
    return f"{ratio:.1f} ×" if ratio >= 0.95 else f"{ratio:.2f} ×"
