# SPDX-License-Identifier: MIT
"""Workers that are killed, stopped, ended or all there is; reloads; helpers that need no policy."""

from __future__ import annotations

import os
import select
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.nginx_live.conftest import Serve
from tests.nginx_live.live_load import Timeline, load
from tests.nginx_live.live_nginx import (LOCATION, SECONDS, Compiled, in_force, locks,
                                         policy_mappings, policy_memories, put, stopped,
                                         swap, threads, wait_until_in_force)
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import Connection, ask
from tests.support.started import wait_for


def allowed(nginx: NginxServer, policies: list[Compiled]) -> list[str]:
    return [compiled.mark for compiled in policies
            if ask(nginx.port, "GET", "/", [("Origin", compiled.mark)]).allowed_origin()]


def kill(nginx: NginxServer, worker: int) -> None:
    """Kills a worker, and returns once there is another in its place."""
    count = len(nginx.workers())
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: worker not in nginx.workers() and len(nginx.workers()) == count,
             "another worker", SECONDS)


def loader(nginx: NginxServer) -> int:
    """The worker that loads: it has a thread for that."""
    found: list[int] = []

    def is_there() -> bool:
        found[:] = [worker for worker in nginx.workers() if threads(worker) > 1]
        return bool(found)
    wait_for(is_there, "a worker that loads", SECONDS)
    return found[0]


def quiet(nginx: NginxServer) -> bool:
    return all(policy_mappings(worker) == 1 and threads(worker) == 1 and not locks(worker)
               for worker in nginx.workers())


def test_killed_workers(serve: Serve, tmp_path: Path, large: list[Compiled]) -> None:
    """A worker is killed at any moment of a swap; who comes in its place has the newest policy."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(large[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, large[0], 0)
    timeline = Timeline(large[0].mark)
    with load(nginx.port, timeline, [compiled.mark for compiled in large]) as outcome:
        for number in range(1, 9):
            compiled = large[number % 3]
            after = len(in_force(nginx, live))
            settled = timeline.begin(compiled.mark)
            put(compiled.file, live)
            kill(nginx, min(nginx.workers()))
            wait_until_in_force(nginx, live, compiled, after)
            timeline.settle(settled)
    assert not outcome.wrong, outcome.wrong[:5]
    assert outcome.answers > 100
    wait_for(lambda: quiet(nginx), "no thread and no lock", SECONDS)


def test_killed_while_it_loads(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, small[0], 0)
    for number in range(1, 4):
        slow = max(nginx.workers())
        with stopped(slow):
            put(small[number % 3].file, live)
            first = loader(nginx)
            assert first != slow
            kill(nginx, first)
            second = loader(nginx)
            assert second != first, "another goes on where it stopped"
            after = len(in_force(nginx, live))
        wait_until_in_force(nginx, live, small[number % 3], after)
        assert allowed(nginx, small) == [small[number % 3].mark]
    wait_for(lambda: quiet(nginx), "no thread and no lock", SECONDS)


def test_a_stopped_worker_keeps_its_policy(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """The memory of a policy stays for who has not left it, and nothing newer is begun."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live, workers=2)
    wait_until_in_force(nginx, live, small[0], 0)
    slow, other = sorted(nginx.workers())

    def used() -> list[bool]:
        return sorted(size > 0 for size in policy_memories(slow).values())
    with stopped(slow):
        put(small[1].file, live)
        wait_for(lambda: policy_mappings(other) == 2, "the other one has it", SECONDS)
        put(small[2].file, live)
        assert used() == [True, True]
        assert len(in_force(nginx, live)) == 1
    wait_until_in_force(nginx, live, small[2], 2)
    assert in_force(nginx, live) == [compiled.checksum for compiled in small]
    assert allowed(nginx, small) == [small[2].mark]
    wait_for(lambda: used() == [False, True], "one memory empty", SECONDS)


