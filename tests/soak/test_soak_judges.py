# SPDX-License-Identifier: MIT
"""That a soak sees what it is there to see: leaks, troubles that do not happen, silence."""

from __future__ import annotations

import random
import socket
import threading
from pathlib import Path

import pytest

from tests.soak.gateway_trouble import Trouble
from tests.soak.good_clients import GoodClient, OverConnection
from tests.soak.memory_watch import NOTHING_BYTES, Samples, line_through
from tests.soak.slow_clients import held_ports
from tests.soak.soak_conditions import Conditions, Gateways
from tests.soak.soak_report import faults_of
from tests.soak.soak_stand import Plan, Result
from tests.soak.soak_witness import Witness
from tests.support.raw_client import Connection
from tests.support.started import wait_for

SECONDS = 10.0
MEBIBYTE = 1 << 20


def drawn_samples(growth: float, scatter: float, draw: random.Random) -> Samples:
    """Of 450 seconds; a worker that has 9 MiB at first."""
    return [(float(at), int(draw.gauss(9 * MEBIBYTE + growth * at / 450, scatter)))
            for at in range(450)]


@pytest.mark.parametrize("seed", range(5))
def test_a_leak_is_seen_through_scatter(seed: int) -> None:
    draw = random.Random(seed)
    assert not line_through(drawn_samples(2.7 * MEBIBYTE, 1.2 * MEBIBYTE, draw)).is_flat
    assert line_through(drawn_samples(0, 4 * MEBIBYTE, draw)).is_flat
    assert line_through(drawn_samples(0.9 * NOTHING_BYTES, 1000, draw)).is_flat


def test_a_slope_is_within_its_interval() -> None:
    held = 0
    for seed in range(200):
        samples = drawn_samples(MEBIBYTE, 4 * MEBIBYTE, random.Random(seed))[::10]
        line = line_through(samples)
        assert line.slope_low <= line.slope <= line.slope_high
        held += line.slope_low <= MEBIBYTE / 450 <= line.slope_high
    assert held >= 194  # of 198


def test_rest_is_a_fault() -> None:
    faults = faults_of(Result(Plan(100.0, 1), seconds=100.0))
    for expected in ["not one good answer", "PLAIN: it never happened: reloads",
                     "TLS: it never happened: kills", "STEADY: it never happened: policies",
                     "the upstream was never out of order", "no end was seen of: slow heads",
                     "no end was seen of: slow readers"]:
        assert expected in faults
    assert "STEADY: it never happened: kills" not in faults


class BrokenTrouble(Trouble):
    def make(self) -> None:
        self.counts["made"] += 1
        raise ValueError("no such thing")

    def seconds(self) -> float:
        return 0.0


def test_a_trouble_that_fails_says_so_and_goes_on(tmp_path: Path) -> None:
    conditions = Conditions.create(tmp_path / "page")
    trouble = BrokenTrouble(conditions, None, threading.Event(),  # type: ignore[arg-type]
                            random.Random(1))
    trouble.start()
    wait_for(lambda: trouble.counts["made"] > 1, "one more", SECONDS)
    conditions.stop()
    trouble.join(SECONDS)
    assert trouble.failures[0] == "ValueError('no such thing')"


def test_silence_is_a_failure_whatever_was_killed(tmp_path: Path) -> None:
    """A server that takes connections and never says a word."""
    conditions = Conditions.create(tmp_path / "page")
    kills = conditions.kills(Gateways.PLAIN)
    kills.begin()  # and never over
    with socket.create_server(("127.0.0.1", 0)) as server:
        def connect() -> OverConnection:
            connection = Connection(server.getsockname()[1])
            connection.socket.settimeout(0.05)
            return OverConnection(connection)

        client = GoodClient(Witness(conditions, Gateways.PLAIN), connect, random.Random(1), 0, 1, 0)
        thread = threading.Thread(target=client.run)
        thread.start()
        wait_for(lambda: client.outcome.counts["failed"] > 1, "failures", SECONDS)
        conditions.stop()
        thread.join(SECONDS)
    assert "neither answered nor closed" in client.outcome.failed[0]


def test_what_a_kernel_alone_still_holds_is_let_go() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            own = client.getsockname()[1]
            assert own in held_ports(port)
            accepted.sendall(b"unread")
            accepted.close()
            assert own not in held_ports(port)
