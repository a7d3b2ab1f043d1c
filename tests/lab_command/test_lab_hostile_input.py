# SPDX-License-Identifier: MIT
"""Whatever is sent, the lab goes on, and answers the next who asks."""

from __future__ import annotations

import errno
import random
import socket
from collections.abc import Iterator

import pytest

from lab_serving import SECONDS, Lab
from tests.support.raw_client import ask_raw


HAD_ENOUGH = (errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN)


@pytest.fixture(autouse=True)
def goes_on(lab: Lab) -> Iterator[None]:
    yield
    assert not lab.ended(), lab.said()
    assert lab.ask("GET", "/").status == 200


def send(lab: Lab, data: bytes, close: bool = True) -> bytes:
    """Sends bytes, then the end of what is sent; returns all that comes back."""
    received = b""
    with socket.create_connection(("127.0.0.1", lab.port), SECONDS) as connection:
        try:
            connection.sendall(data)
            if close:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except OSError as error:
            if error.errno not in HAD_ENOUGH:
                raise
    return received


def head(lab: Lab, first: str = "GET / HTTP/1.1", *lines: str) -> bytes:
    return "\r\n".join([first, f"Host: {lab.host}", *lines, "", ""]).encode("latin-1")


GARBAGE = [
    b"", b"\0", b"\r\n", b"\r\n\r\n", b" ", b"GET", b"GET /", b"GET / HTTP/1.1", b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\n\n", b"GET / FTP/1.1\r\n\r\n",
    b"GET  /  HTTP/1.1\r\n\r\n", b"/ HTTP/1.1\r\n\r\n", b" / HTTP/1.1\r\n\r\n",
    b"GET /\0index.html HTTP/1.1\r\n\r\n", b"G\0T / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n\0: x\r\n\r\n", b"GET / HTTP/1.1\r\nx\r\n\r\n",
    b"GET / HTTP/1.1\r\n: x\r\n\r\n", b"GET / HTTP/1.1\r\n x: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", b"\xff" * 1000, b"A" * 100_000,
    b"GET " + b"/" * 1_000_000, b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 100_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nx: " + b"y" * 1_000_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"y" * 1_000_000 + b": z\r\n\r\n",
    b"GET / HTTP/1.1\r\nCookie: " + b"a=b;" * 100_000 + b"\r\n\r\n",
    b"GET /?" + b"a=b&" * 100_000 + b" HTTP/1.1\r\n\r\n", b"\r\n" * 100_000,
    b"GET / HTTP/1.1\r\nx: y\r\n" + b" z\r\n" * 50_000 + b"\r\n",
]


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage(lab: Lab, data: bytes) -> None:
    """Also with the Host line that is asked for."""
    own = data.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nHost: %b\r\n" % lab.host.encode(), 1)
    for sent in (data, own):
        for answer in send(lab, sent).split(b"HTTP/1.1 ")[1:]:
            assert answer[:3] == b"200" or answer[:1] in (b"4", b"5"), answer[:200]
            assert b"secret" not in answer


def test_nul_in_a_target(lab: Lab) -> None:
    answer = send(lab, head(lab, "GET /-/info\0/../x HTTP/1.1"))
    assert b"secret" not in answer
    assert send(lab, head(lab, "GET /.hidden\0.js HTTP/1.1")).count(b" 200 ") == 0


def test_a_large_head_is_refused(lab: Lab) -> None:
    for lines in (["X: " + "y" * 400_000], ["X: y"] * 100_000):
        answer = send(lab, head(lab, "GET / HTTP/1.1", *lines))
        assert answer == b"" or answer.split(b" ")[1] in (b"431", b"413", b"414", b"400")
    answer = send(lab, head(lab, f"GET /{'y' * 400_000} HTTP/1.1"))
    assert answer == b"" or answer.split(b" ")[1] in (b"414", b"431", b"400")


def test_a_head_of_a_usual_size(lab: Lab) -> None:
    answer = ask_raw(lab.port, head(lab, f"GET /?{'y' * 16_000} HTTP/1.1", "X: " + "y" * 16_000,
                                    "Connection: close"))
    assert answer.status == 200


