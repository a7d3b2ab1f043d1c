# SPDX-License-Identifier: MIT
"""The names that the lab answers to, and the pages that it listens to."""

from __future__ import annotations

import json

import pytest

from lab_serving import JSON, Lab, new_id
from tests.support.raw_client import Lines, ask_raw

OWN = ["localhost", "127.0.0.1", "[::1]", "api.localhost", "a.b.c.localhost", "API.LocalHost",
       "x_y.localhost", "xn--bcher-kva.localhost", "1.localhost", f"{'a' * 63}.localhost"]

FOREIGN = [
    "evil.example", "localhost.evil.example", "evil-localhost", "xlocalhost", "localhost.",
    "api.localhost.", ".localhost", "..localhost", "a..localhost", "localhost.localdomain",
    "127.0.0.1.nip.io", "127.0.0.2", "127.1", "0.0.0.0", "0x7f.0.0.1", "2130706433", "[::]",
    "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "::1", "[::1", "", "a b.localhost", "a/b.localhost",
    "a@localhost", "user:x@localhost", "b\xfccher.localhost", "%6cocalhost", "localhost%00",
    "a,localhost", f"{'a.' * 130}localhost", "a'b.localhost", "a;b.localhost", "*.localhost",
]


@pytest.mark.parametrize("host", OWN)
def test_own_names(lab: Lab, host: str) -> None:
    assert lab.ask("GET", "/-/frame.html", host=f"{host}:{lab.port}").status == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("target", ["/", "/-/info", "/-/frame.html", "/-/run/x/y"])
def test_names_of_others(lab: Lab, host: str, target: str) -> None:
    answer = lab.ask("GET", target, host=f"{host}:{lab.port}")
    assert answer.status == 421
    assert b"localhost" in answer.body and answer.cors() == {}


@pytest.mark.parametrize("port", ["", ":", ":80", ":1", ":0{port}", ":{port}x", ":{port} x",
                                  "{port}", ":+{port}", ":{port}:{port}"])
def test_other_ports(lab: Lab, port: str) -> None:
    assert lab.ask("GET", "/", host="localhost" + port.format(port=lab.port)).status == 421


@pytest.mark.parametrize("lines", [
    "", "Host: localhost:{port}\r\nHost: localhost:{port}\r\n",
    "Host: localhost:{port}\r\nhost: evil.example\r\n", "X-Host: localhost:{port}\r\n"])
@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_no_host_or_two(lab: Lab, lines: str, version: str) -> None:
    request = f"GET / HTTP/{version}\r\n{lines.format(port=lab.port)}\r\n"
    assert ask_raw(lab.port, request.encode()).status == 400


def test_http_1_0(lab: Lab) -> None:
    answer = ask_raw(lab.port, f"GET / HTTP/1.0\r\nHost: {lab.host}\r\n\r\n".encode())
    assert (answer.status, answer.values("Connection")) == (200, ["close"])


@pytest.mark.parametrize("target", [
    "http://localhost:{port}/", "http://evil.example/", "*", "localhost", "?x", "//evil.example/",
    "https://localhost/", "/-/run"])
def test_other_forms_of_targets(lab: Lab, target: str) -> None:
    answer = lab.ask("GET", target.format(port=lab.port))
    assert answer.status == (404 if target.startswith("/") else 400)


OWN_CALLERS: list[Lines] = [
    [], [("Origin", "http://{host}")], [("Sec-Fetch-Site", "same-origin")],
    [("Sec-Fetch-Site", "none")],
    [("Origin", "http://{host}"), ("Sec-Fetch-Site", "same-origin")]]

OTHER_CALLERS: list[Lines] = [
    [("Origin", "null")], [("Origin", "")], [("Origin", "https://{host}")],
    [("Origin", "http://localhost")], [("Origin", "http://api.{host}")],
    [("Origin", "http://127.0.0.1:{port}")], [("Origin", "http://{host}/")],
    [("Origin", "http://{host}"), ("Origin", "http://{host}")],
    [("Origin", "http://{host}"), ("origin", "http://evil.example")],
    [("Origin", "http://{host}, http://{host}")], [("Origin", "HTTP://{host}")],
    [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
    [("Sec-Fetch-Site", "")], [("Sec-Fetch-Site", "Same-Origin")],
    [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
    [("Origin", "http://{host}"), ("Sec-Fetch-Site", "same-site")]]


def filled(lab: Lab, lines: Lines) -> Lines:
    return [(name, value.format(host=lab.host, port=lab.port)) for name, value in lines]


def statuses(lab: Lab, lines: Lines, host: str | None = None) -> list[int]:
    """Of everything that is the page's alone."""
    name = new_id()
    body = json.dumps({"server": {}}).encode()
    answers = [
        lab.ask("GET", "/-/info", lines, host=host),
        lab.ask("PUT", f"/-/scripts/{name}", [*JSON, *lines], body, host=host),
        lab.ask("GET", f"/-/log/{name}", lines, host=host),
        lab.ask("DELETE", f"/-/scripts/{name}", lines, host=host)]
    assert all(answer.cors() == {} for answer in answers)
    return [answer.status for answer in answers]


@pytest.mark.parametrize("lines", OWN_CALLERS)
def test_own_callers(lab: Lab, lines: Lines) -> None:
    assert statuses(lab, filled(lab, lines)) == [200, 204, 200, 204]


@pytest.mark.parametrize("lines", OTHER_CALLERS)
def test_other_callers(lab: Lab, lines: Lines) -> None:
    assert statuses(lab, filled(lab, lines)) == [403, 403, 403, 403]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_callers_at_addresses(lab: Lab, host: str) -> None:
    authority = f"{host}:{lab.port}"
    own = [("Origin", f"http://{authority}")]
    assert statuses(lab, own, authority) == [200, 204, 200, 204]
    assert statuses(lab, [("Origin", f"http://{lab.host}")], authority) == [403] * 4


def test_scripts_are_not_set_from_test_hosts(lab: Lab) -> None:
    assert statuses(lab, [], f"api.localhost:{lab.port}") == [403] * 4


def test_a_refused_caller_changes_nothing(lab: Lab) -> None:
    target = lab.scripted([["X-A", "1"]])
    name = target.split("/")[3]
    other = [("Origin", "http://evil.example")]
    assert lab.ask("PUT", f"/-/scripts/{name}", [*JSON, *other], b'{"server":{}}').status == 403
    assert lab.ask("DELETE", f"/-/scripts/{name}", other).status == 403
    answer = lab.ask("GET", target, host=f"api.localhost:{lab.port}")
    assert answer.values("X-A") == ["1"]
