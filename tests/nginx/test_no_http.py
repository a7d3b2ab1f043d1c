# SPDX-License-Identifier: MIT
"""An application that sends what is no HTTP, or no answer yet: nothing of it reaches a client."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.nginx.conftest import Serve
from tests.support.raw_client import Connection

APP = "https://app.example"
EVIL = "https://evil.example"
POLICY = "cors_allow_origins https://app.example;"

# A client that skips empty lines, or looks for the first thing that it understands, would read an
# answer in each, and find itself allowed.
ANSWER = (b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://evil.example\r\n"
          b"Content-Length: 6\r\n\r\nsecret")
# nginx would take each of these for the whole answer, and pass ANSWER on as it is.
LINES = b"\r\nAccess-Control-Allow-Origin: *\r\nSet-Cookie: a=b\r\n\r\n"
ANNOUNCED = [b"HTTP/1.1 " + status + LINES + ANSWER
             for status in (b"100 Continue", b"101 Switching Protocols", b"103 Early Hints",
                            b"199 Something", b"042 Something")]
NO_HTTP = [b"\r\n" + ANSWER, b"\x1b[31mgarbage\r\n" + ANSWER, b" " + ANSWER, b"HTTP/x\r\n" + ANSWER]


@contextmanager
def saying(answer: bytes) -> Iterator[int]:
    """A server that says this to everyone; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize("said", [*NO_HTTP, *ANNOUNCED])
def test_it_is_answered_with_502(serve: Serve, said: bytes) -> None:
    with saying(said) as port:
        nginx = serve(POLICY + "add_header X-Own here always; "
                      f"location / {{ proxy_pass http://127.0.0.1:{port}; }}")
        with Connection(nginx.port) as connection:
            for origin, allowed in ((EVIL, None), (APP, APP), (EVIL, None)):
                answer = connection.ask("GET", "/", [("Origin", origin)])
                assert (answer.status, answer.allowed_origin()) == (502, allowed)
                assert b"secret" not in answer.body
                assert answer.values("Set-Cookie") == []
                assert answer.values("X-Own") == ["here"]


def test_what_is_said_of_it(serve: Serve) -> None:
    for said, words in ((b"103 Early Hints", "announces its answer by status 103"),
                        (b"042 Something", "answers with 042, which is no status")):
        with saying(b"HTTP/1.1 " + said + LINES) as port:
            nginx = serve(POLICY + f"location / {{ proxy_pass http://127.0.0.1:{port}; }}")
            with Connection(nginx.port) as connection:
                assert connection.ask("GET", "/", []).status == 502
            assert f"cors: the application {words}" in nginx.errors()


SWITCHES = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
ASKS = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"


def answer_to(port: int, request: bytes) -> bytes:
    """All that comes until the connection is closed."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        while piece := connection.recv(65536):
            got += piece
    return got


@pytest.mark.parametrize("name", ["Upgrade", "upgrade"])
def test_another_protocol_that_was_asked_for(serve: Serve, name: str) -> None:
    with saying(SWITCHES + b"hello") as port:
        nginx = serve(POLICY + f"location / {{ proxy_pass http://127.0.0.1:{port}; "
                      f"proxy_http_version 1.1; proxy_set_header {name} $http_upgrade; "
                      "proxy_set_header Connection upgrade; }")
        got = answer_to(nginx.port, ASKS)
        assert got.startswith(b"HTTP/1.1 101 ") and got.endswith(b"\r\n\r\nhello")


@pytest.mark.parametrize("settings", [
    "", 'proxy_set_header Upgrade "";', 'proxy_set_header X-Upgrade x;',
    'proxy_set_body "\r\nUpgrade: x\r\n\r\n";'])
def test_another_protocol_that_the_client_alone_asked_for(serve: Serve, settings: str) -> None:
    with saying(SWITCHES + ANSWER) as port:
        nginx = serve(POLICY + f"location / {{ proxy_pass http://127.0.0.1:{port}; "
                      f"proxy_http_version 1.1; {settings} }}")
        got = answer_to(nginx.port, ASKS.replace(b"Upgrade\r\nUpgrade",
                                                 b"Upgrade, close\r\nUpgrade"))
        assert got.startswith(b"HTTP/1.1 502 ") and b"secret" not in got


@pytest.mark.parametrize("said", [NO_HTTP[0], ANNOUNCED[2]])
def test_also_over_http2(serve: Serve, said: bytes) -> None:
    with saying(said) as port:
        nginx = serve(POLICY + f"location / {{ proxy_pass http://127.0.0.1:{port}; }}", http2=True)
        got = subprocess.run(
            ["curl", "--silent", "--include", "--http2-prior-knowledge", "-H", f"Origin: {EVIL}",
             f"http://127.0.0.1:{nginx.port}/"], stdout=subprocess.PIPE, check=True).stdout
        assert got.startswith(b"HTTP/2 502")
        assert b"secret" not in got and b"access-control-" not in got
