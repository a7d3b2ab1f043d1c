# SPDX-License-Identifier: MIT
"""Replaced policies, under load: every answer is right, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.nginx_live.conftest import Serve
from tests.nginx_live.live_load import Timeline, load
from tests.nginx_live.live_nginx import (LOCATION, SECONDS, Compiled, in_force, locks, own_memory,
                                         policy_mappings, policy_memories, put, swap, threads,
                                         wait_until_in_force)
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import ask
from tests.support.started import wait_for

SWAPS = 100
PAGE = 4096

# What a heap may differ by from one moment to another, far below a policy of many origins.
SLACK = 2 << 20


def wait_until_quiet(nginx: NginxServer, size: int) -> None:
    """Until every worker has mapped one policy and has no thread besides its own."""
    def quiet() -> bool:
        return all(
            policy_mappings(worker) == 1 and threads(worker) == 1 and not locks(worker) and
            sum(policy_memories(worker).values()) == -(-size // PAGE) * PAGE
            for worker in nginx.workers())
    wait_for(quiet, "one policy, no thread and no lock", SECONDS)


def test_swaps_under_load(serve: Serve, tmp_path: Path, large: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(large[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, large[0], 0)
    workers = nginx.workers()
    timeline = Timeline(large[0].mark)
    memories: list[int] = []
    with load(nginx.port, timeline, [compiled.mark for compiled in large]) as outcome:
        for number in range(1, SWAPS + 1):
            swap(nginx, live, large[number % 3], timeline)
            if number % 10 == 0:
                memories.append(max(own_memory(worker) for worker in workers))
    assert not outcome.wrong and not outcome.failures, (outcome.wrong[:5], outcome.failures[:5])
    assert outcome.answers > SWAPS
    assert outcome.workers == {str(worker) for worker in workers}
    assert nginx.workers() == workers
    assert len(in_force(nginx, live)) == SWAPS + 1
    wait_until_quiet(nginx, live.stat().st_size)
    # A sanitizer has books of its own, which grow at first.
    assert max(memories[7:]) < max(memories[:7]) + SLACK, memories


def test_replaced_without_a_pause(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """Some are never taken, since another came; the last one is."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, small[0], 0)
    timeline = Timeline(small[0].mark)
    with load(nginx.port, timeline, [compiled.mark for compiled in small]) as outcome:
        for number in range(1, 300):
            timeline.begin(small[number % 3].mark)
            put(small[number % 3].file, live)
        after = len(in_force(nginx, live))
        swap(nginx, live, small[1], timeline)
        assert len(in_force(nginx, live)) > after
    assert not outcome.wrong and not outcome.failures, (outcome.wrong[:5], outcome.failures[:5])
    wait_until_quiet(nginx, live.stat().st_size)


def test_times_that_are_set(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """Written in place, and dated back or ahead as `cp -p` and `touch -d` do: noticed all the same.

    The three policies are equally long, so that nothing but the moment of a change tells of it.
    """
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, small[0], 0)
    assert len({compiled.file.stat().st_size for compiled in small}) == 1
    for number, date in enumerate((10**9, 10**9, 2 * 10**9, 2 * 10**9, 10**9)):
        after = len(in_force(nginx, live))
        for compiled in (small[0], small[1], small[2], small[number % 3]):
            with live.open("r+b") as file:
                file.write(compiled.file.read_bytes())
            os.utime(live, (date, date))
        wait_until_in_force(nginx, live, small[number % 3], after)


def test_several_files_and_places(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """A file is read once for all places that name it; one beside it is its own."""
    first, second = tmp_path / "first.corsc", tmp_path / "second.corsc"
    shutil.copyfile(small[0].file, first)
    shutil.copyfile(small[0].file, second)
    nginx = serve(
        f"cors_policy {first}; location / {{ return 200; }}"
        f"location /same {{ cors_policy {first}; return 200; }}"
        f"location /other {{ cors_policy {second}; return 200; }}"
        f"location /off {{ cors off; return 200; }}"
        f"location /inline {{ cors_allow_origins {small[2].mark}; return 200; }}")

    def allowed(path: str) -> list[str]:
        return [compiled.mark for compiled in small
                if ask(nginx.port, "GET", path, [("Origin", compiled.mark)]).allowed_origin()]
    for worker in nginx.workers():
        assert len(policy_memories(worker)) == 4, "two of each file"
    for compiled in (small[1], small[2], small[0]):
        swap(nginx, first, compiled, Timeline(""))
        assert allowed("/") == allowed("/same") == [compiled.mark]
        assert allowed("/other") == [small[0].mark]
        assert (allowed("/off"), allowed("/inline")) == ([], [small[2].mark])
    swap(nginx, second, small[1], Timeline(""))
    assert (allowed("/"), allowed("/other")) == ([small[0].mark], [small[1].mark])


def test_through_a_link_that_is_turned(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """As Kubernetes updates files: a link to a folder is replaced by a link to another."""
    for name, compiled in (("first", small[0]), ("second", small[1])):
        (tmp_path / name).mkdir()
        shutil.copyfile(compiled.file, tmp_path / name / "policy.corsc")
    (tmp_path / "current").symlink_to("first")
    live = tmp_path / "live.corsc"
    live.symlink_to("current/policy.corsc")
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, small[0], 0)
    (tmp_path / "next").symlink_to("second")
    (tmp_path / "next").replace(tmp_path / "current")
    wait_until_in_force(nginx, live, small[1], 1)
    assert ask(nginx.port, "GET", "/", [("Origin", small[1].mark)]).allowed_origin()
