# SPDX-License-Identifier: MIT
"""What scripted origins answer, byte for byte, and the log of what reached them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lab_serving import JSON, Lab, new_id
from tests.support.raw_client import Closed, Lines, Response

ASKS: Lines = [("Origin", "http://localhost:1"), ("Access-Control-Request-Method", "PUT")]


def raw(lab: Lab, target: str, method: str = "GET", host: str = "api.localhost") -> bytes:
    """All that comes back on a connection."""
    with lab.connect() as connection:
        connection.send(f"{method} {target} HTTP/1.1\r\nHost: {host}:{lab.port}\r\n"
                        f"Connection: close\r\n\r\n".encode())
        received = b""
        while piece := connection.socket.recv(65536):
            received += piece
        return received


def head_of(lab: Lab, target: str, method: str = "GET") -> tuple[bytes, bytes]:
    """The status line, and all that follows but for the two lines that are the connection's."""
    answer = raw(lab, target, method)
    first, _, rest = answer.partition(b"\r\n")
    return first, rest.replace(b"Connection: close\r\n", b"").replace(b"Content-Length: 3\r\n", b"")


def test_lines_as_they_were_given(lab: Lab) -> None:
    lines = [["X-One", "1"], ["x-one", "2"], ["X-ONE", "1"], ["Z", "last"], ["A", "first"],
             ["Vary", "Origin"], ["access-control-ALLOW-origin", "*"], ["X-One", "1"],
             ["!#$%&'*+-.^_`|~09az", "token"], ["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"],
             ["Server", "mine"], ["Content-Type", "text/plain"], ["Location", "/elsewhere"]]
    first, rest = head_of(lab, lab.scripted(lines))
    assert first.startswith(b"HTTP/1.1 200 ")
    assert rest == "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + b"\r\nok\n"


@pytest.mark.parametrize("value, sent", [
    ("", b" "), (" ", b" "), ("a", b"a"), ("\xe4", b"\xe4"), ("\xff\x80", b"\xff\x80"),
    ("\xc3\xa4", "\xe4".encode()), ("\xe2\x82\xac", "\u20ac".encode()), ("a\tb", b"a\tb"),
    ("\ta", b"\ta"), (" a ", b" a "), ("a, b,,c", b"a, b,,c"), ("\x01\x7f", b"\x01\x7f"),
    ('"quoted\\"', b'"quoted\\"'), ("%00 %0d%0a", b"%00 %0d%0a"), (":", b":")])
def test_values_byte_for_byte(lab: Lab, value: str, sent: bytes) -> None:
    _, rest = head_of(lab, lab.scripted([["A", "1"], ["X", value], ["B", "2"]]))
    assert rest == b"A: 1\r\nX: " + sent + b"\r\nB: 2\r\n\r\nok\n"


def test_many_and_long_lines(lab: Lab) -> None:
    many = [[f"X-{number % 7}", str(number)] for number in range(512)]
    answer = lab.ask("GET", lab.scripted(many), host=f"api.localhost:{lab.port}")
    assert [[name, value] for name, value in answer.lines if name.startswith("X-")] == many
    long = lab.ask("GET", lab.scripted([["X", "v" * 65_000]]), host=f"api.localhost:{lab.port}")
    assert long.values("X") == ["v" * 65_000]


def test_nothing_of_the_servers_own(lab: Lab) -> None:
    with lab.connect() as connection:
        answer = connection.ask("GET", lab.scripted(), host=f"api.localhost:{lab.port}")
        assert (answer.lines, answer.body) == ([("Content-Length", "3")], b"ok\n")


@pytest.mark.parametrize("status", [200, 201, 203, 205, 206, 226, 299, 300, 301, 302, 307, 308,
                                    399, 400, 401, 404, 407, 418, 421, 451, 499, 500, 503, 599])
