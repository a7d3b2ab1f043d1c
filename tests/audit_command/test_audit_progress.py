# SPDX-License-Identifier: MIT
"""How far a run is: on a terminal's standard error, and nowhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from audited_hosts import audit
from tests.support.cors_command import COMMAND, SECONDS, cors_environment
from tests.support.https_server import HttpsServer, audit_arguments

CLEAN, OPEN = "clean.shop-one.com", "open.shop-two.com"


def run_on_terminal(arguments: list[str], folder: Path, width: int,
                    stdout_too: bool = False) -> tuple[str, str, int]:
    """Returns what the terminal got, what a pipe on standard output got, and the exit code."""
    reader, writer = pty.openpty()
    os.set_blocking(reader, True)
    pty_size(writer, width)
    with subprocess.Popen([COMMAND, "audit", *arguments], cwd=folder, env=cors_environment(),
                          stdin=subprocess.DEVNULL, stderr=writer,
                          stdout=writer if stdout_too else subprocess.PIPE) as process:
        os.close(writer)
        shown = read_all(reader)
        piped = b"" if process.stdout is None else process.stdout.read()
        code = process.wait(SECONDS)
    os.close(reader)
    return shown.decode(), piped.decode(), code


def pty_size(terminal: int, width: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))


def read_all(reader: int) -> bytes:
    shown = b""
    while True:
        try:
            piece = os.read(reader, 1 << 12)
        except OSError:
            return shown  # how Linux says that the other side is closed
        if not piece:
            return shown
        shown += piece


def urls(server: HttpsServer) -> list[str]:
    return [server.url(host, f"/{number}") for number in range(10) for host in (CLEAN, OPEN)]


def on_screen(shown: str) -> list[str]:
    """The lines that are left when everything was drawn: each redrawing wipes its line."""
    return [re.sub(r"^.*\r\x1b\[2K", "", line.rstrip("\r"), flags=re.DOTALL)
            for line in shown.split("\n")]


def test_a_bar(server: HttpsServer, tmp_path: Path) -> None:
    arguments = [*urls(server), *audit_arguments(server), "--concurrency", "1", "--rate", "100"]
    shown, piped, code = run_on_terminal(arguments, tmp_path, 120)
    assert code == 1 and all(url in piped for url in urls(server))
    assert "\x1b" not in piped and "\r" not in piped
    drawn = [line for line in shown.split("\r\x1b[2K") if line]
    assert len(drawn) > 3
    pattern = (r"[█░\x1b\[0-9;m]+ (\d+)/20 targets   \d+ requests/s   (\d+) findings?"
               r"(?:   \d+:\d\d left)?")
    found = [re.fullmatch(pattern, line) for line in drawn]
    assert all(found), drawn
    done = [int(each[1]) for each in found if each]
    assert done == sorted(done) and done[-1] > 10
    assert "left" in drawn[-1]
    assert on_screen(shown) == [""]


def test_a_narrow_terminal(server: HttpsServer, tmp_path: Path) -> None:
    arguments = [*urls(server)[:4], *audit_arguments(server), "--color", "never"]
    shown, _, _ = run_on_terminal(arguments, tmp_path, 30)
    drawn = [line for line in shown.split("\r\x1b[2K") if line]
    assert drawn and all(len(line) < 30 for line in drawn)


def test_a_table_on_the_same_terminal(server: HttpsServer, tmp_path: Path) -> None:
    arguments = [*urls(server), *audit_arguments(server)]
    shown, _, code = run_on_terminal(arguments, tmp_path, 120, stdout_too=True)
    lines = on_screen(shown)
    assert code == 1
    assert all(any(url in line for line in lines) for url in urls(server))
    assert not [line for line in lines if "requests/s" in line and "left" in line]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_in_a_pipe(server: HttpsServer, tmp_path: Path, form: list[str]) -> None:
    done = audit(server, tmp_path, *urls(server), *form)
    assert done.stderr == "" and "\x1b" not in done.stdout and "\r" not in done.stdout
