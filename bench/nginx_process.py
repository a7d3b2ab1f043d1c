# SPDX-License-Identifier: MIT
"""nginx in a folder of its own, for as long as something is measured."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# For nginx.conf, {folder} is the folder.
FOLDERS = """
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("bench/run: nginx did not start")


@contextmanager
def nginx_process(folder: Path, configuration: str, port: int) -> Iterator[None]:
    """nginx with this nginx.conf, once it listens at the port."""
    file = folder / "nginx.conf"
    file.write_text(configuration)
    server = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(file), "-e",
                               f"{folder}/error.log"])
    try:
        wait_for(port)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
