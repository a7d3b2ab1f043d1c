# SPDX-License-Identifier: MIT
"""The instructions of a look-up, which neither a long list nor a crafted one makes more."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.instructions.instruction_counts import Counted
from tests.million.crafted_lists import CRAFTED
from tests.million.million_lists import (
    COUNT, LISTS, LongList, compile_policy, entries_of, origin_of, write_policy)
from tests.support.cors_command import COMMAND

ASKED = 400
FEW = 1_000
SECONDS = 120  # far above what any run takes


def instructions(compiled: Path, origins: list[str], folder: Path) -> float:
    """What one look-up takes, of all origins on average."""
    asked = folder / "origins.txt"
    asked.write_text("".join(f"{origin}\n" for origin in origins))
    counted = Counted("bench/million", "look_up_lines", (str(compiled), str(asked)), 0)
    return counted.instructions(folder) / len(origins)


def instructions_among(entries: list[str], origins: list[str], folder: Path) -> float:
    return instructions(compile_policy(folder, write_policy(folder, entries)), origins, folder)


@pytest.mark.parametrize("kind", LISTS)
def test_a_million_take_as_many_as_a_thousand(kind: str, long_lists: dict[str, LongList],
                                              tmp_path: Path) -> None:
    forms = LISTS[kind]
    short = compile_policy(tmp_path, write_policy(tmp_path, entries_of(forms, FEW)))
    for name, first in (("hits", 0), ("misses", 2 * COUNT)):
        origins = [origin_of(forms, first + 2 * number) for number in range(ASKED)]
        few = instructions(short, origins, tmp_path)
        many = instructions(long_lists[kind].compiled, origins, tmp_path)
        assert few * 0.8 < many < few * 1.2, f"{name}: {few:.0f} and {many:.0f} instructions"


ORDINARY = ["https://app.example.org", "https://*.eu.example.org", "https://pr-*.example.org"]
ASKED_FOR = ["https://app.example.org", "https://a.b.eu.example.org", "https://pr-7.example.org",
             "https://other.example.org", "https://a.b.us.example.org", "https://zz-7.example.org"]


@pytest.mark.parametrize("kind, times", [("forms", 1.5), ("depths", 6), ("names", 1.5)])
def test_crafted_entries_slow_no_others(kind: str, times: float, tmp_path: Path) -> None:
    """Entries of each number of labels cost a host of three as much as three of them can."""
    alone = instructions_among(ORDINARY, ASKED_FOR, tmp_path)
    beside = instructions_among(ORDINARY + CRAFTED[kind], ASKED_FOR, tmp_path)
    assert beside < alone * times, f"{alone:.0f} and {beside:.0f} instructions"


def test_crafted_forms_are_bounded_where_they_stand(tmp_path: Path) -> None:
    """A label of 63 letters fits some two thousand forms; what is asked here fits all of them."""
    worst = ["https://a" + "a" * 30 + "-" + "b" * 30 + "b.shared.example.com"]
    taken = instructions_among(CRAFTED["forms"], worst, tmp_path)
    assert taken < 900 * 200, f"{taken:.0f} instructions for 900 forms"


def test_a_crafted_list_keeps_the_builder_no_longer(tmp_path: Path) -> None:
    """For each entry it is asked whether another covers it, which many forms could."""
    nested = [f"https://{'a' * before}{number}*{'b' * after}.shared.example.com"
              for before in range(1, 25) for after in range(1, 25) for number in range(4)]
    counts = []
    for entries in (nested[::2], nested):
        policy = write_policy(tmp_path, entries)
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={tmp_path / 'counted'}",
             COMMAND, "lint", str(policy)], capture_output=True, text=True, timeout=SECONDS,
            check=False)
        assert done.returncode in (0, 1), done.stderr
        collected = re.search(r"Collected : (\d+)", done.stderr)
        assert collected, done.stderr
        counts.append(int(collected[1]))
    an_entry = (counts[1] - counts[0]) / (len(nested) / 2)
    assert an_entry < 60_000, f"{an_entry:.0f} instructions an entry"
