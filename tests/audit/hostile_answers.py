# SPDX-License-Identifier: MIT
"""Servers that do not want to be audited, or fail: what they do with a connection."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Callable

from tests.audit.api_answers import NO_STORE, ORIGIN, Api
from tests.audit.correct_servers import OWN
from tests.audit.trusted_strangers import everyone
from tests.support.https_server import Answer, Raw, Request

MEGABYTE = 1 << 20


def _says(text: bytes) -> Raw:
    return Raw(lambda _, connection: connection.sendall(text))


def _lies_low(request: Request, connection: socket.socket) -> None:
    """More body than it said; what is left over looks like an answer."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n"
                       + f"{ORIGIN}: {request.first('Origin')}\r\n".encode()
                       + b"Access-Control-Allow-Credentials: true\r\n\r\n")


def _pours(_: Request, connection: socket.socket) -> None:
    """A head without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Filler: " + b"x" * 8000 + b"\r\n")


def _streams(_: Request, connection: socket.socket) -> None:
    """A body without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while True:
        connection.sendall(b"data: " + b"x" * 8000 + b"\n\n")


lies_about_its_length = _says(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{}")
lies_low_about_its_length = Raw(_lies_low)
says_two_lengths = _says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}")
says_no_http = _says(b"SSH-2.0-OpenSSH_9.2\r\n")
says_a_broken_chunk = _says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")
sends_a_megabyte_of_headers = _says(
    b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-Filler-%d: " % number + b"x" * 1000 + b"\r\n"
                                      for number in range(MEGABYTE // 1000))
    + b"Content-Length: 0\r\n\r\n")
sends_a_long_line = _says(b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * MEGABYTE + b"\r\n\r\n")
pours_headers = Raw(_pours)
streams_a_body = Raw(_streams)


def limits(answers: int, retry_after: str = "") -> Callable[[Request], Answer]:
    """429 to all requests after the first few."""
    def answer(request: Request) -> Answer:
        if request.number > answers:
            retry = [("Retry-After", retry_after)] if retry_after else []
            return Answer(429, [NO_STORE, *retry], b"slow down")
        return OWN(request)
    return answer


def limits_once(request: Request) -> Answer:
    """429 to one request, and a second later all is well."""
    if request.number == 6:
        return Answer(429, [NO_STORE, ("Retry-After", "1")], b"slow down")
    return OWN(request)


def at_random(request: Request) -> Answer:
    """Trusts whom it likes at the moment, as servers behind a load balancer with two policies."""
    lottery = random.Random(request.number)
    return Api(lambda _, __: lottery.random() < 0.5)(request)


def fails_at_random(request: Request) -> Answer:
    return Answer(503) if random.Random(request.number).random() < 0.5 else OWN(request)


def challenges(request: Request) -> Answer:
    """A wall before the server, to whoever looks like a program."""
    return Answer(403, [NO_STORE, ("Server", "cloudflare"), ("CF-RAY", f"8a{request.number}-FRA"),
                        ("cf-mitigated", "challenge"), ("Content-Type", "text/html")],
                  b"<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'>"
                  b"</script>Checking your browser")


def challenges_odd_origins(request: Request) -> Answer:
    """A wall with a rule about the Origin."""
    odd = not re.fullmatch(r"https://[a-z0-9.-]+(:\d+)?", request.first("Origin") or "https://a")
    return challenges(request) if odd else OWN(request)


def wants_login(_: Request) -> Answer:
    return Answer(401, [NO_STORE, ("WWW-Authenticate", "Bearer")], b'{"error":"login"}')


def leads_to_login(_: Request) -> Answer:
    return Answer(302, [NO_STORE, ("Location", "/login?next=%2F")])


def fails(_: Request) -> Answer:
    return Answer(500, [NO_STORE], b"Traceback (most recent call last)")


def reflects(request: Request) -> Answer:
    return Api(everyone)(request)


def turns_in_circles(request: Request) -> Answer:
    return Answer(302, [NO_STORE, ("Location", f"/{request.number}/")])
