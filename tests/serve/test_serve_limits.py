# SPDX-License-Identifier: MIT
"""What a client may take of the gateway, and for how long."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import (
    LISTED, POLICY, SECONDS, connect, gateway, parse_answer, read_head, run_serve)

HEADER_SECONDS = 15  # client_header_timeout

MANUAL = (Path(__file__).resolve().parents[2] / "docs/man/cors-serve.1.scd").read_text()

STATED = ["client_header_timeout 15s;", "client_body_timeout 1m;", "send_timeout 1m;",
          "keepalive_timeout 75s;", "worker_shutdown_timeout 1m;", "worker_connections 16384;",
          "large_client_header_buffers 8 32k;", "reset_timedout_connection on;"]


@pytest.mark.parametrize("limit", STATED)
def test_limits_are_stated(tmp_path: Path, limit: str) -> None:
    """As the man page names them."""
    (tmp_path / "cors.yaml").write_text(POLICY)
    printed = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", "http://127.0.0.1:1",
                        "--print-config")
    assert limit in printed.stdout
    assert f"_{limit.split()[0]}_" in MANUAL and limit.split()[1].rstrip(";") in MANUAL


def test_slow_headers_end_and_the_others_go_on(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """One line after the other keeps no connection: the header has to come as a whole."""
    with gateway(tmp_path, "--upstream", upstream.url) as served, \
            connect(served.port) as slow, connect(served.port) as silent:
        slow.sendall(b"GET /api/x HTTP/1.1\r\nHost: h\r\n")
        slow.settimeout(0.2)
        began = time.monotonic()
        closed = False
        while not closed and time.monotonic() - began < SECONDS:
            try:
                slow.sendall(b"X-Drip: x\r\n")
                closed = slow.recv(65536) == b""
            except TimeoutError:
                pass
            except ConnectionError:
                closed = True
            assert closed or served.allows(LISTED)
        assert closed
        try:
            assert silent.recv(1) == b""  # it never said anything, and goes as well
        except ConnectionResetError:
            pass


HEADS = {
    "a line in a buffer": (b"X-Large: " + b"x" * 30_000, 200),
    "a line larger than a buffer": (b"X-Large: " + b"x" * 40_000, 400),
    "lines in all buffers": (b"\r\n".join(b"X-%d: " % i + b"x" * 1000 for i in range(200)), 200),
    "more than all buffers": (b"\r\n".join(b"X-%d: " % i + b"x" * 1000 for i in range(300)), 400),
}


@pytest.mark.parametrize("what", HEADS)
def test_large_headers(tmp_path: Path, upstream: RecordingUpstream, what: str) -> None:
    lines, status = HEADS[what]
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        with connect(served.port) as connection:
            connection.sendall(b"GET /api/x HTTP/1.1\r\nHost: h\r\n" + lines + b"\r\n\r\n")
            head, rest = read_head(connection)
        assert parse_answer(head, rest).status == status
        assert served.allows(LISTED)


def test_workers_may_open_as_many_files_as_there_are(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 32768 if hard == resource.RLIM_INFINITY else min(32768, hard)
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        for worker in served.workers():
            limits = Path(f"/proc/{worker}/limits").read_text()
            found = re.search(r"^Max open files\s+(\d+)", limits, re.MULTILINE)
            assert found is not None and int(found[1]) >= wanted
