# SPDX-License-Identifier: MIT
"""Servers in folders of their own, for as long as something is measured."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 20.0
END_SECONDS = 10.0  # after which a server that was asked to end is killed

# For nginx.conf, {folder} is the folder.
FOLDERS = """
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;"""


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"bench: {process.args!r} did not start:\n{log.read_text(errors='replace')}")


@contextmanager
def server_process(command: list[str], folder: Path, port: int,
                   environment: dict[str, str] | None = None) -> Iterator[int]:
    """A server, once it listens at the port; yields its process. What it says goes to a file."""
    log = folder / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT,
                                  env={**os.environ, **(environment or {})})
    try:
        wait_for(port, server, log)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def nginx_process(folder: Path, configuration: str, port: int) -> Iterator[int]:
    """nginx with this nginx.conf, once it listens at the port; yields its process."""
    file = folder / "nginx.conf"
    file.write_text(configuration)
    command = ["nginx", "-p", str(folder), "-c", str(file), "-e", f"{folder}/error.log"]
    with server_process(command, folder, port) as process:
        yield process


def processor_seconds(process: int) -> float:
    """What a process, its threads and its children have used, to the last tick of the clock."""
    used = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        used += int((task / "schedstat").read_text().split()[0])
        children = (task / "children").read_text().split()
        used += sum(round(1e9 * processor_seconds(int(child))) for child in children)
    return used / 1e9
