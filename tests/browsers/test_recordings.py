# SPDX-License-Identifier: MIT
"""`cors simulate` says of every recorded scenario what the real browser did.

tests/browsers/compare.py shows differences in full.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browsers.agreement import (MESSAGES_OF, RECORDINGS, Json, compare_all,
                                      read_recordings)
from tests.browsers.scenarios import scenarios

FILES = sorted(RECORDINGS.glob("*.jsonl.xz"))
RECORDINGS_MIN = 1500
SHOWN = 20


def recorded(file: Path) -> list[Json]:
    return list(read_recordings(file))


@pytest.mark.parametrize("browser", MESSAGES_OF)
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))
def test_simulation_agrees(file: Path, browser: str) -> None:
    comparisons = compare_all(recorded(file), browser)
    differ = [f"{comparison.recording['id']}: {comparison.difference.field}"
              for comparison in comparisons if comparison.difference is not None]
    assert comparisons and not differ, (
        f"{len(differ)} of {len(comparisons)} differ; tests/browsers/compare.py {file} "
        f"--browser {browser} shows them: " + ", ".join(differ[:SHOWN]))


def test_there_are_recordings() -> None:
    assert sum(len(recorded(file)) for file in FILES) >= RECORDINGS_MIN


def test_scenarios_come_of_their_seed() -> None:
    assert scenarios(7, 50) == scenarios(7, 50)
    assert scenarios(7, 50) != scenarios(8, 50)
