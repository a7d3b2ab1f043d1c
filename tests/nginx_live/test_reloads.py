# SPDX-License-Identifier: MIT
"""Reloads of nginx at the moment at which a policy is replaced: workers of two configurations."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from tests.nginx_live.conftest import Serve
from tests.nginx_live.live_load import Timeline, load
from tests.nginx_live.live_nginx import (LOCATION, SECONDS, Compiled, in_force, put, stopped, swap,
                                         wait_until_in_force)
from tests.support.raw_client import Connection
from tests.support.started import wait_for

ROUNDS = 40


def test_in_force_means_everywhere(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """Once it is said, neither workers that end nor those that come up answer by an older one."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, small[0], 0)
    timeline = Timeline(small[0].mark)
    marks = [compiled.mark for compiled in small]
    with load(nginx.port, timeline, marks, patient=True) as outcome:
        for number in range(1, ROUNDS):
            nginx.process.process.send_signal(signal.SIGHUP)
            # At any moment of the reload: how long the changes take varies enough.
            swap(nginx, live, small[number % 3], timeline)
    assert not outcome.wrong and not outcome.failures, (outcome.wrong[:5], outcome.failures[:5])
    assert outcome.answers > 100


def test_a_worker_that_ends_is_waited_for(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """What a stopped worker of the old configuration still uses is not said to be gone."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(f"location / {{ cors_policy {live}; proxy_pass http://127.0.0.1:1; }}", workers=1)
    wait_until_in_force(nginx, live, small[0], 0)
    old, = nginx.workers()
    with Connection(nginx.port) as connection:
        connection.send(b"POST / HTTP/1.1\r\nHost: api.example\r\nContent-Length: 4\r\n"
                        b"Expect: 100-continue\r\n\r\n")
        assert connection.receive(without_body=True).status == 100
        nginx.process.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(in_force(nginx, live)) == 2, "the new worker", SECONDS)
        with stopped(old):
            put(small[1].file, live)
            wait_for(lambda: f"worker process {old} holds it up" in nginx.errors(),
                     "a word about who is waited for", SECONDS)
            assert small[1].checksum not in in_force(nginx, live)
        wait_until_in_force(nginx, live, small[1], 2)
