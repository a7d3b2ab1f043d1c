# SPDX-License-Identifier: MIT
"""Servers that misbehave, among others that do not: each outcome is told, and nothing is lost."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.probe.pool_runs import Done, at, fnv, run_pool
from tests.support.https_server import (Answer, Behaviour, HttpsServer, Raw, Request, reset,
                                        silence)
from tests.support.started import free_port

MIB = 1 << 20
BODY_MAX = MIB  # more of a body is not read
BODY_KEPT = 4096


def greets(_: Request) -> Answer:
    return Answer(200, [], b"hello")


def says(data: bytes, then: Callable[[Request, socket.socket], None] | None = None) -> Raw:
    """Answers in these bytes and ends the connection, or does what is to be done then."""
    def behave(request: Request, connection: socket.socket) -> None:
        connection.sendall(data)
        if then:
            then(request, connection)
    return Raw(behave)


def repeats(start: bytes, part: bytes) -> Raw:
    """Goes on until the other side has had enough."""
    def behave(_: Request, connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(part)
    return Raw(behave)


def hangs_up(_: Request, connection: socket.socket) -> None:
    """As reset(), without a word of TLS."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


CRLF = b"\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"

# The server, and: outcome, status, bytes of the body.
SERVERS: dict[str, tuple[Behaviour | Raw, str, int, int]] = {
    "resets": (Raw(reset), "closed", 0, 0),
    "closes": (says(b""), "closed", 0, 0),
    "is-silent": (Raw(silence), "timeout", 0, 0),
    "stops-in-the-status": (says(b"HTTP/1.1 20", silence), "timeout", 0, 0),
    "stops-in-the-head": (says(OK + b"Vary: Ori", silence), "timeout", 0, 0),
    "closes-in-the-head": (says(OK + b"Vary: Ori"), "closed", 0, 0),
    "resets-in-the-head": (says(OK + b"Vary: Ori", hangs_up), "closed", 0, 0),
    "says-nonsense": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "not-http", 0, 0),
    "says-zeros": (says(bytes(5000)), "not-http", 0, 0),
    "is-of-http-0-9": (says(b"<html>hello</html>"), "not-http", 0, 0),
    # A head that is complete counts, whatever happens to the body: browsers judge by it too.
    "promises-too-much": (says(OK + b"Content-Length: 500\r\n\r\nhello"), "answered", 200, 5),
    "promises-and-stops": (says(OK + b"Content-Length: 500\r\n\r\nhello", silence),
                           "answered", 200, 5),
    "promises-and-resets": (says(OK + b"Content-Length: 500\r\n\r\n", hangs_up),
                            "answered", 200, 0),
    "sends-more-than-promised": (says(HELLO + b"HTTP/1.1 500 Injected\r\n\r\n"),
                                 "answered", 200, 5),
    "counts-chunks-wrong": (says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello"),
                            "answered", 200, 0),
    "ends-in-a-chunk": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhello"),
                        "answered", 200, 5),
    "has-no-end": (says(OK + CRLF + b"hello", silence), "answered", 200, 5),
    "hints-first": (says(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HELLO),
                    "answered", 200, 5),
    "has-trailers": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
                          b"X-Trailer: 1\r\n\r\n"), "answered", 200, 5),
    "folds-lines": (says(OK + b"Vary: a,\r\n b\r\nContent-Length: 5\r\n\r\nhello"),
                    "answered", 200, 5),
    "has-a-huge-head": (repeats(OK, b"X-More: " + b"x" * 1000 + CRLF), "too-large", 0, 0),
    "has-a-huge-line": (repeats(OK + b"X-More: ", b"x" * 1000), "too-large", 0, 0),
    "has-countless-lines": (says(OK + b"x:1\r\n" * 5000 + b"Content-Length: 0\r\n\r\n"),
                            "too-large", 0, 0),
    "hints-for-ever": (repeats(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
                       "too-large", 0, 0),
}


