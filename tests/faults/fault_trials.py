# SPDX-License-Identifier: MIT
"""A program and the calls of it that are failed, one in each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from tests.faults.fault_judge import fault_of, has_failed
from tests.faults.fault_kinds import KINDS, Kind, faults
from tests.faults.fault_reasons import reason_for
from tests.faults.fault_runs import NO_FAULT, Command, run_command
from tests.faults.fault_state import Call, Fault
from tests.faults.faulted_services import Service, run_service

COMMANDS_AT_ONCE = 2
SERVICES_AT_ONCE = 8  # they wait most of their time: for each other, or for what does not come
EACH_MAX = 1000  # where a program makes more calls of a kind, one stands for all from its place


class Unfit(Exception):
    """A program that cannot be tried: it does not do right even without a fault."""


@dataclass(frozen=True)
class Tried:
    """What one run came to."""

    calls: int  # of the kind, counted
    places: list[Call]  # where none was to fail: one of each
    failed: int  # of them, by our hand
    told: bool  # it did not do all that it is for, and said so
    wrong: str | None


class Trial(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def at_once(self) -> int: ...

    def attempt(self, fault: Fault) -> Tried: ...


class CommandTrial:
    at_once = COMMANDS_AT_ONCE

    def __init__(self, command: Command) -> None:
        self.name = command.name
        self.command = command
        self.usual = run_command(command, NO_FAULT)
        if self.usual.code != command.usual_code:
            raise Unfit(f"{self.name} ends with {self.usual.code} and not with "
                        f"{command.usual_code}: {self.usual.stderr.decode(errors='replace')}")

    def attempt(self, fault: Fault) -> Tried:
        seen = run_command(self.command, fault)
        return Tried(seen.calls, seen.places, seen.failed, has_failed(self.command, seen),
                     fault_of(self.command, self.usual, seen))


class ServiceTrial:
    at_once = SERVICES_AT_ONCE

    def __init__(self, service: Service) -> None:
        self.name = service.name
        self.service = service

    def attempt(self, fault: Fault) -> Tried:
        served = run_service(self.service, fault)
        return Tried(served.calls, served.places, served.failed, not served.at_ease, served.wrong)


@dataclass
class Row:
    """The runs of one program in which calls of one kind failed."""

    program: str
    call: str
    calls: int
    distinct: int  # all of them, or as many as there are places that they come from
    missed: int = 0  # runs in which the call that was to fail never came
    usual: int = 0
    told: int = 0
    explained: Counter[str] = field(default_factory=Counter)  # by reason
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Fault] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Those in which a call failed, and those that were wrong without that."""
        return self.usual + self.told + self.explained.total() + self.wrong.total()

    def add(self, fault: Fault, tried: Tried) -> None:
        reason = reason_for(self.program, fault, tried.wrong) if tried.wrong else None
        if tried.wrong is not None and not tried.failed:
            self.add_wrong(f"without a fault: {tried.wrong}", fault)
        elif reason is not None:
            self.explained[reason.words] += 1
        elif tried.wrong is not None:
            self.add_wrong(tried.wrong, fault)
        elif not tried.failed:
            self.missed += 1
        elif tried.told:
            self.told += 1
        else:
            self.usual += 1

    def add_wrong(self, what: str, fault: Fault) -> None:
        self.wrong[what] += 1
        self.examples.setdefault(what, fault)


def calls_of(counted: Tried) -> list[Call]:
    """Those that can be failed: of many, one from each place, where places are known."""
    if counted.calls > EACH_MAX and counted.places:
        return counted.places
    return [Call(number) for number in range(1, counted.calls + 1)]


def count_calls(trial: Trial, call: str) -> Tried:
    counted = trial.attempt(Fault(call, 0))
    if counted.wrong is not None or counted.told:
        raise Unfit(f"{trial.name}, where calls of the kind {call} are only counted: "
                    f"{counted.wrong or 'it complains'}")
    return counted


def try_kind(trial: Trial, kind: Kind, most: int) -> Row:
    """Fails calls of a kind one by one, or a spread of `most` where there are more."""
    counted = count_calls(trial, kind.call)
    calls = calls_of(counted)
    row = Row(trial.name, kind.call, counted.calls, len(calls))
    planned = list(faults(kind, calls, most))
    pool = ThreadPoolExecutor(trial.at_once)
    try:
        for fault, tried in zip(planned, pool.map(trial.attempt, planned)):
            row.add(fault, tried)
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupted one waits for those that run
    return row


def try_all(trial: Trial, most: int, done: Callable[[Row], None],
            kinds: list[Kind] | None = None) -> Iterator[Row]:
    for kind in KINDS if kinds is None else kinds:
        row = try_kind(trial, kind, most)
        if row.calls > 0:
            done(row)
            yield row
