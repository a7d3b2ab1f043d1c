# SPDX-License-Identifier: MIT
"""The example servers over real sockets."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.example_server import EXAMPLES, POLICY, SERVERS, Example
from tests.support.raw_client import Closed, Connection, Lines, Response, ask, ask_raw

APP = ("Origin", "https://app.example.com")
EVIL = ("Origin", "https://app.example.com.evil.test")
PUT = ("Access-Control-Request-Method", "PUT")


@pytest.fixture(params=SERVERS, scope="module")
def program(request: pytest.FixtureRequest) -> Path:
    return EXAMPLES / str(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(scope="module")
def server(program: Path, folder: Path) -> Iterator[Example]:
    with Example(program, folder) as running:
        yield running
    assert running.process.returncode == 0, running.said()


@pytest.fixture(scope="module")
def enforcing(program: Path, folder: Path) -> Iterator[Example]:
    with Example(program, folder, enforces=True) as running:
        yield running
    assert running.process.returncode == 0, running.said()


def preflight(port: int, *lines: tuple[str, str], target: str = "/api/notes") -> Response:
    return ask(port, "OPTIONS", target, list(lines))


# What the application answers by itself, allowed or not.
ANSWERS = [("GET", "/api/notes", 200, ["accept-language", "origin"]),
           ("GET", "/api/notes?a=%2f..", 200, ["accept-language", "origin"]),
           ("POST", "/api/notes", 200, ["accept-language", "origin"]),
           ("GET", "/api/%6eotes", 200, ["accept-language", "origin"]),
           ("GET", "/api/nothing", 404, ["origin"]),
           ("GET", "/api/broken", 500, ["origin"]),
           ("GET", "/api/legacy", 200, ["origin"])]


@pytest.mark.parametrize(("method", "target", "status", "vary"), ANSWERS)
def test_allowed(server: Example, method: str, target: str, status: int, vary: list[str]) -> None:
    answer = ask(server.port, method, target, [APP])
    assert answer.status == status
    assert answer.cors() == {"access-control-allow-origin": APP[1],
                             "access-control-allow-credentials": "true",
                             "access-control-expose-headers": "X-Note-Count"}
    assert answer.vary() == vary
    assert answer.values("Content-Type") == ["application/json"] and answer.body


@pytest.mark.parametrize(("method", "target", "status", "vary"), ANSWERS)
@pytest.mark.parametrize("lines", [[], [EVIL], [APP, APP], [("Origin", "null")], [("Origin", "")]],
                         ids=["none", "other", "two", "null", "empty"])
def test_not_allowed(server: Example, method: str, target: str, status: int, vary: list[str],
                     lines: Lines) -> None:
    answer = ask(server.port, method, target, lines)
    assert (answer.status, answer.cors(), answer.vary()) == (status, {}, vary)


def test_head(server: Example) -> None:
    answer = ask(server.port, "HEAD", "/api/notes", [APP])
    assert (answer.status, answer.allowed_origin()) == (200, APP[1])


def test_public(server: Example) -> None:
    answer = ask(server.port, "GET", "/public/motto", [EVIL])
    assert answer.cors() == {"access-control-allow-origin": "*"}
    assert answer.values("Vary") == ["origin"]  # the application's own


def test_no_policy(server: Example) -> None:
    answer = ask(server.port, "GET", "/other", [APP])
    assert (answer.status, answer.cors(), answer.vary()) == (404, {}, [])


def test_allowed_preflight(server: Example) -> None:
    answer = preflight(server.port, APP, PUT,
                       ("Access-Control-Request-Headers", "authorization"))
    assert (answer.status, answer.body) == (204, b"")
    assert answer.cors() == {"access-control-allow-origin": APP[1],
                             "access-control-allow-credentials": "true",
                             "access-control-allow-methods": "PUT, DELETE",
                             "access-control-allow-headers": "Authorization, Content-Type",
                             "access-control-max-age": "600"}
    assert answer.vary() == ["access-control-request-headers", "access-control-request-method",
                             "origin"]


@pytest.mark.parametrize(("lines", "reason"), [
    ([EVIL, PUT], "origin-not-allowed"),
    ([APP, ("Access-Control-Request-Method", "TRACE")], "method-not-allowed"),
    ([APP, PUT, ("Access-Control-Request-Headers", "x-other")], "header-not-allowed"),
    ([APP, PUT, ("Access-Control-Request-Headers", "x" * 17000)], "header-too-many"),
], ids=["origin", "method", "header", "large"])
def test_denied_preflight(server: Example, lines: Lines, reason: str) -> None:
    answer = preflight(server.port, *lines)
    assert (answer.status, answer.cors()) == (403, {})
    assert answer.values("Content-Type") == ["text/plain"] and reason.encode() in answer.body
    assert "origin" in answer.vary()


def test_options_that_is_no_preflight(server: Example) -> None:
    answer = preflight(server.port, APP)
    assert (answer.status, answer.allowed_origin()) == (200, APP[1])
    assert "access-control-request-method" in answer.vary()


def test_kept_connection(server: Example) -> None:
    """A preflight, what it was for, and an error, on one connection."""
    with Connection(server.port) as connection:
        assert connection.ask("OPTIONS", "/api/notes", [APP, PUT]).status == 204
        assert connection.ask("PUT", "/api/notes", [APP], b"x" * 70000).allowed_origin() == APP[1]
        assert connection.ask("POST", "/api/notes", [APP], [b"a", b"b"]).status == 200
        assert connection.ask("OPTIONS", "/api/notes", [EVIL, PUT]).status == 403
        assert connection.ask("GET", "/api/broken", [EVIL]).cors() == {}
        assert connection.ask("GET", "/api/nothing", [APP]).allowed_origin() == APP[1]


AMBIGUOUS = ["/public/..%2fapi/notes", "/public/%2e%2e/api/notes", "/public\\..\\api\\notes",
             "/public/%252e%252e/api/notes", "//public/../api/notes", "/public/x/..;/api/notes#"]


@pytest.mark.parametrize("target", AMBIGUOUS[:3])
def test_ambiguous_targets(server: Example, target: str) -> None:
    answer = ask(server.port, "GET", target, [APP])
    assert (answer.status, answer.cors()) == (400, {})


def test_enforced(enforcing: Example) -> None:
    for method, others in (("POST", [EVIL]), ("GET", [EVIL]), ("POST", [APP, EVIL])):
        body = b"x" if method == "POST" else None
        answer = ask(enforcing.port, method, "/api/notes", others, body)
        assert (answer.status, answer.cors(), answer.vary()) == (403, {}, ["origin"])
        assert answer.body.startswith(b"CORS: ")
    own = [("Origin", "http://api.example"), ("Sec-Fetch-Site", "same-origin")]
    allowed: list[Lines] = [[APP], [], own]
    for lines in allowed:
        assert ask(enforcing.port, "POST", "/api/notes", lines, b"x").status == 200


HOSTILE = [
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\n Origin: x\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin:\r\n\thttps://app.example.com\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin : https://app.example.com\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\rX: y\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin: https://APP.example.com\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com/\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin: \xff\xfe\r\n\r\n",
    b"GET /api/notes HTTP/1.1\r\nHost: a\r\nOrigin: " + b"a" * 9000 + b"\r\n\r\n",
    b"GET " + b"/api/" + b"%2e" * 2000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET  HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"BREW /api/notes HTTP/1.1\r\n\r\n"]


def answer_or_close(port: int, data: bytes) -> Response | None:
    try:
        return ask_raw(port, data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    except Closed:
        return None


def test_hostile(server: Example) -> None:
    """Nothing malformed is allowed what only an origin of the policy may have, and all goes on."""
    for number, data in enumerate(HOSTILE):
        answer = answer_or_close(server.port, data)
        # A value that is continued on another line is that value: RFC 9112, section 5.2.
        if answer is not None and number != 1:
            assert answer.allowed_origin() is None, data
    assert ask(server.port, "GET", "/api/notes", [APP]).allowed_origin() == APP[1]


REFUSED = """\
path /api/*
allow_origin https://a.example

path /x
  allow_origins https://a.example/ "*"
allow_credentials yes
"""


def test_problems_are_printed(program: Path, tmp_path: Path) -> None:
    policy = tmp_path / "bad.txt"
    policy.write_text(REFUSED)
    done = subprocess.run([str(program), str(policy), "1"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    places = [line.split(": ")[0].removeprefix(str(policy)) for line in done.stderr.splitlines()]
    assert places == [":1:1", ":2:1", ":5:17", ":5:36", ":6:19"], done.stderr
    assert "allow_origins" in done.stderr.splitlines()[1]
    missing = subprocess.run([str(program), str(tmp_path / "none"), "1"], stderr=subprocess.PIPE,
                             timeout=60)
    assert missing.returncode == 1 and missing.stderr


def test_memory(program: Path, tmp_path: Path) -> None:
    """valgrind finds no error and nothing that is lost, whatever was asked."""
    before = ("valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect",
              "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=99")
    callers: list[Lines] = [[], [APP], [EVIL]]
    with Example(program, tmp_path, before=before, enforces=True) as running:
        for target in ("/api/notes", "/api/nothing", "/public/motto", *AMBIGUOUS):
            for lines in callers:
                ask(running.port, "GET", target, lines)
                ask(running.port, "OPTIONS", target, [*lines, PUT])
        ask(running.port, "POST", "/api/notes", [APP], [b"a" * 3000, b"b"])
        for data in HOSTILE:
            answer_or_close(running.port, data)
    assert (running.process.returncode, "==" in running.said()) == (0, False), running.said()


def test_policy_of_the_examples_has_no_warnings(program: Path, tmp_path: Path) -> None:
    with Example(program, tmp_path, POLICY) as running:
        pass
    assert running.said() == f"listening at port {running.port}\n"