def test_statuses(lab: Lab, status: int) -> None:
    with lab.connect() as connection:
        target = lab.scripted([["X", "1"]], status)
        for _ in range(2):  # the connection is as good as before
            answer = connection.ask("GET", target, host=f"api.localhost:{lab.port}")
            assert (answer.status, answer.values("X"), answer.body) == (status, ["1"], b"ok\n")


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(lab: Lab, status: int) -> None:
    target = lab.scripted([["X", "1"]], status)
    assert raw(lab, target).endswith(b"\r\n\r\n")
    with lab.connect() as connection:
        for _ in range(2):
            answer = connection.ask("GET", target, host=f"api.localhost:{lab.port}")
            assert (answer.status, answer.values("X"), answer.body) == (status, ["1"], b"")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY",
                                    "patch", "PaTcH", "X-Y", "!#$%&'*+-.^_`|~", "TRACE"])
def test_methods(lab: Lab, method: str) -> None:
    target = lab.scripted([["X", "1"]])
    with lab.connect() as connection:
        for body in (None, b"", b"some body"):
            answer = connection.ask(method, target, body=body, host=f"api.localhost:{lab.port}")
            assert (answer.status, answer.values("X"), answer.body) == (200, ["1"], b"ok\n")
        chunks = connection.ask(method, target, body=[b"in ", b"pieces"],
                                host=f"api.localhost:{lab.port}")
        assert chunks.status == 200
    assert [sent["method"] for sent in lab.sent(target)] == [method] * 4


def test_head(lab: Lab) -> None:
    target = lab.scripted([["X", "1"]])
    assert raw(lab, target, "HEAD").endswith(b"\r\n\r\n")
    with lab.connect() as connection:
        for _ in range(2):
            answer = connection.ask("HEAD", target, host=f"api.localhost:{lab.port}")
            assert (answer.status, answer.lines) == (200, [("X", "1"), ("Content-Length", "3")])


@pytest.mark.parametrize("lines, preflight", [
    (ASKS, True), ([(name.lower(), value) for name, value in ASKS], True),
    ([("Origin", ""), ("Access-Control-Request-Method", "")], True),
    (ASKS[:1], False), (ASKS[1:], False), ([], False),
    ([*ASKS[:1], ("Access-Control-Request-Headers", "x")], False)])
def test_which_is_a_preflight(lab: Lab, lines: Lines, preflight: bool) -> None:
    target = lab.scripted([["Part", "actual"]],
                          preflight={"status": 204, "headers": [["Part", "preflight"]]})
    host = f"api.localhost:{lab.port}"
    answer = lab.ask("OPTIONS", target, lines, host=host)
    assert answer.values("Part") == ["preflight" if preflight else "actual"]
    for method in ("GET", "PUT", "options"):
        assert lab.ask(method, target, lines, host=host).values("Part") == ["actual"]


def closed(lab: Lab, method: str, target: str, lines: Lines | None = None,
           host: str = "api.localhost") -> bool:
    """Whether the connection ends without a byte."""
    try:
        lab.ask(method, target, lines, host=f"{host}:{lab.port}")
        return False
    except Closed as error:
        return "after" not in str(error) or "b''" in str(error)


def test_what_is_not_scripted(lab: Lab) -> None:
    target = lab.scripted(rest="x?y=1")
    assert lab.ask("GET", target, host=f"api.localhost:{lab.port}").status == 200
    for other in ("/x", "/x?y", "/x?y=1&", "/X?y=1", "/x?y=%31", "/./x?y=1", "//x?y=1", "/", ""):
        assert closed(lab, "GET", target.removesuffix("/x?y=1") + other), other
    for host in ("localhost", "a.api.localhost", "127.0.0.1", "app.localhost"):
        assert closed(lab, "GET", target, host=host), host
    assert closed(lab, "OPTIONS", target, ASKS)  # it has no preflight
    for nobody in (f"/-/run/{new_id()}/x", "/-/run/", "/-/run//x", "/-/run/a/b"):
        assert closed(lab, "GET", nobody), nobody
    assert lab.ask("GET", target, host=f"api.localhost:{lab.port}").status == 200


@pytest.mark.parametrize("parts", [
    {}, {"preflight": None, "response": None}, {"preflight": {"status": 200}}])
def test_a_part_that_is_not_scripted(lab: Lab, parts: dict[str, Any]) -> None:
    name = new_id()
    target = f"/-/run/{name}/x"
    assert lab.script({f"http://api.localhost:{lab.port}{target}": parts}, name).status == 204
    assert closed(lab, "GET", target)
    assert [sent["answered"] for sent in lab.sent(target)] == [False]


