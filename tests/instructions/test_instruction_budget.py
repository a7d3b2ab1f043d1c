# SPDX-License-Identifier: MIT
"""No decision takes more instructions than budget.json allows it.

A count does not depend on the machine's load or its processor, so a slow-down shows at once. The
budget was recorded with the compiler and the flags of the ordinary build (see meson.build).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instructions.instruction_counts import ROOT, all_counted, own_costs, read_budget

BUDGET = read_budget()
CASES = [(program, name) for program, names in BUDGET.items() for name in names]


@pytest.mark.parametrize("program, name", CASES, ids=[name for _, name in CASES])
def test_workload_stays_within_its_budget(program: str, name: str, tmp_path: Path) -> None:
    measured = all_counted(tmp_path)[program][name].instructions(tmp_path)
    budget = BUDGET[program][name]
    record = Path(__file__).with_name("record_budget").relative_to(ROOT)
    assert measured <= budget, (
        f'"{name}" of {program} takes {measured} instructions, {measured - budget} more than the '
        f"{budget} of its budget. callgrind_annotate tells where they go. If they are worth it, "
        f"say why in the commit and record the budget anew: {record} '{name}'")


def test_every_workload_has_a_budget(tmp_path: Path) -> None:
    counted = {program: set(names) for program, names in all_counted(tmp_path).items()}
    assert counted == {program: set(names) for program, names in BUDGET.items()}


def test_only_own_instructions_count() -> None:
    profile = "\n".join([
        "events: Ir", "ob=/lib/libc.so.6", "fn=memcpy", "10 7", "",
        "ob=/build/bench/decisions", "fl=decide.c", "fn=decide", "3 2", "+1 4",
        "cob=/lib/libc.so.6", "cfn=memcpy", "calls=1 10", "+1 7", "* 1", "totals: 14"])
    assert list(own_costs(profile, "/build/bench/decisions")) == [2, 4, 1]
