# SPDX-License-Identifier: MIT
"""Servers whose calls are failed: they start, answer, take a new policy, answer, and end.

Two policies allow an origin each that the other does not, and one that both do. Whatever fails, an
answer is that of one of the two, and a server that has not taken the second says so, or has said
before why it answers nobody any more.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.fault_runs import NO_FAULT, supervised
from tests.faults.fault_state import Call, Fault, FaultState
from tests.support.raw_client import Connection, Response
from tests.support.reachable_folder import reachable_folder
from tests.support.started import Started, free_port, wait_for

ALWAYS = "https://always.example"
FIRST = "https://first.example"
SECOND = "https://second.example"
NEVER = "https://never.example"

SECONDS = 15.0  # far above what any step takes: only a fault gets there
START_SECONDS = 45.0  # a gateway gives its nginx half a minute
ANSWER_SECONDS = 2.0  # a worker that is ill may never answer
TROUBLE = re.compile(r"\[(error|crit|alert|emerg)\]|cors serve: (?!http|policy|now in force|cross)")

Place = Callable[[Path, int], None]


@dataclass(frozen=True)
class Service:
    """A server in a folder; `prepare` and `change` get the folder and the port.

    `ready` is what it says when it serves. `temporary` are folders that must be empty at its end.
    """

    name: str
    program: str  # whose calls are failed
    line: Callable[[Path, int], list[str]]
    prepare: Place
    change: Place
    reload: bool  # whether the change wants SIGHUP
    ready: str
    failures: frozenset[int]
    temporary: tuple[str, ...] = ("tmp",)


@dataclass(frozen=True)
class Served:
    """What one run of a server did."""

    wrong: str | None
    code: int | None
    said: str
    took: bool  # an answer was by the new policy
    calls: int
    places: list[Call]
    failed: int
    clock_reads: int  # after it was set

    @property
    def at_ease(self) -> bool:
        """Whether it did all that it is for, and complained of nothing."""
        return self.took and self.code == 0 and not TROUBLE.search(self.said)


def origin_policy(*origins: str) -> str:
    listed = ", ".join(f'"{origin}"' for origin in origins)
    return f"policies:\n  - allow_origins: [{listed}]\n    max_age: 10m\n"


def put(file: Path, text: str | bytes) -> None:
    """Replaces a file as it should be done: whole."""
    beside = file.with_name(file.name + ".new")
    beside.write_bytes(text.encode() if isinstance(text, str) else text)
    os.replace(beside, file)


def ask(port: int, origin: str) -> Response | None:
    """An answer, or None where there is none."""
    try:
        with Connection(port) as connection:
            connection.socket.settimeout(ANSWER_SECONDS)
            return connection.ask("GET", "/", [("Origin", origin), ("Connection", "close")])
    except OSError:
        return None


class Run:
    """A server that runs, and what is found wrong with it."""

    def __init__(self, service: Service, folder: Path, port: int, state: FaultState) -> None:
        self.service = service
        self.folder = folder
        self.port = port
        self.took = False
        self.started = Started(
            supervised(state.path, service.line(folder, port)), folder / "out", folder,
            {"TMPDIR": str(folder / "tmp")})

    def said(self) -> str:
        return self.started.said()

    def settles(self, condition: Callable[[], bool], seconds: float = SECONDS) -> bool:
        """Waits until it holds or the server has ended; False where neither comes."""
        try:
            wait_for(lambda: self.started.ended() or condition(), "a step", seconds)
        except TimeoutError:
            return False
        return True

    def play(self, between: Callable[[], None]) -> str | None:
        if not self.settles(lambda: self.service.ready in self.said(), START_SECONDS):
            return "neither serves nor ends"
        wrong = self.wrong_answer([ALWAYS, FIRST], [SECOND, NEVER])
        if wrong is not None or self.started.ended():
            return wrong
        told = len(TROUBLE.findall(self.said()))
        between()
        self.service.change(self.folder, self.port)
        if self.service.reload:
            self.started.process.send_signal(signal.SIGHUP)
        if not self.settles(lambda: self.takes_new_policy() or
                            len(TROUBLE.findall(self.said())) > told or
                            (told > 0 and ask(self.port, ALWAYS) is None)):
            return "does not take a new policy, without a word"
        return self.wrong_answer([ALWAYS], [NEVER])

    def takes_new_policy(self) -> bool:
        """Whether an answer was by it: the next may come of a worker that is about to end."""
        self.took = self.took or self.allows(SECOND)
        return self.took

    def allows(self, origin: str) -> bool:
        answer = ask(self.port, origin)
        return answer is not None and answer.values("Access-Control-Allow-Origin") == [origin]

    def wrong_answer(self, allowed: list[str], denied: list[str]) -> str | None:
        for origin in allowed + denied:
            answer = ask(self.port, origin)
            if answer is None or answer.status >= 500:
                continue  # nobody is let in by it
            names = answer.values("Access-Control-Allow-Origin")
            if names != ([origin] if origin in allowed else []):
                return f"answers {origin} with {names}"
            if "origin" not in answer.vary():
                return f"answers {origin} without Vary: Origin"
        return None

    def end(self) -> tuple[int | None, str | None]:
        if not self.started.ended():
            self.started.process.terminate()
        if not self.settles(lambda: False):
            return None, "does not end"
        return self.started.process.returncode, None


def run_service(service: Service, fault: Fault, clock_shift: int = 0) -> Served:
    """The wall clock is set by so many seconds between the two policies."""
    with reachable_folder() as folder:
        for name in service.temporary:
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        port = free_port()
        service.prepare(folder, port)
        with FaultState(folder / "state", fault, service.program) as state:
            run = Run(service, folder, port, state)
            with run.started:
                wrong = run.play(lambda: state.set("clock_shift", clock_shift))
                code, endless = run.end()
            wrong = wrong or endless or fault_of_end(service, run, state, code)
            left = left_behind(service, folder)
            if wrong is None and left:
                wrong = left_for_good(service, folder, left)
            return Served(wrong, code, run.said(), run.took, state.get("seen"), state.places(),
                          state.get("failed"), state.get("clock_reads"))


def fault_of_end(service: Service, run: Run, state: FaultState, code: int | None) -> str | None:
    if state.get("ended_by"):
        return f"died of signal {state.get('ended_by')} in {state.died_in()}"
    if state.died_in():
        return f"a process of it died in {state.died_in()}"
    if state.get("left"):
        return f"{state.get('left')} processes were left"
    if code not in service.failures | {0}:
        return f"ended with {code}: {''.join(run.said().splitlines()[-1:])}"
    if code != 0 and not run.said().strip():
        return f"ended with {code} without a word"
    return None


def left_behind(service: Service, folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for name in service.temporary
                  for path in (folder / name).iterdir())


def left_for_good(service: Service, folder: Path, left: list[str]) -> str | None:
    """What could not be removed at the end is removed by the next start."""
    with FaultState(folder / "next-state", NO_FAULT, service.program) as state:
        run = Run(service, folder, free_port(), state)
        with run.started:
            run.settles(lambda: service.ready in run.said())
            run.end()
    after = left_behind(service, folder)
    return f"left {after[0]}" if after else None
