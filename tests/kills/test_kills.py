# SPDX-License-Identifier: MIT
"""kill -9 of a worker, of nginx's master and of the gateway, at random and under load.

Whatever is left comes back or goes; no answer is ever wrong; what breaks is answered when it is
asked once more; nothing is left behind.
"""

from __future__ import annotations

import random
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills.killed_gateway import (
    CLIENTS, SECONDS, cors_memories, is_free, kill, load_on, locks_below, start_gateway)
from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import LISTED, POLICY
from tests.support.started import free_port, wait_for

SEEDS = [1, 2]
WORKER_KILLS = 25
GATEWAY_KILLS = 6


@pytest.fixture()
def upstream() -> Iterator[RecordingUpstream]:
    with RecordingUpstream() as server:
        yield server


@pytest.mark.parametrize("seed", SEEDS)
def test_workers(tmp_path: Path, upstream: RecordingUpstream, seed: int) -> None:
    """Each is replaced, also while a new policy is on its way."""
    draw = random.Random(seed)
    port = free_port()
    with start_gateway(tmp_path, port, "--upstream", upstream.url) as served:
        served.wait_until_ready()
        count = len(served.workers())
        memories = cors_memories(served.processes())
        with load_on(port, seed) as load:
            load.more(50)
            for number in range(WORKER_KILLS):
                if draw.random() < 0.5:
                    (tmp_path / "cors.yaml").write_text(POLICY + f"# {number}\n")
                killed = draw.choice(served.workers())
                with load.killing():
                    kill(killed)
                    wait_for(lambda: killed not in served.workers()
                             and len(served.workers()) == count, "a new worker", SECONDS)
                load.more(draw.choice([0, 5, 50]))
        assert load.broken_in_kills + load.broken_after <= WORKER_KILLS * CLIENTS
        assert cors_memories(served.processes()) == memories
        new = "https://new.example.com"
        (tmp_path / "cors.yaml").write_text(POLICY.replace(LISTED, new))
        served.wait_until_allows(new)  # the lock of a loader that was killed holds up nobody
        assert not served.allows(LISTED)
        served.send(signal.SIGTERM)
        assert served.wait_for_end() == 0
        assert served.left_behind() == [] and locks_below(tmp_path) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_all_workers_at_once(tmp_path: Path, upstream: RecordingUpstream, seed: int) -> None:
    port = free_port()
    with start_gateway(tmp_path, port, "--upstream", upstream.url) as served:
        served.wait_until_ready()
        count = len(served.workers())
        with load_on(port, seed) as load:
            for _ in range(5):
                killed = served.workers()
                with load.killing():
                    for worker in killed:
                        kill(worker)
                    wait_for(lambda: set(served.workers()).isdisjoint(killed)
                             and len(served.workers()) == count, "new workers", SECONDS)
                load.more(20)


@pytest.mark.parametrize("seed", SEEDS)
def test_master(tmp_path: Path, upstream: RecordingUpstream, seed: int) -> None:
    """The gateway ends with it, says so, and takes the workers along."""
    port = free_port()
    with start_gateway(tmp_path, port, "--upstream", upstream.url) as served:
        served.wait_until_ready()
        with load_on(port, seed) as load:
            load.more(100)
            with load.killing():
                kill(served.master())
                assert served.wait_for_end() == 3
        assert "nginx was ended by signal 9" in served.said()
        assert served.left_behind() == [] and locks_below(tmp_path) == [] and is_free(port)


def test_gateway_again_and_again(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """As a unit of systemd has it: it is killed at any moment, and started again at once.

    The port is free as soon as all its processes are gone; what the killed ones left is gone once
    the next has started.
    """
    draw = random.Random(3)
    port = free_port()
    with load_on(port, 3) as load:
        for _ in range(GATEWAY_KILLS):
            with start_gateway(tmp_path, port, "--upstream", upstream.url) as killed:
                if draw.random() < 0.7:
                    killed.wait_until_ready()
                    load.more(draw.choice([1, 100]))
                with load.killing():
                    killed.send(signal.SIGKILL)
                    assert killed.wait_for_end() == -signal.SIGKILL
                assert is_free(port)
        with start_gateway(tmp_path, port, "--upstream", upstream.url) as served:
            served.wait_until_ready()
            assert len(served.left_behind()) == 1
            load.more(100)
            with load.killing():
                served.send(signal.SIGTERM)
                assert served.wait_for_end() == 0
            assert served.left_behind() == [] and locks_below(tmp_path) == []


def test_what_breaks_without_a_kill_is_noticed() -> None:
    """A server that takes connections and closes them, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def refuse() -> None:
            try:
                while True:
                    server.accept()[0].close()
            except OSError:  # the test is over
                pass

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(AssertionError, match="broken twice"):
            with load_on(server.getsockname()[1], 4) as load:
                load.more(1)
        server.shutdown(socket.SHUT_RDWR)
        thread.join(SECONDS)


def test_gateways_that_start_together(tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Each cleans up after those that were killed, and none takes another's folder for such."""
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
        (folder / "tmp").symlink_to(tmp_path)
    first = [start_gateway(folder, 0, "--upstream", upstream.url) for folder in folders]
    for served in first:
        with served:
            served.send(signal.SIGKILL)
            served.wait_for_end()
    started = [start_gateway(folder, 0, "--upstream", upstream.url) for folder in folders]
    try:
        for served in started:
            served.wait_until_ready()
        assert len(list(tmp_path.glob("cors-serve.*"))) == len(started)
        assert all(served.allows(LISTED) for served in started)
    finally:
        for served in started:
            served.end()
    assert list(tmp_path.glob("cors-serve.*")) == []