@pytest.mark.parametrize("host", [
    "localhost", "127.0.0.1", "[::1]", "api.localhost", "a.b.localhost"])
def test_hosts(lab: Lab, host: str) -> None:
    target = lab.scripted([["X", host]], host=host)
    answer = lab.ask("GET", target, host=f"{host.upper()}:{lab.port}")
    assert answer.values("X") == [host]
    assert lab.sent(target)[0]["url"] == f"http://{host}:{lab.port}{target}"


def test_log(lab: Lab) -> None:
    target = lab.scripted(preflight={"status": 204, "headers": []})
    host = f"api.localhost:{lab.port}"
    url = f"http://{host}{target}"
    lab.ask("GET", target, host=host)
    lab.ask("OPTIONS", target, [*ASKS, ("Access-Control-Request-Headers", "x-a,x-b")], host=host)
    lab.ask("PUT", target, [("Origin", "null"), ("Cookie", "a=1")], b"body", host=host)
    lab.ask("POST", target, [("Origin", "a"), ("X", "y"), ("origin", "b"), ("COOKIE", "")], b"",
            host=host)
    assert closed(lab, "GET", target + "y", [("Origin", "")])
    assert lab.sent(target) == [
        {"method": "GET", "url": url, "cookie": False, "answered": True},
        {"method": "OPTIONS", "url": url, "origin": "http://localhost:1",
         "access-control-request-method": "PUT", "access-control-request-headers": "x-a,x-b",
         "cookie": False, "answered": True},
        {"method": "PUT", "url": url, "origin": "null", "cookie": True, "answered": True},
        {"method": "POST", "url": url, "origin": "a, b", "cookie": True, "answered": True},
        {"method": "GET", "url": url + "y", "origin": "", "cookie": False, "answered": False}]
    lines = lab.ask("GET", "/-/log/" + target.split("/")[3]).values
    assert lines("Content-Type") == ["application/json"] and lines("Cache-Control") == ["no-store"]


def test_log_of_what_is_no_text(lab: Lab) -> None:
    target = lab.scripted()
    host = f"api.localhost:{lab.port}"
    lab.ask("GET", target, [("Origin", "\xff\x1b")], host=host)
    assert closed(lab, "GET", target + "\xff")
    assert closed(lab, "GET", target + '"\\\x7f')
    sent = lab.sent(target)
    assert sent[0]["origin"].startswith("\ufffd")
    assert sent[1]["url"].endswith("x\ufffd")
    assert sent[2]["url"].endswith('x"\\\x7f')


def test_log_is_bounded(lab: Lab) -> None:
    target = lab.scripted()
    host = f"api.localhost:{lab.port}"
    with lab.connect() as connection:
        for _ in range(300):
            connection.ask("GET", target, host=host)
    answer = json.loads(lab.ask("GET", "/-/log/" + target.split("/")[3]).body)
    assert (len(answer["sent"]), answer["left_out"]) == (256, 44)
    wide = lab.scripted()
    with lab.connect() as connection:
        for _ in range(4):
            connection.ask("GET", wide, [("Origin", "o" * 60_000)], host=host)
    answer = json.loads(lab.ask("GET", "/-/log/" + wide.split("/")[3]).body)
    assert (len(answer["sent"]), answer["left_out"]) == (2, 2)


def test_many_scripts_at_once(lab: Lab) -> None:
    """As a page does that tries 200 cases: each on connections of its own."""
    def play(number: int) -> Response:
        target = lab.scripted([["X-Number", str(number)]], 200 + number,
                              host=f"h{number}.localhost",
                              preflight={"status": 204, "headers": [["X", str(number)]]})
        host = f"h{number}.localhost:{lab.port}"
        assert lab.ask("OPTIONS", target, ASKS, host=host).values("X") == [str(number)]
        answer = lab.ask("PUT", target, [*JSON, *ASKS[:1]], b"{}", host=host)
        assert [sent["method"] for sent in lab.sent(target)] == ["OPTIONS", "PUT"]
        return answer

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(play, range(200)))
    assert [answer.values("X-Number") for answer in answers] == [[str(n)] for n in range(200)]
