# SPDX-License-Identifier: MIT
"""A whole run: three gateways before an upstream that flaps, what troubles them, and clients.

Storms and crowds take turns. In a storm nginx is reloaded each second and workers are killed; in a
crowd the policy still changes each second, workers live, and thousands of idle connections have to
be held. Good and hostile clients never pause. All this is done to two gateways; the third, STEADY,
gets new policies and good clients alone, so that what its workers leak would add up.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.gateway_trouble import PolicyTurns, Trouble, WorkerKills
from tests.soak.memory_watch import Line, Memory, processor_seconds
from tests.soak.soak_conditions import Conditions, Gateways
from tests.soak.soak_outcome import Outcome
from tests.soak.soaked_gateway import SECONDS, SoakedGateway, wait_until_written
from tests.support.certificates import Authority
from tests.support.cors_command import ROOT
from tests.support.reachable_folder import reachable_folder
from tests.support.started import Started, processes_of_session

PYTHON = "/usr/bin/python3"
SAMPLE_SECONDS = 1.0
CYCLE_SECONDS = 60.0  # a storm and a crowd
CROWD_SHARE = 1 / 3
WARM_UP_SHARE = 0.25
HOSTILE_THREADS = 2

# What a run needs besides the time in which it is measured: to start and to end everything.
AROUND_SECONDS = 8.0


@dataclass(frozen=True)
class Plan:
    seconds: float  # under load
    seed: int
    good_threads: int = 6  # for each gateway but STEADY
    steady_threads: int = 4
    idle: int = 10_000  # connections of a crowd
    slow: int = 60  # of each kind of slow client

    @property
    def cycle_seconds(self) -> float:
        return min(CYCLE_SECONDS, self.seconds / 2)

    @property
    def patience_seconds(self) -> float:
        """After which a slow client gives up, so that in a short run, too, as many come as go."""
        return self.seconds / 8


@dataclass
class GatewayResult:
    memory: Memory
    lines: dict[str, Line]
    log: Counter[str]
    said: list[str]
    exit_code: int
    left_behind: list[str]  # files, and processes
    processor_seconds: float


@dataclass
class Result:
    plan: Plan
    seconds: float = 0.0
    outcome: Outcome = field(default_factory=Outcome)
    trouble: dict[Gateways, Counter[str]] = field(default_factory=dict)
    trouble_failures: list[str] = field(default_factory=list)
    upstream_downs: int = 0
    crowd_held: list[int] = field(default_factory=list)  # by the workers, once a second in crowds
    gateways: dict[Gateways, GatewayResult] = field(default_factory=dict)


class Stand:
    def __init__(self, folder: Path, plan: Plan, started: ExitStack,
                 progress: Callable[[str], None]) -> None:
        self.folder = folder
        self.plan = plan
        self.started = started
        self.progress = progress
        self.page = folder / "conditions"
        self.conditions = Conditions.create(self.page)
        self.storm = threading.Event()
        self.storm.set()
        self.parts: dict[str, Started] = {}
        self.clients: list[str] = []
        self.gateways: dict[Gateways, SoakedGateway] = {}
        self.memories = {gateway: Memory(workers_live=gateway is Gateways.STEADY)
                         for gateway in Gateways}
        self.crowd_held: list[int] = []

    def part(self, name: str, module: str, *arguments: object) -> Started:
        """A program of this folder in a process of its own, in which it does one thing."""
        command = [PYTHON, "-m", f"tests.soak.{module}", str(self.page),
                   *(str(argument) for argument in arguments)]
        self.parts[name] = self.started.enter_context(
            Started(command, self.folder / f"{name}.log", ROOT))
        return self.parts[name]

    def client(self, name: str, module: str, *arguments: object) -> None:
        """A part that writes an Outcome in the end."""
        self.clients.append(name)
        self.part(name, module, self.folder / f"{name}.outcome", self.plan.seed, *arguments)

    def start(self) -> None:
        port_file = self.folder / "upstream.port"
        self.part("upstream", "flapping_upstream", port_file, self.plan.seed)
        upstream = int(wait_until_written(port_file))
        pair = Authority(self.folder).sign("localhost", "DNS:localhost", "IP:127.0.0.1")
        tls = ["--tls-cert", str(pair.certificate), "--tls-key", str(pair.key)]
        for gateway in Gateways:
            self.gateways[gateway] = SoakedGateway(
                self.folder / gateway.name.lower(), gateway, upstream,
                [] if gateway is Gateways.PLAIN else tls)
            self.started.enter_context(self.gateways[gateway])
        plain, tls_port, steady = (self.gateways[gateway].wait_until_ready()
                                   for gateway in Gateways)
        plan = self.plan
        self.client("good", "good_clients", Gateways.PLAIN.name, plain, plan.good_threads)
        self._tls_clients(Gateways.TLS, tls_port, plan.good_threads // 2, HOSTILE_THREADS)
        self._tls_clients(Gateways.STEADY, steady, plan.steady_threads // 2, 0)
        self.client("hostile", "hostile_clients", plain, tls_port, HOSTILE_THREADS)
        self.client("slow", "slow_clients", plain, plan.slow, plan.patience_seconds)
        self.client("crowd", "idle_crowd", plain)

    def _tls_clients(self, gateway: Gateways, port: int, threads: int, hostile: int) -> None:
        """So many good ones over HTTP/1.1, and as many over HTTP/2."""
        name = gateway.name.lower()
        self.client(f"good-{name}", "good_clients", gateway.name, port, threads)
        self.client(f"http2-{name}", "http2_clients", gateway.name, port, threads, hostile)

    def troubles(self) -> list[Trouble]:
        made: list[tuple[Gateways, type[Trouble], threading.Event]] = [
            (gateway, kind, self.storm) for gateway in (Gateways.PLAIN, Gateways.TLS)
            for kind in (PolicyTurns, WorkerKills)]
        no_storm = threading.Event()
        made.append((Gateways.STEADY, PolicyTurns, no_storm))
        return [kind(self.conditions, self.gateways[gateway], storm,
                     random.Random(f"{self.plan.seed} {gateway.name} {kind.__name__}"))
                for gateway, kind, storm in made]

    def run(self) -> Result:
        self.start()
        troubles = self.troubles()
        for trouble in troubles:
            trouble.start()
        began = time.monotonic()
        while (at := time.monotonic() - began) < self.plan.seconds:
            self._choose_weather(at)
            self._sample(at)
            self._count_crowd()
            self._look_after_all()
            time.sleep(max(0.0, SAMPLE_SECONDS - (time.monotonic() - began - at)))
        result = Result(self.plan, time.monotonic() - began)
        used = {gateway: self._processor_seconds(gateway) for gateway in self.gateways}
        self.conditions.stop()
        for trouble in troubles:
            self._collect_trouble(trouble, result)
        self._collect_outcomes(result)
        for gateway, running in self.gateways.items():
            result.gateways[gateway] = self._end(running, used[gateway])
        return result

    def _choose_weather(self, at: float) -> None:
        crowd = at % self.plan.cycle_seconds >= self.plan.cycle_seconds * (1 - CROWD_SHARE)
        if crowd:
            self.storm.clear()
        else:
            self.storm.set()
        self.conditions.crowd_wanted = self.plan.idle if crowd else 0
        self.progress(f"{at:.0f} of {self.plan.seconds:.0f} s, "
                      f"{f'a crowd of {self.conditions.crowd_held}' if crowd else 'a storm'}")

    def _count_crowd(self) -> None:
        if not self.storm.is_set():
            self.crowd_held.append(self.conditions.crowd_held)

    def _sample(self, at: float) -> None:
        for gateway, running in self.gateways.items():
            self.memories[gateway].sample(at, running.process.pid, running.master(),
                                          running.workers())

    def _look_after_all(self) -> None:
        for name, part in [*self.parts.items(),
                           *((gateway.name, part) for gateway, part in self.gateways.items())]:
            if part.ended():
                raise ChildProcessError(f"{name} ended in the middle of it:\n{part.said()}")

    def _processor_seconds(self, gateway: Gateways) -> float:
        running = self.gateways[gateway]
        return sum(processor_seconds(process)
                   for process in processes_of_session(running.process.pid))

    def _collect_trouble(self, trouble: Trouble, result: Result) -> None:
        trouble.join(SECONDS)
        gateway = trouble.gateway.gateway
        result.trouble.setdefault(gateway, Counter()).update(trouble.counts)
        result.trouble_failures += [f"{gateway.name}: {words}" for words in trouble.failures]
        if trouble.is_alive():
            result.trouble_failures.append(f"{gateway.name}: {type(trouble).__name__} does not end")

    def _collect_outcomes(self, result: Result) -> None:
        for name in self.clients:
            part = self.parts[name]
            if part.process.wait(SECONDS) != 0:
                raise ChildProcessError(f"{name} failed:\n{part.said()}")
            result.outcome.add(Outcome.read(self.folder / f"{name}.outcome"))
        result.upstream_downs = self.conditions.upstream.over
        result.crowd_held = self.crowd_held

    def _end(self, running: SoakedGateway, used: float) -> GatewayResult:
        session = running.process.pid
        code = running.end_and_wait()
        memory = self.memories[running.gateway]
        left = [*running.left_behind(),
                *(f"process {process}" for process in processes_of_session(session))]
        return GatewayResult(memory, memory.lines(self.plan.seconds * WARM_UP_SHARE),
                             running.log_reader.counts, running.log_reader.kept, code, left, used)


def soak(plan: Plan, progress: Callable[[str], None]) -> Result:
    """In a folder of its own, which the gateways' workers get to, whoever they run as."""
    with reachable_folder() as folder:
        with ExitStack() as started:
            result = Stand(folder, plan, started, progress).run()
    return result
