# SPDX-License-Identifier: MIT
"""A spread of the calls of each command is failed; tests/faults/run fails more of them."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest

from tests.faults.fault_kinds import KINDS, chosen
from tests.faults.fault_runs import NO_FAULT, Command, fault_of, run_command
from tests.faults.fault_state import Fault
from tests.faults.fault_trials import CommandTrial, try_all
from tests.faults.faulted_commands import all_commands, decide_lines, offline_commands

MOST = 2  # calls of a kind


@pytest.fixture(scope="module")
def commands() -> Iterator[list[Command]]:
    with all_commands() as made:
        yield made


def test_every_kind_of_call_fails_somewhere_in_each_command(commands: list[Command]) -> None:
    for command in commands:
        rows = list(try_all(CommandTrial(command), MOST, lambda _: None))
        assert [(row.program, row.call, dict(row.wrong)) for row in rows if row.wrong] == []
        assert {"allocate", "open", "write"} <= {row.call for row in rows} or \
            command.name == "nginx -t", "the faults come through"


def named(name: str) -> Command:
    return next(command for command in offline_commands() if command.name == name)


def test_a_call_that_fails_is_the_one_that_was_named() -> None:
    """What a command says shows which it was, and that it was one."""
    compile_policy = named("compile")
    seen = run_command(compile_policy, Fault("rename", errno.EXDEV, 1))
    assert (seen.calls, seen.failed, seen.code) == (1, 1, 3)
    assert b"policy.corsc cannot be written: Invalid cross-device link" in seen.stderr
    assert run_command(compile_policy, NO_FAULT).failed == 0


def test_every_call_from_one_on_fails() -> None:
    seen = run_command(named("decide"), Fault("write", errno.ENOSPC, 1, stays=True))
    assert seen.code == 3 and seen.stdout == b""
    assert b"No space left on device" in seen.stderr


def test_a_wrong_answer_is_found() -> None:
    """The judge itself: another answer, a file left, a silent end, a death by a signal."""
    command = Command("echo", ["sh", "-c", "echo one"], {}, program="sh")
    usual = run_command(command, NO_FAULT)
    assert usual.stdout == b"one\n" and usual.code == 0

    def judged(script: str) -> str | None:
        other = Command("echo", ["sh", "-c", script], {}, program="sh")
        return fault_of(command, usual, run_command(other, NO_FAULT))
    assert judged("echo one") is None
    assert judged("echo two") == "another answer, and yet 0"
    assert judged("echo one > left; echo one") == "left was left"
    assert judged("exit 3") == "ended with 3 without a word"
    assert judged("echo no >&2; exit 3") is None
    assert judged("echo one; exit 7") == "ended with 7"
    assert judged("kill -SEGV $$") == "died of signal 11 in sh"
    assert judged("sleep 60 > /dev/null 2>&1 & echo one") == "1 processes were left"


def test_a_line_that_memory_does_not_suffice_for_is_answered_so() -> None:
    """It is not called malformed, and the other lines are answered."""
    decide = named("decide")
    calls = run_command(decide, Fault("allocate", 0)).calls
    answers = [run_command(decide, Fault("allocate", errno.ENOMEM, number))
               for number in range(max(1, calls - 8), calls + 1)]
    assert all(b"no JSON" not in seen.stdout for seen in answers)
    assert any(b'"error":"out of memory"' in seen.stdout for seen in answers)
    assert decide_lines().count(b"\n") == run_command(decide, NO_FAULT).stdout.count(b"\n")


def test_calls_are_chosen_from_the_first_to_the_last() -> None:
    assert chosen([1, 2, 7], 10) == [1, 2, 7]
    assert chosen(range(1, 101), 4) == [1, 34, 67, 100]
    assert len({kind.call for kind in KINDS}) == len(KINDS)
