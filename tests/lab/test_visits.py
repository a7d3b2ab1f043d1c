# SPDX-License-Identifier: MIT
"""Each visit to the lab's page, as its file tells it."""

from __future__ import annotations

import pytest

from visits import Visits


def test_visit(visits: Visits, visited: tuple[str, str]) -> None:
    file, name = visited
    told = visits.of(file)
    assert name in told, f"the visit was never made; there are {', '.join(told)}"
    if told[name].fault is not None:
        pytest.fail(str(told[name].fault), pytrace=False)
