# SPDX-License-Identifier: MIT
"""What the gateway says about each decision, and about near misses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import (
    ADDRESS, COMMAND, LISTED, MODULE, POLICY, READY, Gateway, connect, exchange, gateway,
    run_serve, simple_request)
from tests.support.started import Started

NEAR_POLICY = """\
policies:
  - path: /api/*
    allow_origins:
      - https://app.example.com
      - https://admin.example.com:8443
      - https://*.pages.example.com
      - "https://{label}.cloud.example.com"
      - https://pr-*.preview.example.com
      - http://localhost:3000
      - capacitor://localhost
    accept_risks: [insecure-origin, loopback-in-production]
    allow_methods: [PUT, DELETE]
    allow_headers: [Content-Type]
    max_age: 10m
  - path: /other/*
    allow_origins: [https://other.example.net]
"""

NEAR_MISSES = [
    ("http://app.example.com", "https://app.example.com", ["the scheme differs"]),
    ("https://app.example.com:8080", "https://app.example.com", ["the port differs"]),
    ("https://app.example.com:443", "https://app.example.com", ["the port differs"]),
    ("https://admin.example.com", "https://admin.example.com:8443", ["the port differs"]),
    ("http://admin.example.com:8443", "https://admin.example.com:8443", ["the scheme differs"]),
    ("http://admin.example.com", "https://admin.example.com:8443",
     ["the scheme differs", "the port differs"]),
    ("https://app.example.com/", "https://app.example.com", ["a trailing slash too many"]),
    ("https://app.example.com/x", "https://app.example.com", ["a path too many"]),
    ("https://APP.example.com", "https://app.example.com", ["the case differs"]),
    ("HTTP://app.example.com/", "https://app.example.com",
     ["the scheme differs", "the case differs", "a trailing slash too many"]),
    ("https://me@app.example.com", "https://app.example.com", ["a user name too many"]),
    ("https://app.example.com.", "https://app.example.com", ["a trailing dot too many"]),
    ("https://www.app.example.com", "https://app.example.com", ["one label too many"]),
    ("https://pages.example.com", "https://*.pages.example.com", ["one label too few"]),
    ("http://a.b.pages.example.com", "https://*.pages.example.com", ["the scheme differs"]),
    ("http://a.b.pages.example.com:81", "https://*.pages.example.com",
     ["the scheme differs", "the port differs"]),
    ("https://a.b.cloud.example.com", "https://{label}.cloud.example.com", ["one label too many"]),
    ("https://cloud.example.com", "https://{label}.cloud.example.com", ["one label too few"]),
    ("http://pr-7.preview.example.com", "https://pr-*.preview.example.com",
     ["the scheme differs"]),
    ("ionic://localhost", "capacitor://localhost", ["the scheme differs"]),
    ("http://localhost:3001", "http://localhost:3000", ["the port differs"]),
    ("https://localhost:3000", "http://localhost:3000", ["the scheme differs"]),
]


def said_after(served: Gateway, origin: str, target: str = "/api/x") -> list[str]:
    """The lines that a request from an origin leads to; a second request marks their end."""
    start = len(served.said())
    served.ask(target, origin)
    served.ask("/end-of-case")
    served.wait_until(lambda: "/end-of-case" in served.said()[start:], "the log", 30)
    return served.said()[start:].splitlines()


def ask_at_once(served: Gateway, origins: list[str]) -> None:
    """Sends a request from each origin over one connection, and reads all the answers."""
    requests = [f"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: {origin}\r\n\r\n"
                for origin in origins]
    with connect(served.port) as connection:
        connection.sendall("".join(requests).encode())
        answers = b""
        while answers.count(b"HTTP/1.1 200 ") < len(origins):
            piece = connection.recv(65536)
            assert piece, "the connection was closed"
            answers += piece


def nearest_in(lines: list[str]) -> tuple[str, list[str]] | None:
    for line in lines:
        found = re.match(r"^ +nearest allowed: (\S+) \((.*)\)$", line)
        if found is not None:
            return found[1], found[2].split(", ")
    return None


NOTHING_NEAR = ["https://evil.test", "null", "https://example.org", "https://app.example.com.evil",
                "https://xn--e1afmkfd.test", "garbage", "://", "https://", "https://[::1]",
                "a" * 5000, "http://127.0.0.2:3000", "https://com"]


@pytest.mark.parametrize(("origin", "entry", "differences"), NEAR_MISSES)
def test_near_miss(tmp_path: Path, upstream: RecordingUpstream, origin: str, entry: str,
                   differences: list[str]) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=NEAR_POLICY) as served:
        assert nearest_in(said_after(served, origin)) == (entry, differences)


def test_near_miss_of_the_same_site(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=NEAR_POLICY) as served:
        near = nearest_in(said_after(served, "https://shop.example.com"))
        assert near is not None
        assert near[0].endswith("example.com") or near[0].endswith("example.com:8443")
        assert near[1][-1] == "another host of the same site"


def test_near_miss_is_of_the_path(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=NEAR_POLICY) as served:
        assert nearest_in(said_after(served, "http://other.example.net")) is None
        assert nearest_in(said_after(served, "http://other.example.net", "/other/x")) == (
            "https://other.example.net", ["the scheme differs"])
        assert nearest_in(said_after(served, "http://app.example.com", "/other/x")) is None


def test_near_miss_after_a_reload(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, "--watch") as served:
        assert nearest_in(said_after(served, "http://new.example.org")) is None
        (tmp_path / "cors.yaml").write_text(POLICY.replace(LISTED, "https://new.example.org"))
        served.wait_until_said("now in force")
        assert nearest_in(said_after(served, "http://new.example.org")) == (
            "https://new.example.org", ["the scheme differs"])


def test_near_misses_are_limited_and_the_rest_counted(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Each of 60 origins has its near miss said, or is in the count; none is lost."""
    origins = [f"https://app.example.com:{port}" for port in range(2000, 2060)]
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        ask_at_once(served, origins)

        def all_told() -> bool:
            told = served.said().count("nearest allowed: https://app.example.com (the port")
            counts = re.findall(r"not looked up for (\d+) more denials", served.said())
            return told + sum(map(int, counts)) == len(origins)
        served.wait_until(all_told, "60 near misses said or counted", 30)
        assert "more denials" in served.said()
        seconds: dict[str, int] = {}
        stamp = ""
        for line in served.said().splitlines():
            stamp = line[:8] if re.match(r"\d\d:\d\d:\d\d ", line) else stamp
            if "nearest allowed" in line:
                seconds[stamp] = seconds.get(stamp, 0) + 1
        # Two limited seconds may touch one second of the clock.
        assert max(seconds.values()) <= 20


def test_near_miss_is_said_once_for_a_burst(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        ask_at_once(served, ["http://app.example.com"] * 20)
        served.wait_until(lambda: served.said().count("denied 200") == 20, "20 decisions", 30)
        assert "more denials" not in served.said()
        assert served.said().count("nearest allowed") < 20


def test_many_more_origins_than_are_remembered(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    count = 3000
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        for number in range(0, count, 100):
            ask_at_once(served, [f"https://n{each}.example.com"
                                 for each in range(number, number + 100)])
        served.wait_until(lambda: served.said().count("denied 200") == count, "all decisions", 30)
        assert nearest_in(said_after(served, LISTED)) is None
        assert served.allows(LISTED)


@pytest.mark.parametrize("origin", NOTHING_NEAR)
def test_nothing_near(tmp_path: Path, upstream: RecordingUpstream, origin: str) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=NEAR_POLICY) as served:
        lines = said_after(served, origin)
        assert nearest_in(lines) is None
        assert " denied 200: origin-" in lines[0]


LINE = re.compile(r"\d\d:\d\d:\d\d (\S+) (\S+)  (\S+|no Origin)  (.+)")


def decision_in(lines: list[str]) -> tuple[str, ...]:
    found = LINE.fullmatch(lines[0])
    assert found is not None, lines
    return found.groups()


def test_lines_that_people_read(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        def said(target: str, origin: str | None, method: str = "GET",
                 *headers: str) -> tuple[str, ...]:
            start = len(served.said())
            served.ask(target, origin, method, headers)
            served.wait_until(lambda: served.said()[start:].endswith("\n"), "a line", 30)
            return decision_in(served.said()[start:].splitlines())
        evil = "https://evil.test"
        put = "Access-Control-Request-Method: PUT"
        assert said("/api/x", LISTED) == ("GET", "/api/x", LISTED, "allowed 200")
        assert said("/api/x?a", None) == ("GET", "/api/x?...", "no Origin", "200")
        assert said("/x", LISTED) == ("GET", "/x", LISTED, "no policy 200")
        assert said("/api/x", evil, "POST") == (
            "POST", "/api/x", evil, "denied 200: origin-not-allowed")
        assert said("/api/x", "null") == ("GET", "/api/x", "null", "denied 200: origin-null")
        assert said("/api/x", "http://gateway.test") == (
            "GET", "/api/x", "http://gateway.test", "same origin 200")
        assert said("/api/x", LISTED, "OPTIONS", put) == (
            "PUT", "/api/x", LISTED, "preflight allowed 204")
        assert said("/api/x", evil, "OPTIONS", put) == (
            "PUT", "/api/x", evil, "preflight denied 403: origin-not-allowed")
        assert said("/api/x", LISTED, "OPTIONS", "Access-Control-Request-Method: PATCH") == (
            "PATCH", "/api/x", LISTED, "preflight denied 403: method-not-allowed")
        assert said("/api/x", LISTED, "OPTIONS", put,
                    "Access-Control-Request-Headers: content-type,x-a") == (
            "PUT", "/api/x", LISTED,
            "preflight denied 403: header-not-allowed among content-type,x-a")


HOSTILE = [
    b"https://a\x1b[31mred", b"https://a\x1b]0;title\x07", b"https://a\x9b31m", b"\xff\xfe",
    b"https://a\x7f", b"\xe2\x80\xae" + b"https://moc.elpmaxe", b"a\tb\tc\td", b"\\x1b[31m",
    b"\"'`$(id)", b"x" * 20000,
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_bytes_do_not_reach_the_terminal(
        tmp_path: Path, upstream: RecordingUpstream, hostile: bytes) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, "--color", "never") as served:
        for head in (b"GET /api/x HTTP/1.1\r\nHost: h\r\nOrigin: " + hostile,
                     b"GET /api/" + hostile.replace(b"\t", b"") + b" HTTP/1.1\r\nHost: h",
                     b"OPTIONS /api/x HTTP/1.1\r\nHost: h\r\nOrigin: " + LISTED.encode()
                     + b"\r\nAccess-Control-Request-Method: " + hostile,
                     b"OPTIONS /api/x HTTP/1.1\r\nHost: h\r\nOrigin: " + LISTED.encode()
                     + b"\r\nAccess-Control-Request-Method: PUT"
                     + b"\r\nAccess-Control-Request-Headers: x/" + hostile,
                     b"GET /api/x HTTP/1.1\r\nHost: h\r\nReferer: " + hostile):
            with connect(served.port) as connection:
                connection.sendall(head + b"\r\nConnection: close\r\n\r\n")
                while connection.recv(65536):
                    pass
        served.ask("/api/end-of-case", LISTED)
        served.wait_until_said("/api/end-of-case")
        said = served.log.read_bytes()
        assert not re.search(rb"[^\n\x20-\x7e]", said), said
        assert max(map(len, said.splitlines())) < 600
        assert served.allows(LISTED)


def test_no_colour_in_a_pipe_and_colour_when_asked(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    for choice, coloured in (("auto", False), ("never", False), ("always", True)):
        folder = tmp_path / choice
        folder.mkdir()
        with gateway(folder, "--upstream", upstream.url, "--color", choice) as served:
            lines = said_after(served, "https://evil.test")
            assert ("\x1b[" in lines[0]) == coloured


def test_trouble_of_nginx_is_told(tmp_path: Path) -> None:
    with RecordingUpstream() as upstream:
        url = upstream.url
    with gateway(tmp_path, "--upstream", url) as served:
        assert served.ask("/api/x", LISTED, headers=("Referer: \x1b[31m",)).status == 502
        served.wait_until_said("cors serve: nginx: *")
        assert "Connection refused" in served.said()
        assert "\x1b" not in served.said()


def test_decisions_and_complaints_are_apart(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    """Decisions are results: they go to standard output, and nothing else does."""
    (tmp_path / "cors.yaml").write_text(POLICY)
    split = ["sh", "-c", 'exec "$0" "$@" >decisions', COMMAND]
    with Started([*split, "serve", "--policy", "cors.yaml", "--upstream", upstream.url,
                  "--listen", "127.0.0.1:0"], tmp_path / "gateway.log", folder=tmp_path,
                 environment={"CORS_NGINX_MODULE": MODULE, "TMPDIR": str(tmp_path)}) as served:
        served.wait_until(lambda: READY.search(served.said()) is not None, "the gateway", 30)
        found = ADDRESS.search(served.said())
        assert found is not None
        with connect(int(found[1])) as connection:
            exchange(connection, simple_request("/api/x"))
        decisions = tmp_path / "decisions"
        served.wait_until(lambda: decisions.read_text().endswith("\n"), "a decision", 30)
        assert decision_in(decisions.read_text().splitlines())[3] == "allowed 200"
        assert all(line.startswith("cors serve: ") for line in served.said().splitlines())


def test_help(tmp_path: Path) -> None:
    ended = run_serve(tmp_path, "--help")
    assert ended.returncode == 0
    assert ended.stderr == ""
    for option in ("--policy", "--upstream", "--mount", "--listen", "--env", "--enforce",
                   "--tls-cert", "--tls-key", "--user", "--watch", "--print-config", "--color"):
        assert option in ended.stdout
    assert "Examples:" in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 100
