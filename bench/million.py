# SPDX-License-Identifier: MIT
"""Measures policies of a million origins: built from a text file, and asked at random."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rounds import Rounds, progress
from section import Section, Verdict, times

PROGRAM = Path(__file__).resolve().parent.parent / "build" / "bench" / "million"
TARGETS = ["bench/million"]

ORIGINS = 1_000_000
BUILD_SECONDS = 2
OWN_BYTES = 64  # an origin, besides its text
LOOK_UP_NS = 200

WAYS = {"hit": "in the list", "miss": "not in the list", "hit_alone": "in the list, waited for",
        "miss_alone": "not in the list, waited for"}


@dataclass(frozen=True)
class Measured:
    """One kind of list."""
    kind: str
    own_bytes: float
    build_seconds: Rounds
    look_ups: dict[str, Rounds]


def measure(rounds: int) -> tuple[list[Measured], Rounds]:
    """The kinds of list, and a read of memory that waits for the one before."""
    progress("a million origins …")
    done = subprocess.run([PROGRAM, str(ORIGINS), str(rounds)], check=True, capture_output=True,
                          text=True)
    *lists, machine = map(json.loads, done.stdout.splitlines())
    return [Measured(line["list"], (line["block_bytes"] - line["text_bytes"]) / line["origins"],
                     Rounds(line["build_seconds"]), {way: Rounds(line[way]) for way in WAYS})
            for line in lists], Rounds(machine["memory"])


def million_table(lists: list[Measured]) -> list[str]:
    lines = ["| entries | built in | bytes an origin, besides its text | " +
             " | ".join(WAYS.values()) + " |", "|---|" + "---:|" * (2 + len(WAYS))]
    for one in lists:
        cells = [f"{one.build_seconds.median:.2f} s {one.build_seconds.spread}",
                 f"{one.own_bytes:.1f}",
                 *(f"{times(rounds.median)} {rounds.spread}" for rounds in one.look_ups.values())]
        lines.append(f"| {one.kind} | " + " | ".join(cells) + " |")
    return lines


def measure_million(quick: bool) -> Section:
    lists, memory = measure(2 if quick else 7)
    slowest = max((one.look_ups[way].median, f" ({one.kind}, {WAYS[way]})")
                  for one in lists for way in ("hit", "miss"))
    return Section("A million origins", [
        f"A policy of {ORIGINS:,} origins is read from a text file, checked and built, and then "
        "asked for origins drawn at random, from a processor's cache that holds none of it. A "
        "look-up that is waited for begins when the one before has ended; the others may overlap, "
        "as those of a busy server do. On this machine one read of as much memory, waited for, "
        f"takes {times(memory.median)} {memory.spread}. `million.c` has the lists.", "",
        *million_table(lists)],
        [Verdict("a million origins, built from text",
                 max(one.build_seconds.median for one in lists), BUILD_SECONDS, " s"),
         Verdict("a million origins, bytes besides the text of each",
                 max(one.own_bytes for one in lists), OWN_BYTES),
         Verdict("a million origins, a random look-up", slowest[0], LOOK_UP_NS, " ns",
                 note=slowest[1])])
