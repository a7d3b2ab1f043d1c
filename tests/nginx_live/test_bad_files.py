# SPDX-License-Identifier: MIT
"""Files that are no good: what was in force stays, one line says why, a good one is taken."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.nginx_live.conftest import Serve
from tests.nginx_live.live_load import Timeline, load
from tests.nginx_live.live_nginx import (LOCATION, SECONDS, Compiled, compile_policy, in_force,
                                         put, refusals, swap, wait_until_in_force)
from tests.support.nginx_server import NginxServer, check_configuration, nginx_module
from tests.support.raw_client import ask
from tests.support.started import wait_for


def remove(live: Path) -> None:
    if live.is_dir() and not live.is_symlink():
        live.rmdir()
    else:
        live.unlink(missing_ok=True)


def put_bytes(content: bytes, live: Path) -> None:
    if live.is_dir() and not live.is_symlink():
        live.rmdir()
    beside = live.with_name("bad.new")
    beside.write_bytes(content)
    os.replace(beside, live)


def half(content: bytes, live: Path) -> None:
    put_bytes(content[:len(content) // 2], live)


def one_bit(content: bytes, live: Path) -> None:
    at = len(content) * 2 // 3
    put_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1:], live)


def too_long(content: bytes, live: Path) -> None:
    put_bytes(content + bytes(8), live)


def stretched(content: bytes, live: Path) -> None:
    """Gigabytes without a byte on the disk behind a good policy: nobody is to copy them."""
    beside = live.with_name("bad.new")
    beside.write_bytes(content)
    os.truncate(beside, 4 << 30)
    os.replace(beside, live)


def text(_: bytes, live: Path) -> None:
    put_bytes(b"policies:\n  - allow_origins: [https://new.example]\n", live)


def empty(_: bytes, live: Path) -> None:
    put_bytes(b"", live)


def missing(_: bytes, live: Path) -> None:
    remove(live)


def folder(_: bytes, live: Path) -> None:
    remove(live)
    live.mkdir()


def pipe(_: bytes, live: Path) -> None:
    remove(live)
    os.mkfifo(live)


def unix_socket(_: bytes, live: Path) -> None:
    remove(live)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(live))


def link_to_itself(_: bytes, live: Path) -> None:
    remove(live)
    live.symlink_to(live)


def huge(_: bytes, live: Path) -> None:
    """Larger than any policy can be, without a byte on the disk."""
    beside = live.with_name("bad.new")
    beside.write_bytes(b"")
    os.truncate(beside, 1 << 40)
    remove(live)
    os.replace(beside, live)


# In this order, so that each line of the log is of one of them.
BAD: dict[Callable[[bytes, Path], None], str] = {
    half: "it is cut short",
    one_bit: "it is damaged",
    too_long: "it is longer than it says",
    stretched: "it is longer than it says",
    text: "it is no compiled policy",
    empty: "it is empty",
    missing: "No such file or directory",
    folder: "it is not a regular file",
    pipe: "it is not a regular file",
    unix_socket: "No such device or address",
    link_to_itself: "Too many levels of symbolic links",
    huge: "it is larger than a policy can be",
}


def allowed(nginx: NginxServer, policies: list[Compiled]) -> list[str]:
    return [compiled.mark for compiled in policies
            if ask(nginx.port, "GET", "/", [("Origin", compiled.mark)]).allowed_origin()]


def test_each_is_said_once(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    workers = nginx.workers()
    content = small[1].file.read_bytes()
    for count, (change, words) in enumerate(BAD.items(), 1):
        lines = len(refusals(nginx))
        change(content, live)
        # That it was missing for a moment may have been seen, too, and is said before.
        wait_for(lambda: words in "".join(refusals(nginx)[lines:]), change.__name__, SECONDS)
        assert allowed(nginx, small) == [small[0].mark], change.__name__
        assert count <= len(refusals(nginx)) <= 2 * count, refusals(nginx)
    swap(nginx, live, small[1], Timeline(""))
    assert allowed(nginx, small) == [small[1].mark]
    assert nginx.workers() == workers


def test_a_bad_file_is_not_said_again_and_again(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """While another file beside it is replaced so often that it was looked at for many times."""
    live, other = tmp_path / "live.corsc", tmp_path / "other.corsc"
    shutil.copyfile(small[0].file, live)
    shutil.copyfile(small[0].file, other)
    nginx = serve(LOCATION % live + f"location /other {{ cors_policy {other}; return 200; }}")
    half(small[1].file.read_bytes(), live)
    wait_for(lambda: len(refusals(nginx)) == 1, "the line", SECONDS)
    for number in range(1, 6):
        swap(nginx, other, small[number % 3], Timeline(""))
    assert len(refusals(nginx)) == 1
    assert allowed(nginx, small) == [small[0].mark]


def test_another_environment(serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live)
    put(compile_policy(tmp_path, "staging", environment="staging").file, live)
    wait_for(lambda: len(refusals(nginx)) == 1, "the line", SECONDS)
    assert "staging" in refusals(nginx)[0] and "production" in refusals(nginx)[0]
    assert allowed(nginx, small) == [small[0].mark]


def test_written_in_place_under_load(serve: Serve, tmp_path: Path, large: list[Compiled]) -> None:
    """Truncated, written over piece by piece, cut while it is read: no worker dies of it."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(large[0].file, live)
    nginx = serve(LOCATION % live)
    wait_until_in_force(nginx, live, large[0], 0)
    workers = nginx.workers()
    timeline = Timeline(large[0].mark)
    with load(nginx.port, timeline, [compiled.mark for compiled in large]) as outcome:
        for number in range(1, 6):
            compiled = large[number % 3]
            content = compiled.file.read_bytes()
            after = len(in_force(nginx, live))
            settled = timeline.begin(compiled.mark)
            with live.open("r+b") as file:
                file.truncate(len(content) // 3)
                file.truncate(0)
                for start in range(0, len(content), 1 << 20):
                    file.write(content[start:start + (1 << 20)])
                    file.flush()
            wait_until_in_force(nginx, live, compiled, after)
            timeline.settle(settled)
        lines = len(refusals(nginx))
        os.truncate(live, 4096)
        wait_for(lambda: len(refusals(nginx)) > lines, "the cut file refused", SECONDS)
        os.truncate(live, 0)
    assert not outcome.wrong and not outcome.failures, (outcome.wrong[:5], outcome.failures[:5])
    assert nginx.workers() == workers
    assert allowed(nginx, large) == [compiled.mark]


def test_the_configuration_is_refused(tmp_path: Path, small: list[Compiled]) -> None:
    live = tmp_path / "live.corsc"
    configuration = (f"load_module {nginx_module()};\npid {tmp_path}/nginx.pid;\nevents {{}}\n"
                     f"http {{ server {{ {LOCATION % live} }} }}\n")
    content = small[1].file.read_bytes()
    put_bytes(content, live)
    assert check_configuration(tmp_path, configuration).returncode == 0
    for change in (half, one_bit, too_long):
        change(content, live)
        done = check_configuration(tmp_path, configuration)
        assert done.returncode == 1
        said = f'cors: the policy "{live}" cannot be taken: '
        assert said in done.stdout, done.stdout
    shutil.copyfile(compile_policy(tmp_path, "staging", environment="staging").file, live)
    done = check_configuration(tmp_path, configuration)
    assert done.returncode == 1 and "staging" in done.stdout, done.stdout
    named = configuration.replace(f"{live};", f"{live} staging;")
    assert check_configuration(tmp_path, named).returncode == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that all users can enter."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def test_workers_that_cannot_read_it(
        open_folder: Path, serve: Serve, small: list[Compiled]) -> None:
    """The master of nginx is root and can; or it is none and cannot either."""
    is_root = os.geteuid() == 0
    live = open_folder / "live.corsc"
    shutil.copyfile(small[0].file, live)
    os.chmod(live, 0o644)
    nginx = serve(LOCATION % live, user="nobody nogroup", folder=open_folder / "nginx")
    swap(nginx, live, small[1], Timeline(""))
    beside = open_folder / "beside"
    shutil.copyfile(small[2].file, beside)
    os.chmod(beside, 0o600 if is_root else 0)
    os.replace(beside, live)
    wait_for(lambda: len(refusals(nginx)) == 1, "the line", SECONDS)
    assert refusals(nginx)[0] == ("Permission denied: the user of nginx's workers must be able to "
                                  "read it")
    assert allowed(nginx, small) == [small[1].mark]
    assert nginx.reload() == is_root
    assert allowed(nginx, small) == [small[2 if is_root else 1].mark]
    said = f'cors: "{live}" is in force, but will not be when it is replaced: '
    wait_for(lambda: nginx.errors().count(said) == is_root, "the warning", SECONDS)
    after = len(in_force(nginx, live))
    os.chmod(live, 0o644)
    put(small[0].file, live)
    wait_until_in_force(nginx, live, small[0], after)
    assert nginx.errors().count(said) == is_root, "not by every worker"


def test_a_worker_that_cannot_open_it(
        serve: Serve, tmp_path: Path, small: list[Compiled]) -> None:
    """It has too many open. Whoever is there later tries again, also when that one is gone."""
    live = tmp_path / "live.corsc"
    shutil.copyfile(small[0].file, live)
    nginx = serve(LOCATION % live, workers=1)
    wait_until_in_force(nginx, live, small[0], 0)
    [worker] = nginx.workers()
    assert allowed(nginx, small) == [small[0].mark]  # it has taken all connections
    _, most = resource.prlimit(worker, resource.RLIMIT_NOFILE)
    resource.prlimit(worker, resource.RLIMIT_NOFILE, (3, most))
    put(small[1].file, live)
    wait_for(lambda: refusals(nginx) == ["Too many open files"], "the line", SECONDS)
    os.kill(worker, signal.SIGKILL)
    wait_until_in_force(nginx, live, small[1], 1)
    assert allowed(nginx, small) == [small[1].mark]
