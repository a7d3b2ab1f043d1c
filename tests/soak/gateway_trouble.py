# SPDX-License-Identifier: MIT
"""What is done to a gateway on purpose: its policy is rewritten each second, workers are killed."""

from __future__ import annotations

import os
import random
import select
import signal
import threading
import time
from collections import Counter

from tests.soak.soak_conditions import Conditions
from tests.soak.soak_policies import TURNS
from tests.soak.soaked_gateway import SoakedGateway
from tests.support.started import LOOK_SECONDS, wait_for

POLICY_SECONDS = 1.0  # from one policy to the next
KILL_SECONDS = (2.0, 4.0)  # from one killed worker to the next
IN_FORCE_SECONDS = 20.0  # far above what a busy machine takes
END_SECONDS = 20.0  # within which a killed worker is gone


class Trouble(threading.Thread):
    """Something that is done again and again until the run stops."""

    def __init__(self, conditions: Conditions, gateway: SoakedGateway, storm: threading.Event,
                 draw: random.Random) -> None:
        super().__init__(daemon=True)
        self.conditions = conditions
        self.gateway = gateway
        self.storm = storm
        self.draw = draw
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []

    def run(self) -> None:
        while not self.conditions.stopping:
            began = time.monotonic()
            try:
                self.make()
            except Exception as error:  # or the thread would end, and no trouble be made
                self.failures.append(repr(error))
            until = began + self.seconds()
            while time.monotonic() < until and not self.conditions.stopping:
                time.sleep(LOOK_SECONDS)

    def make(self) -> None:
        raise NotImplementedError

    def seconds(self) -> float:
        """From the beginning of this one to the next."""
        raise NotImplementedError


class PolicyTurns(Trouble):
    """A new policy each second. In a storm nginx is reloaded for it, too, which takes new workers;
    otherwise the workers swap it."""

    def make(self) -> None:
        policies = self.conditions.policies(self.gateway.gateway)
        number = policies.begin()
        turn = number % TURNS
        self.gateway.put_policy(turn)
        self.counts["policies"] += 1
        if self.storm.is_set():
            self.gateway.process.send_signal(signal.SIGHUP)
            self.counts["reloads"] += 1
        wait_for(lambda: self.gateway.is_in_force(turn),
                 f"policy {number} in force in all workers", IN_FORCE_SECONDS)
        policies.finish(number)

    def seconds(self) -> float:
        return POLICY_SECONDS


class WorkerKills(Trouble):
    """SIGKILL to any worker, one that is shutting down included; only in a storm."""

    def make(self) -> None:
        workers = self.gateway.workers()
        if not self.storm.is_set() or not workers:
            return
        kills = self.conditions.kills(self.gateway.gateway)
        try:
            worker = os.pidfd_open(self.draw.choice(workers))
        except ProcessLookupError:
            return  # it ended by itself
        number = kills.begin()
        try:
            signal.pidfd_send_signal(worker, signal.SIGKILL)
            ended, _, _ = select.select([worker], [], [], END_SECONDS)
            if not ended:
                raise TimeoutError("a killed worker does not end")
            self.counts["kills"] += 1
        except ProcessLookupError:
            pass
        finally:
            os.close(worker)
            kills.finish(number)

    def seconds(self) -> float:
        return self.draw.uniform(*KILL_SECONDS)
