# SPDX-License-Identifier: MIT
"""Answers as bytes on a connection, made at random: most are nearly HTTP, none is meant well."""

from __future__ import annotations

import random
import socket
import zlib

from tests.support.https_server import Raw, Request

NAMES = (b"Access-Control-Allow-Origin", b"access-control-allow-origin",
         b"Access-Control-Allow-Credentials", b"Access-Control-Allow-Methods",
         b"Access-Control-Allow-Headers", b"Access-Control-Expose-Headers",
         b"Access-Control-Max-Age", b"Access-Control-Allow-Private-Network", b"Vary", b"Location",
         b"Set-Cookie", b"Cache-Control", b"Age", b"Retry-After", b"Strict-Transport-Security",
         b"WWW-Authenticate", b"Server", b"Content-Type", b"Connection", b"Content-Encoding",
         b"Transfer-Encoding", b"Content-Length", b"Upgrade", b"Alt-Svc", b"Trailer")
VALUES = (b"*", b"null", b"true", b"TRUE", b"", b"Origin",
          b"https://app.example, https://b.example", b"GET, PUT", b"600", b"-1",
          b"99999999999999999999", b"1e9", b"chunked", b"gzip", b"h2c", b"\xff\xfe\x80",
          b"\xe2\x80\xaehttps://moc.lve", "https://bücher.test".encode(),
          b"\x1b]0;owned\x07\x1b[2J", b"\x01\x7f", b"a\rb", b"%s%n%99$n", b"</script><b>",
          b"&amp;\"'<", b"http://[", b"//", b"///", b"http://user:pw@here.test/",
          b"https://127.0.0.1:1/", b"javascript:alert(1)", b"/..//%2e%2e/\\",
          b"/" + b"a/" * 3000, b"max-age=1, max-age=2, private=\"", b"Fri, 99 Foo 20000 99:99:99")
STATUSES = (b"200", b"204", b"301", b"302", b"304", b"307", b"400", b"401", b"403", b"404",
            b"405", b"429", b"500", b"503", b"999", b"100", b"103", b"101", b"0", b"-1", b"2000")
VERSIONS = (*[b"HTTP/1.1"] * 40, b"HTTP/1.0", b"HTTP/2", b"HTTP/9.9", b"ICY")
ENDS = (*[b"\r\n"] * 150, *[b"\n"] * 5, b"\r\n ", b"\r", b"")
BODIES = (b"", b"{}", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"\x1f\x8b\x08broken",
          b"HTTP/1.1 200 OK\r\n\r\n")


def _value(dice: random.Random, origin: bytes) -> bytes:
    kind = dice.random()
    if kind < 0.4:
        return origin
    if kind < 0.41:
        return bytes(dice.randrange(256) for _ in range(dice.randrange(200)))  # NUL among them
    if kind < 0.45:
        return bytes(dice.choice((*range(1, 10), *range(14, 256))) for _ in range(40))
    if kind < 0.47:
        return dice.choice(VALUES) * dice.randrange(1, 2000)
    return dice.choice(VALUES)


def _lines(dice: random.Random, origin: bytes) -> bytes:
    lines = [dice.choice(NAMES) + b": " + _value(dice, origin) + dice.choice(ENDS)
             for _ in range(dice.randrange(12))]
    if dice.random() < 0.05:
        lines.append((dice.choice(NAMES) + b": " + dice.choice(VALUES) + b"\r\n")
                     * dice.randrange(1, 3000))
    if dice.random() < 0.05:
        lines.append(b"X: " + b"x" * dice.randrange(400_000) + b"\r\n")
    return b"".join(lines)


def answer(seed: int, request: Request) -> bytes:
    """The same bytes for the same question, so that a server has a character."""
    about = f"{request.method} {request.first('Origin')}"
    dice = random.Random(seed * 1_000_003 + zlib.crc32(about.encode()) % 7)
    origin = (request.first("Origin") or "").encode("latin-1")
    reflects = (b"Access-Control-Allow-Origin: " + origin
                + b"\r\nAccess-Control-Allow-Credentials: true\r\n"
                if random.Random(seed).random() < 0.5 else b"")
    body = dice.choice(BODIES)
    length = b"Content-Length: %d\r\n" % len(body) if dice.random() < 0.9 else b""
    return (dice.choice(VERSIONS) + b" " + (b"200" if dice.random() < 0.6
                                            else dice.choice(STATUSES)) + b" Answer\r\n"
            + reflects + _lines(dice, origin) + length + b"\r\n" + body)


def random_wire(seed: int) -> Raw:
    """A server; some of them end in the middle of what they say."""
    def behave(request: Request, connection: socket.socket) -> None:
        said = answer(seed, request)
        cut = random.Random(seed).randrange(20) == 0
        connection.sendall(said[:len(said) // 2] if cut else said)
    return Raw(behave)
