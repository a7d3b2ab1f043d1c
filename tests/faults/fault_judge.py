# SPDX-License-Identifier: MIT
"""Whether a command did right in a run in which a call failed, beside its usual run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest

from tests.faults.fault_runs import Command, Seen, digest

# What stands for a character that cannot be shown.
UNKNOWN = "\ufffd".encode()

# The exit code of answers that find something, and of failures of which the answer itself tells.
FOUND = 1

# An error in a policy, as a command tells of it; and the rule of those that are none of its text.
ERROR = re.compile(rb"\S+:\d+:\d+: error: .* \[[a-z-]+\]")
UNREADABLE = b"unreadable-file"
SHOWN = 120  # so many characters of a line that is wrong


def fault_of(command: Command, usual: Seen, seen: Seen) -> str | None:
    """What is wrong with a run; None: nothing."""
    if seen.code is None:
        return "does not end"
    if seen.ended_by:
        return f"died of signal {seen.ended_by} in {seen.died_in}"
    if seen.left:
        return f"{seen.left} processes were left"
    wrong = fault_of_files(command, usual, seen) or fault_of_answer(command, usual, seen)
    if wrong is None and seen.again is not None and usual.again is not None:
        wrong = fault_of(command, usual.again, seen.again)
        return wrong and f"run again: {wrong}"
    return wrong


def fault_of_files(command: Command, usual: Seen, seen: Seen) -> str | None:
    given = {name: digest(command, name, content) for name, content in command.files.items()}
    old = {name: digest(command, name, content) for name, content in command.old.items()}
    for name in given.keys() - seen.files.keys():
        return f"{name} is gone"
    for name in old.keys() - seen.files.keys():
        return f"the old {name} is gone"
    for name, content in seen.files.items():
        whole = {given.get(name), old.get(name), usual.files.get(name)}
        if name not in usual.files:
            return f"{name} was left"
        if content not in whole:
            return f"{name} is none that was meant"
    return None


def fault_of_answer(command: Command, usual: Seen, seen: Seen) -> str | None:
    """It is the usual one, or that of a failure: true as far as it goes, and with a word on it."""
    untrue = untrue_line(command, usual, seen)
    if untrue is not None:
        return f"ended with {seen.code}, and said: {untrue[:SHOWN].decode(errors='replace')}"
    if seen.code == usual.code and same_answer(
            command, command.settle(usual.stdout), command.settle(seen.stdout)):
        return None
    if not has_failed(command, seen):
        return (f"ended with {seen.code}" if seen.code != usual.code
                else f"another answer, and yet {seen.code}")
    told = seen.stderr.strip() or seen.stdout.strip()
    return None if told else f"ended with {seen.code} without a word"


def has_failed(command: Command, seen: Seen) -> bool:
    """Whether it ended as one does that failed."""
    says_so = command.failure_says is not None and command.failure_says in seen.stdout
    return seen.code in command.failures or (seen.code == FOUND and says_so)


def same_answer(command: Command, usual: bytes, seen: bytes) -> bool:
    """Whether an answer says the same, or at least of each line that it could not be answered."""
    def same(here: bytes, there: bytes) -> bool:
        return (here == there or (command.may_say is not None and command.may_say in there) or
                (UNKNOWN in there and without_characters(here) == without_characters(there)))
    pairs = zip_longest(lines(usual), lines(seen), fillvalue=b"")
    return usual.endswith(b"\n") == seen.endswith(b"\n") and all(same(*pair) for pair in pairs)


def untrue_line(command: Command, usual: Seen, seen: Seen) -> bytes | None:
    """A line that the usual run does not say, and that tells of no failure either."""
    cut = not seen.stdout.endswith(b"\n")
    return (first_new(lines(command.settle(usual.stdout)), claims(command, seen.stdout), cut) or
            first_new(errors_told(usual.stderr), errors_told(seen.stderr), cut=False))


def lines(text: bytes) -> list[bytes]:
    return text.splitlines()


def claims(command: Command, answer: bytes) -> list[bytes]:
    failures = [words for words in (command.may_say, command.failure_says) if words is not None]
    return [line for line in lines(command.settle(answer))
            if not any(words in line for words in failures)]


def errors_told(complaints: bytes) -> list[bytes]:
    return [line for line in lines(complaints)
            if ERROR.fullmatch(line) and UNREADABLE not in line]


def first_new(usual: Iterable[bytes], seen: list[bytes], cut: bool) -> bytes | None:
    """The first line that is not there as usual, in the usual order. The last may be cut short."""
    rest = iter([without_characters(line) for line in usual])
    for number, line in enumerate(seen, 1):
        bare = without_characters(line)
        is_cut = cut and number == len(seen)
        if not any(bare == there or (is_cut and there.startswith(bare)) for there in rest):
            return line
    return None


def without_characters(text: bytes) -> bytes:
    """What is in ASCII: a command whose locale could not be loaded shows nothing else."""
    return re.sub(rb"[\x80-\xff]+|\s+", b"", text)
