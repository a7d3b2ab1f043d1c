# SPDX-License-Identifier: MIT
"""Commands that are started without a standard stream: its number must not become a file's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.cors_command import COMMAND, SECONDS, cors_environment
from tests.support.nginx_server import nginx_module
from tests.support.started import free_port, wait_for

POLICY = """\
policies:
  - path: /*
    allow_origins: [https://app.example.com]
"""


def start_without(streams: str, arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """`streams` is of the shell: `<&-`, `>&-`."""
    environment = cors_environment({"TMPDIR": str(folder),
                                    "CORS_NGINX_MODULE": str(nginx_module())})
    return subprocess.Popen(["sh", "-c", f'exec "$0" "$@" {streams}', COMMAND, *arguments],
                            cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def is_socket_or_folder(descriptor: str) -> bool:
    target = os.readlink(descriptor)
    return target.startswith("socket:") or Path(target).is_dir()


@pytest.mark.parametrize("streams", ["<&-", ">&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_gateway_keeps_what_it_opens_to_itself(streams: str, tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    port = free_port()
    started = start_without(
        streams, ["serve", "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                  "--listen", f"127.0.0.1:{port}"], tmp_path)

    def answers() -> bool:
        assert started.poll() is None, started.communicate()
        with socket.socket() as connection:
            connection.settimeout(SECONDS)
            if connection.connect_ex(("127.0.0.1", port)) != 0:
                return False
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 502"
    try:
        wait_for(answers, "an answer of the gateway", SECONDS)
        opened = [f"/proc/{started.pid}/fd/{number}" for number in range(3)]
        assert [name for name in opened if is_socket_or_folder(name)] == []
    finally:
        started.send_signal(signal.SIGTERM)
        _, complaints = started.communicate(timeout=SECONDS)
    assert started.returncode == 0
    assert b"inherited socket" not in complaints


def test_what_cannot_be_read_or_written_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    decide = start_without("<&-", ["decide", "--policy", "cors.yaml"], tmp_path)
    assert b"Bad file descriptor" in decide.communicate(timeout=SECONDS)[1]
    compiled = start_without(">&-", ["compile", "cors.yaml", "-o", "x.corsc"], tmp_path)
    assert b"standard output cannot be written" in compiled.communicate(timeout=SECONDS)[1]
    assert (decide.returncode, compiled.returncode) == (3, 3)
