# SPDX-License-Identifier: MIT
"""Draws the decisions: a group for each workload, a mark for each contestant, on a log scale.

The picture brings its own background, light or dark as the reader prefers, so that it can be read
wherever it is put.
"""
from __future__ import annotations

import math
from xml.sax.saxutils import escape

from contest import GO, LIBCORS, NODE, PEERS, Contest
from rounds import Rounds
from section import multiple, times

# Narrow, so that a telephone need not shrink it much.
WIDTH = 640
AXIS_LEFT, AXIS_RIGHT = 172, 482  # the labels of the slowest stand right of it
TOP, GROUP_HEAD, ROW, GROUP_FOOT, GROUP_GAP, BOTTOM = 126, 36, 19, 4, 10, 40
DECADES = ("1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s")

STYLE = """
svg { --card: #ffffff; --edge: #d1d9e0; --ink: #1f2328; --soft: #59636e; --grid: #e4e8ec;
  --band: #f6f8fa; --ours: #0550ae; --go: #8250df; --node: #2c7a3f; --python: #b35900; }
@media (prefers-color-scheme: dark) {
  svg { --card: #0d1117; --edge: #3d444d; --ink: #f0f6fc; --soft: #9198a1; --grid: #262c36;
    --band: #151b23; --ours: #79b8ff; --go: #d2a8ff; --node: #5fcf7c; --python: #f0a860; } }
text { font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif;
  fill: var(--ink); }
.card { fill: var(--card); stroke: var(--edge); }
.band { fill: var(--band); }
.grid { stroke: var(--grid); }
.row { stroke: var(--grid); stroke-dasharray: 1 4; stroke-linecap: round; }
.soft { fill: var(--soft); }
.tick { fill: var(--soft); font-size: 12px; text-anchor: middle; }
.title { font-size: 18px; font-weight: 600; }
.group { font-weight: 600; }
.name { text-anchor: end; }
.left { text-anchor: end; }
.mark { stroke: var(--card); stroke-width: 1.5; }
.spread { stroke-width: 3; stroke-linecap: round; opacity: .5; }
.bare { stroke: var(--ours); stroke-width: 2; }
.ours { fill: var(--ours); stroke: var(--ours); }
.go { fill: var(--go); stroke: var(--go); }
.node { fill: var(--node); stroke: var(--node); }
.python { fill: var(--python); stroke: var(--python); }
.wrong { fill: var(--card); stroke-width: 2; }
text.ours { font-weight: 600; stroke: none; }
"""


def kind_of(contestant: str) -> str:
    if contestant in (LIBCORS, GO):
        return "ours" if contestant == LIBCORS else "go"
    return "node" if contestant in NODE else "python"


def across(nanoseconds: float) -> float:
    """Where a time stands on the axis."""
    share = math.log10(max(nanoseconds, 1)) / (len(DECADES) - 1)
    return round(AXIS_LEFT + share * (AXIS_RIGHT - AXIS_LEFT), 1)


def text(x: float, y: float, words: str, kind: str = "") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(words)}</text>'


def label_of(contest: Contest, contestant: str, workload: str) -> str:
    """What stands beside the mark."""
    value = escape(times(contest.times[contestant, workload].median))
    if contestant == LIBCORS:
        bare = escape(times(contest.bare[workload].median))
        return f'{value}<tspan class="soft" font-weight="400">  bare look-up {bare}</tspan>'
    ratio = multiple(contest.ratio(contestant, workload).median)
    wrong = ", answered wrongly" if (contestant, workload) in contest.wrong else ""
    return f'{value}<tspan class="soft">  {ratio}{wrong}</tspan>'


def bare_mark(rounds: Rounds, y: float) -> str:
    x = across(rounds.median)
    return f'<line x1="{x}" y1="{y - 6}" x2="{x}" y2="{y + 6}" class="bare"/>'


def row(contest: Contest, contestant: str, workload: str, y: float) -> list[str]:
    rounds = contest.times[contestant, workload]
    kind = kind_of(contestant)
    x, fastest, slowest = map(across, (rounds.median, min(rounds.values), max(rounds.values)))
    wrong = " wrong" if (contestant, workload) in contest.wrong else ""
    ours = contestant == LIBCORS
    return [
        text(AXIS_LEFT - 10, y + 5, contestant, f"name {'ours' if ours else ''}".strip()),
        f'<line x1="{AXIS_LEFT}" y1="{y}" x2="{x}" y2="{y}" class="row"/>',
        f'<line x1="{fastest}" y1="{y}" x2="{slowest}" y2="{y}" class="spread {kind}"/>',
        *([bare_mark(contest.bare[workload], y)] if ours else []),
        f'<circle cx="{x}" cy="{y}" r="{6 if ours else 5}" class="mark {kind}{wrong}"/>',
        f'<text x="{max(x, slowest) + 11}" y="{y + 5}" class="{"ours" if ours else ""}" '
        f'xml:space="preserve">{label_of(contest, contestant, workload)}</text>',
    ]


def group(contest: Contest, workload: str, y: float) -> list[str]:
    contestants = (LIBCORS, *PEERS)
    height = GROUP_HEAD + ROW * len(contestants) + GROUP_FOOT
    lines = [f'<rect x="12" y="{y}" width="{WIDTH - 24}" height="{height}" rx="6" class="band"/>',
             *(f'<line x1="{x}" y1="{y + GROUP_HEAD - 6}" x2="{x}" y2="{y + height}" '
               'class="grid"/>' for x in (across(10 ** n) for n in range(len(DECADES)))),
             text(24, y + 20, workload, "group")]
    for number, contestant in enumerate(contestants):
        lines += row(contest, contestant, workload, y + GROUP_HEAD + ROW * number + 6)
    return lines


def axis(y: float) -> list[str]:
    """Every other decade, or the words would touch."""
    return [text(across(10 ** number), y, DECADES[number], "tick")
            for number in range(0, len(DECADES), 2)]


def legend() -> list[str]:
    lines = []
    for x, kind, words in ((408, "ours", "C"), (450, "go", "Go"), (502, "node", "Node"),
                           (566, "python", "Python")):
        lines += [f'<circle cx="{x}" cy="31" r="5" class="{kind}"/>', text(x + 9, 36, words)]
    return lines


def chart_svg(contest: Contest) -> str:
    pitch = GROUP_HEAD + ROW * (1 + len(PEERS)) + GROUP_FOOT + GROUP_GAP
    height = TOP + pitch * len(contest.names) - GROUP_GAP + BOTTOM
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title">',
        "<!-- SPDX-License-Identifier: MIT; written by bench/run -->",
        '<title id="title">Time for a decision, by workload and middleware</title>',
        f"<style>{STYLE}</style>",
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="10" class="card"/>',
        text(24, 36, "Time for a decision", "title"), *legend(),
        text(24, 58, "On a log scale: each line is ten times the one before. A mark is the median "
             "of", "soft"),
        text(24, 76, "all rounds, and its bar reaches from the fastest to the slowest. × says how",
             "soft"),
        text(24, 94, "many times as long as libcors it takes.", "soft"),
        *axis(TOP - 6),
    ]
    for number, workload in enumerate(contest.names):
        lines += group(contest, workload, TOP + number * pitch)
    return "\n".join([*lines, *axis(height - 16), "</svg>", ""])
