# SPDX-License-Identifier: MIT
"""A spread of the calls of each command is failed; tests/faults/run fails more of them."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.fault_judge import fault_of
from tests.faults.fault_kinds import KINDS, chosen
from tests.faults.fault_runs import NO_FAULT, Command, run_command
from tests.faults.fault_state import Call, Fault
from tests.faults.fault_trials import CommandTrial, Unfit, try_all
from tests.faults.faulted_commands import all_commands, decide_lines, offline_commands

TOOL = str(Path(__file__).with_name("run"))
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
    assert judged("echo two") == "ended with 0, and said: two"
    assert judged("true") == "another answer, and yet 0"
    assert judged("echo one > left; echo one") == "left was left"
    assert judged("exit 3") == "ended with 3 without a word"
    assert judged("echo no >&2; exit 3") is None
    assert judged("echo one; exit 7") == "ended with 7"
    assert str(judged("kill -SEGV $$")).startswith("died of signal 11 in sh")
    assert judged("sleep 60 > /dev/null 2>&1 & echo one") == "1 processes were left"


def test_what_a_failing_run_says_must_be_true() -> None:
    """Before it failed it may have answered some, or told of lines that it could not."""
    answer = 'printf \'{"id":1,"allowed":%s}\\n{"id":2,"allowed":%s}\\n\' '
    command = Command("decide", ["sh", "-c", answer + "false true"], {}, program="sh",
                      may_say=b"out of memory")
    usual = run_command(command, NO_FAULT)

    def judged(script: str) -> str | None:
        other = replace(command, line=["sh", "-c", f"{script}; echo no >&2; exit 3"])
        return fault_of(command, usual, run_command(other, NO_FAULT))
    first = 'printf \'{"id":1,"allowed":%s'
    assert judged(answer + "false true") is None
    assert judged("true") is None
    assert judged(first + "' false") is None
    assert judged(first + "}\\n' false") is None
    assert judged("echo '{\"id\":1,\"error\":\"out of memory\"}'") is None
    assert judged(first + "' true") == 'ended with 3, and said: {"id":1,"allowed":true'
    assert judged(answer + "false false") == 'ended with 3, and said: {"id":2,"allowed":false}'


def test_an_answer_whose_exit_code_is_usual_is_compared() -> None:
    """Exit code 1 is lint's answer, and also that it could not read the file: if it says so."""
    lint = named("lint --json")
    usual = run_command(lint, NO_FAULT)
    assert usual.code == 1 and usual.stdout.count(b'"rule"') > 1

    def judged(stdout: bytes) -> str | None:
        return fault_of(lint, usual, replace(usual, stdout=stdout))
    unreadable = b'{"problems":[{"rule":"unreadable-file","severity":"error"}]}\n'
    assert judged(usual.stdout) is None and judged(unreadable) is None
    assert judged(b'{"problems":[]}\n') == 'ended with 1, and said: {"problems":[]}'
    assert judged(b"") == "another answer, and yet 1"
    assert judged(b"garbage\n") == "ended with 1, and said: garbage"


def test_an_error_that_the_policy_does_not_have_is_found() -> None:
    decide = named("decide")
    usual = run_command(decide, NO_FAULT)
    for rule, wrong in ("unreadable-file", False), ("origin-syntax", True):
        told = f"cors.yaml:4:1: error: It is bad. [{rule}]\n".encode()
        seen = replace(usual, code=2, stdout=b"", stderr=told)
        assert (fault_of(decide, usual, seen) is not None) == wrong


def test_a_program_that_does_not_do_right_is_not_tried() -> None:
    with pytest.raises(Unfit, match="ends with 7 and not with 0"):
        CommandTrial(Command("exit", ["sh", "-c", "exit 7"], {}, program="sh"))


def test_an_allocation_is_failed_by_its_place() -> None:
    """Where there are many their numbers move from run to run; from a place they come always."""
    decide = named("decide")
    places = [run_command(decide, Fault("allocate", 0)).places for _ in range(2)]
    assert places[0] == places[1] and 20 < len(places[0]) < calls(decide)
    for call in places[0][::20]:
        failed = [run_command(decide, fault) for fault in (
            Fault("allocate", errno.ENOMEM, call.number),
            Fault("allocate", errno.ENOMEM, 1, place=call.place))]
        assert [seen.failed for seen in failed] == [1, 1]
        assert failed[0].stdout == failed[1].stdout and failed[0].stderr == failed[1].stderr
    assert run_command(decide, Fault("allocate", errno.ENOMEM, 1, place=1)).failed == 0


def calls(command: Command) -> int:
    return run_command(command, Fault("allocate", 0)).calls


def test_a_line_that_memory_does_not_suffice_for_is_answered_so() -> None:
    """It is not called malformed, and the other lines are answered."""
    decide = named("decide")
    last = calls(decide)
    answers = [run_command(decide, Fault("allocate", errno.ENOMEM, number))
               for number in range(max(1, last - 8), last + 1)]
    assert all(b"no JSON" not in seen.stdout for seen in answers)
    assert any(b'"error":"out of memory"' in seen.stdout for seen in answers)
    assert decide_lines().count(b"\n") == run_command(decide, NO_FAULT).stdout.count(b"\n")


@pytest.mark.parametrize("arguments, code, said", [
    (["--only", "nothing"], 2, "--only takes a program of these: lint, "),
    (["--call", "nothing"], 2, "invalid choice: 'nothing'"),
    (["--only", "explain", "--call", "accept"], 1, "no fault came to it"),
    (["--only", "explain", "--call", "write"], 0, "3 runs with a fault, 0 wrong"),
])
def test_a_tool_that_tries_nothing_says_so(arguments: list[str], code: int, said: str) -> None:
    done = subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    assert done.returncode == code and said in done.stdout, done.stdout


def test_calls_are_chosen_from_the_first_to_the_last() -> None:
    few, many = ([Call(number) for number in range(1, last + 1)] for last in (3, 100))
    assert chosen(few, 10) == few
    assert [call.number for call in chosen(many, 4)] == [1, 34, 67, 100]
    assert len({kind.call for kind in KINDS}) == len(KINDS)