def test_a_stopped_worker_is_named(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """Who waits for a change reads in the log why it does not come."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, small[0], 0)
    slow = min(nginx.workers())
    said = (f'cors: "{live}" was replaced, but the change is not done: worker process {slow} '
            "holds it up")
    with stopped(slow):
        put(small[1].file, live)
        wait_for(lambda: said in nginx.errors(), "the line", SECONDS)
    wait_until_in_force(nginx, live, small[1], 1)
    assert nginx.errors().count("holds it up") == 1, "not by every worker"


@contextmanager
def slow_reader(pipe: Path) -> Iterator[int]:
    """A pipe for a log that nobody reads: who writes to it waits once it is full."""
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield end
    finally:
        os.close(end)


@contextmanager
def drained(pipe: int) -> Iterator[None]:
    """Reads all that comes, so that nobody has to wait any more."""
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if select.select([pipe], [], [], 0.05)[0]:
                os.read(pipe, 1 << 16)
    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield
    finally:
        done.set()
        reading.join()


def connect_to(nginx: NginxServer, worker: int, count: int, opened: ExitStack) -> list[Connection]:
    """Connections that a certain worker has taken."""
    found: list[Connection] = []

    def another() -> bool:
        connection = opened.enter_context(Connection(nginx.port))
        if connection.ask("GET", "/").values("X-Worker") == [str(worker)]:
            found.append(connection)
        return len(found) == count
    wait_for(another, f"{count} connections to worker {worker}", SECONDS)
    return found


def test_requests_that_waited_for_a_worker(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """A worker that was held up answers them before its timers run: by the newest policy."""
    live, pipe = tmp_path / "live.corsc", tmp_path / "slow.log"
    shutil.copyfile(small[0].file, live)
    with slow_reader(pipe) as end, ExitStack() as opened:
        nginx = serve(LOCATION % live + f"location /slow {{ access_log {pipe}; return 200; }}",
                      workers=2)
        wait_until_in_force(nginx, live, small[0], 0)
        held_up, free = sorted(nginx.workers())
        blocking, *waiting = connect_to(nginx, held_up, 9, opened)
        [other] = connect_to(nginx, free, 1, opened)
        # Each line is a page of the pipe, which has sixteen.
        blocking.send(f"GET /slow/{'x' * 3000} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 40)
        wait_for(lambda: not select.select([], [end], [], 0)[1], "a full pipe", SECONDS)
        put(small[1].file, live)
        asked = [("Origin", small[1].mark)]
        wait_for(lambda: other.ask("GET", "/", asked).allowed_origin() == small[1].mark,
                 "the new policy in the other worker", SECONDS)
        for connection in waiting:
            connection.send(
                f"GET / HTTP/1.1\r\nHost: a\r\nOrigin: {small[0].mark}\r\n\r\n".encode())
        assert in_force(nginx, live) == [small[0].checksum]
        with drained(end):
            answers = [connection.receive() for connection in waiting]
            wait_until_in_force(nginx, live, small[1], 1)
        assert [answer.allowed_origin() for answer in answers] == [None] * len(answers)


def test_reloads_while_policies_change(
        serve: Serve, tmp_path: Path, large: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(large[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, large[0], 0)
    timeline = Timeline(large[0].mark)
    marks = [compiled.mark for compiled in large]
    with load(nginx.port, timeline, marks, patient=True) as outcome:
        for number in range(1, 7):
            timeline.begin(large[number % 3].mark)
            put(large[number % 3].file, live)
            assert nginx.reload()
        swap(nginx, live, large[2], timeline)
    assert not outcome.wrong and not outcome.failures, (outcome.wrong[:5], outcome.failures[:5])
    assert len(nginx.workers()) == 4
    wait_for(lambda: quiet(nginx), "no thread and no lock", SECONDS)
    master = nginx.process.process.pid
    assert policy_mappings(master) == 0 and len(policy_memories(master)) == 2


def test_a_worker_that_ends(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """After a reload the old worker waits for a body, and takes the new policy, too."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(f"location / {{ cors_policy {live}; proxy_pass http://127.0.0.1:1; }}")
    wait_until_in_force(nginx, live, small[0], 0)
    old = nginx.workers()
    with Connection(nginx.port) as connection:
        connection.send(f"POST / HTTP/1.1\r\nHost: api.example\r\nOrigin: {small[0].mark}\r\n"
                        "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.receive(without_body=True).status == 100
        nginx.process.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(nginx.workers() - old) == 4 and len(nginx.workers()) == 5,
                 "the one old worker that has something to do", SECONDS)
        put(small[1].file, live)
        wait_for(lambda: in_force(nginx, live).count(small[1].checksum) == 2,
                 "in force in the new workers and in the old one", SECONDS)
        assert allowed(nginx, small) == [small[1].mark]
        connection.send(b"abcd")
        response = connection.receive()
        assert response.status == 502
        assert response.allowed_origin() == small[0].mark, "decided when it came"
    wait_for(lambda: not old & nginx.workers(), "the end of the old worker", SECONDS)
    assert allowed(nginx, small) == [small[1].mark]


def test_one_process(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """With "master_process off" nginx is one process, which no nginx can reload."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live, main="master_process off;")
    process = nginx.process.process.pid
    wait_until_in_force(nginx, live, small[0], 0)
    for number in range(1, 4):
        swap(nginx, live, small[number % 3], Timeline(""))
        assert allowed(nginx, small) == [small[number % 3].mark]
    wait_for(lambda: policy_mappings(process) == threads(process) == 1, "one policy", SECONDS)


def test_processes_for_caches(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live, http=f"proxy_cache_path {tmp_path}/cache keys_zone=z:1m;")
    wait_until_in_force(nginx, live, small[0], 0)
    swap(nginx, live, small[1], Timeline(""))
    helpers = [process for process in nginx.workers() if policy_mappings(process) == 0]
    assert len(nginx.workers()) - len(helpers) == 4 and helpers
    assert all(threads(process) == 1 for process in helpers)
