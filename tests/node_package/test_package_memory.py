# SPDX-License-Identifier: MIT
"""A million requests through the middleware leave nothing behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.node_package.package_install import run

FOLDER = Path(__file__).resolve().parent
ROUNDS = 5
GROWTH_MAX = 1_000_000  # bytes: a byte a request would be noticed


@pytest.mark.parametrize(("face", "calls"), [("policy", 200_000), ("options", 10_000),
                                             ("callback", 10_000)])
def test_heap_is_flat(project: Path, face: str, calls: int) -> None:
    shutil.copy(FOLDER / "package_churn.mjs", project)
    rounds = json.loads(run(["node", "--expose-gc", "package_churn.mjs", face, str(ROUNDS),
                             str(calls)], project))
    assert len(rounds) == ROUNDS and all(sizes["lines"] > 3 * calls for sizes in rounds)
    settled = rounds[1:]  # in the first one code is compiled
    for place in ("heap", "outside"):
        assert settled[-1][place] - settled[0][place] < GROWTH_MAX, rounds
