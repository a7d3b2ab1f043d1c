# SPDX-License-Identifier: MIT
"""A program and the calls of it that are failed, one in each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from tests.faults.fault_kinds import KINDS, Kind, faults
from tests.faults.fault_reasons import reason_for
from tests.faults.fault_runs import NO_FAULT, Command, fault_of, run_command
from tests.faults.fault_state import Fault
from tests.faults.faulted_services import Service, run_service

JOBS = 2  # runs at once
EACH_MAX = 1000  # where a program makes more calls of a kind, one stands for all from its place


@dataclass(frozen=True)
class Tried:
    """What one run came to."""

    calls: int  # of the kind, counted
    places: list[int]  # their numbers, of those that came from one place the first alone
    failed: int  # of them, by our hand
    told: bool  # it ended as one does that failed, with a message
    wrong: str | None


class Trial(Protocol):
    @property
    def name(self) -> str: ...

    def attempt(self, fault: Fault) -> Tried: ...


class CommandTrial:
    def __init__(self, command: Command) -> None:
        self.name = command.name
        self.command = command
        self.usual = run_command(command, NO_FAULT)

    def attempt(self, fault: Fault) -> Tried:
        seen = run_command(self.command, fault)
        return Tried(seen.calls, seen.places, seen.failed, seen.code != self.usual.code,
                     fault_of(self.command, self.usual, seen))


class ServiceTrial:
    def __init__(self, service: Service) -> None:
        self.name = service.name
        self.service = service

    def attempt(self, fault: Fault) -> Tried:
        served = run_service(self.service, fault)
        return Tried(served.calls, served.places, served.failed, served.code != 0,
                     served.wrong)


@dataclass
class Row:
    """The runs of one program in which calls of one kind failed."""

    program: str
    call: str
    calls: int
    distinct: int  # all of them, or as many as there are places that they come from
    runs: int = 0
    injected: int = 0
    usual: int = 0
    told: int = 0
    explained: Counter[str] = field(default_factory=Counter)  # by reason
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Fault] = field(default_factory=dict)

    def add(self, fault: Fault, tried: Tried) -> None:
        self.runs += 1
        self.injected += tried.failed > 0
        self.told += tried.wrong is None and tried.told
        self.usual += tried.wrong is None and not tried.told
        reason = reason_for(self.program, fault, tried.wrong) if tried.wrong else None
        if reason is not None:
            self.explained[reason.words] += 1
        elif tried.wrong is not None:
            self.wrong[tried.wrong] += 1
            self.examples.setdefault(tried.wrong, fault)


def try_kind(trial: Trial, kind: Kind, most: int) -> Row:
    """Fails calls of a kind one by one, or a spread of `most` where there are more."""
    counted = trial.attempt(Fault(kind.call, 0))
    calls = (range(1, counted.calls + 1) if counted.calls <= EACH_MAX else counted.places)
    row = Row(trial.name, kind.call, counted.calls, len(calls))
    planned = list(faults(kind, calls, most))
    with ThreadPoolExecutor(JOBS) as pool:
        for fault, tried in zip(planned, pool.map(trial.attempt, planned)):
            row.add(fault, tried)
    return row


def try_all(trial: Trial, most: int, done: Callable[[Row], None],
            kinds: list[Kind] | None = None) -> Iterator[Row]:
    for kind in KINDS if kinds is None else kinds:
        row = try_kind(trial, kind, most)
        if row.calls > 0:
            done(row)
            yield row