@pytest.mark.parametrize("target", ["/", "/-/run/x/y", "/-/scripts/0123456789abcdef"])
def test_a_large_body(lab: Lab, target: str) -> None:
    announced = send(lab, head(lab, f"PUT {target} HTTP/1.1", "Content-Type: application/json",
                               "Content-Length: 262145"), close=False)
    assert announced.startswith(b"HTTP/1.1 413 ") and b"256 KiB" in announced
    for length in ("999999999999999999", "18446744073709551615"):
        answer = send(lab, head(lab, f"PUT {target} HTTP/1.1", f"Content-Length: {length}"))
        assert answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 ")), answer
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    pieces = send(lab, head(lab, f"PUT {target} HTTP/1.1", "Transfer-Encoding: chunked",
                            "Content-Type: application/json") + chunk * 17 + b"0\r\n\r\n")
    assert pieces == b""


def test_a_body_that_is_waited_for(lab: Lab) -> None:
    """Those who come with `Expect` are told to go on, or that it is too much."""
    lines = ["Content-Type: application/json", "Expect: 100-continue", "Connection: close"]
    with lab.connect() as connection:
        connection.send(head(lab, "PUT /-/scripts/0123456789abcdef HTTP/1.1", *lines,
                             "Content-Length: 13"))
        assert connection.receive(without_body=True).status == 100
        connection.send(b'{"server":{}}')
        assert connection.receive().status == 204
    answer = send(lab, head(lab, "PUT /-/scripts/0123456789abcdef HTTP/1.1", *lines,
                            "Content-Length: 999999"), close=False)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_slow_clients_hold_up_nobody(lab: Lab) -> None:
    whole = head(lab, "PUT /-/scripts/0123456789abcdef HTTP/1.1",
                 "Content-Type: application/json", "Content-Length: 13") + b'{"server":{}}'
    slow = [lab.connect() for _ in range(100)]
    try:
        for at in range(0, len(whole), 16):
            for connection in slow:
                connection.send(whole[at:at + 16])
            assert lab.ask("GET", "/").status == 200
        assert [connection.receive().status for connection in slow] == [204] * 100
    finally:
        for connection in slow:
            connection.socket.close()


def test_more_connections_than_there_may_be(lab: Lab) -> None:
    """Those that are too many wait for their turn."""
    open_ones = [lab.connect() for _ in range(300)]
    try:
        for connection in open_ones[:256]:
            assert connection.ask("GET", "/-/info", host=lab.host).status == 200
        for connection in open_ones[256:]:
            connection.send(head(lab, "GET /-/info HTTP/1.1"))
        for connection in open_ones[:256]:
            connection.socket.close()
        assert [connection.receive().status for connection in open_ones[256:]] == [200] * 44
    finally:
        for connection in open_ones:
            connection.socket.close()


def test_clients_that_go_away(lab: Lab) -> None:
    target = lab.scripted([["X", "v" * 60_000]])
    request = f"GET {target} HTTP/1.1\r\nHost: api.localhost:{lab.port}\r\n\r\n".encode()
    for size in (1, 20, len(request) - 1, len(request)):
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", lab.port), SECONDS) as connection:
                connection.sendall(request[:size] * (20 if size == len(request) else 1))
                # Closed with a reset, whatever comes.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def test_requests_on_the_heels_of_each_other(lab: Lab) -> None:
    target = lab.scripted([["X", "1"]])
    request = f"GET {target} HTTP/1.1\r\nHost: api.localhost:{lab.port}\r\n\r\n".encode()
    assert send(lab, request * 100).count(b"HTTP/1.1 200 ") == 100


def test_changed_at_random(lab: Lab) -> None:
    """Good requests with bytes changed, left out, doubled: always the same ones."""
    chance = random.Random(20261121)
    target = lab.scripted()
    good = [
        head(lab), head(lab, f"GET {target} HTTP/1.1", "Origin: null", "Cookie: a=b"),
        head(lab, "PUT /-/scripts/0123456789abcdef HTTP/1.1", "Content-Type: application/json",
             "Content-Length: 57") + b'{"server":{"http://localhost/-/run/0123456789abcdef/":{}}}',
        head(lab, "GET /source/app.js HTTP/1.1", "Accept-Encoding: gzip;q=1", 'If-None-Match: "x"'),
        head(lab, "POST /-/info HTTP/1.1", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n",
    ]
    for _ in range(1500):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[at] = chance.choice(b"\0\r\n :;/%.,\x7f\xffA0-")
            elif kind == 1:
                del data[at:at + chance.randint(1, 8)]
            elif kind == 2:
                data[at:at] = data[at:at + chance.randint(1, 40)]
            else:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            data = data or bytearray(b"x")
        assert b"secret" not in send(lab, bytes(data))