def told(done: Done, number: int) -> tuple[str, int, int]:
    answer = done.outcomes[number]
    status = answer.status if answer.outcome == "answered" else 0
    return answer.outcome, status, answer.total


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """All the servers at once, in the order of SERVERS, each beside one that answers."""
    behaviours: dict[str, Behaviour | Raw] = {}
    for name, (behave, *_) in SERVERS.items():
        behaviours[f"{name}.example"] = behave
        behaviours[f"{name}.sound.example"] = greets
    with HttpsServer(behaviours, tmp_path_factory.mktemp("hostile")) as server:
        lines = [f"GET\t{server.url(host)}" for host in behaviours]
        return run_pool(lines, *at(server), "--total-ms", "3000")


def test_nothing_is_lost(together: Done) -> None:
    assert sorted(together.order) == list(range(2 * len(SERVERS)))
    assert together.left == 0


@pytest.mark.parametrize("name", SERVERS)
def test_each_outcome_is_told(name: str, together: Done) -> None:
    number = 2 * list(SERVERS).index(name)
    assert told(together, number) == SERVERS[name][1:]
    if SERVERS[name][1] != "answered":
        assert together.outcomes[number].sentence.endswith(".")


@pytest.mark.parametrize("name", SERVERS)
def test_the_neighbours_are_not_harmed(name: str, together: Done) -> None:
    number = 2 * list(SERVERS).index(name) + 1
    assert told(together, number) == ("answered", 200, 5)
    assert together.outcomes[number].digest == fnv(b"hello")


def test_only_so_much_of_a_body_is_read(tmp_path: Path) -> None:
    endless = repeats(OK + CRLF, b"x" * 16384)
    large = Answer(200, [], b"x" * (3 * MIB))
    with HttpsServer({"a.example": endless, "b.example": lambda _: large}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url(host)}" for host in ("a.example", "b.example")],
                        *at(server))
        for answer in done.outcomes.values():
            assert (answer.outcome, answer.status, answer.kept) == ("answered", 200, BODY_KEPT)
            assert BODY_MAX < answer.total < BODY_MAX + (1 << 18)
            assert answer.digest == fnv(b"x" * answer.total)


def test_what_follows_an_answer_unasked_is_no_answer(tmp_path: Path) -> None:
    """The second request must not be answered by what came after the first answer."""
    smuggled = says(HELLO + b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n", silence)
    with HttpsServer({"api.example": smuggled}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url('api.example')}"] * 3, *at(server))
        assert [done.outcomes[number].status for number in range(3)] == [200] * 3


def test_a_connection_that_ends_between_requests_is_opened_anew(tmp_path: Path) -> None:
    """The server said nothing of closing it."""
    with HttpsServer({"api.example": says(HELLO)}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url('api.example')}"] * 20, *at(server))
        assert [done.outcomes[number].outcome for number in range(20)] == ["answered"] * 20


def test_certificates_and_addresses(tmp_path: Path) -> None:
    hosts = ["known.example", "stranger.example"]
    with HttpsServer({host: greets for host in hosts}, tmp_path,
                     untrusted=["stranger.example"]) as server:
        nobody = free_port()
        urls = [server.url("known.example"), server.url("stranger.example"),
                server.url("named-nowhere.example"), "https://known.invalid/",
                f"https://127.0.0.1:{nobody}/", f"http://127.0.0.1:{server.port}/",
                "gopher://127.0.0.1/", "https://", "nonsense", f"{server.url('known.example')}\r"]
        done = run_pool([f"GET\t{url}" for url in urls], *at(server))
        assert [done.of(number) for number in range(len(urls))] == [
            "answered", "certificate", "certificate", "dns", "connect", "closed",
            "bad-request", "bad-request", "dns", "bad-request"]


def test_a_refused_request_is_told_like_any_other(tmp_path: Path) -> None:
    with HttpsServer({"api.example": greets}, tmp_path) as server:
        url = server.url("api.example")
        done = run_pool([f"GET\t{url}", f"GET\t{url}\tX-A:b\rX-C: d", f"GE\rT\t{url}",
                         f"GET\t{url}\t:empty", f"GET\t{url}"], *at(server))
        assert [done.of(number) for number in range(5)] == [
            "answered", "bad-request", "bad-request", "bad-request", "answered"]
        assert len(server.seen("api.example")) == 2
