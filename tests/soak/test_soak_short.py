# SPDX-License-Identifier: MIT
"""What `make soak` does for long, for as long as a test may take."""

from __future__ import annotations

import random

from tests.soak.soak_report import faults_of, table_of
from tests.soak.soak_stand import Plan, soak

SECONDS = 20.0
IDLE = 2000  # to open many more would take most of the time


def test_gateways_stand_it() -> None:
    seed = random.randrange(1 << 32)
    result = soak(Plan(SECONDS, seed, idle=IDLE, slow=10), print)
    print(table_of(result))
    assert faults_of(result) == []
