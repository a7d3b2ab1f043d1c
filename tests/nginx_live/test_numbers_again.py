# SPDX-License-Identifier: MIT
"""Numbers of processes come again: one that a killed worker had is soon a stranger's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.nginx_live.conftest import Serve
from tests.nginx_live.live_nginx import (LOCATION, SECONDS, Compiled, in_force, put,
                                         wait_until_in_force)
from tests.support.started import wait_for

LAST_NUMBER = Path("/proc/sys/kernel/ns_last_pid")  # the next process has the number behind it


@contextmanager
def stranger(number: int) -> Iterator[None]:
    """A process that has this number and no part in anything."""
    found: list[subprocess.Popen[bytes]] = []

    def has_number() -> bool:
        LAST_NUMBER.write_text(str(number - 1))
        process = subprocess.Popen(["sleep", "infinity"])
        if process.pid == number:
            found.append(process)
            return True
        process.kill()
        process.wait()
        return False
    try:
        wait_for(has_number, "a process with this number", SECONDS)
        yield
    finally:
        for process in found:
            process.kill()
            process.wait()


def test_a_stranger_is_not_waited_for(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live, workers=2)
    wait_until_in_force(nginx, live, small[0], 0)
    first = set(nginx.workers())
    # Those that come up while the first are there find places behind theirs.
    nginx.process.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(nginx.workers()) == 2 and first.isdisjoint(nginx.workers()),
             "workers of the new configuration alone", SECONDS)
    killed = max(nginx.workers())
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(nginx.workers()) == 2 and killed not in nginx.workers(),
             "another worker", SECONDS)
    wait_for(lambda: all((Path("/proc") / str(worker) / "cmdline").read_bytes().startswith(
        b"nginx: worker") for worker in nginx.workers()), "it to be up", SECONDS)
    with stranger(killed):
        after = len(in_force(nginx, live))
        put(small[1].file, live)
        wait_until_in_force(nginx, live, small[1], after)
