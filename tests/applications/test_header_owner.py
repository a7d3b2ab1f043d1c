# SPDX-License-Identifier: MIT
"""One owner of the Access-Control-* lines: json-server sends its own, the gateway replaces them.

json-server reflects every origin, allows credentials to all, and exposes what it likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from json_server import serving
from request_recorder import Exchange, Lines, Recorder, exchange_with, recording
from shop_gateway import gateway

ALLOWED = "http://app.shop.localhost:7000"
REFUSED = "http://evil.localhost:7000"
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True)
class Entrance:
    port: int
    behind: Recorder

    def ask(self, method: str, target: str, lines: Lines, body: bytes = b"") -> Exchange:
        host = ("Host", f"127.0.0.1:{self.port}")
        answer, _ = exchange_with(self.port, method, target, [host, *lines], body)
        return answer

    def last_behind(self) -> Exchange:
        return self.behind.exchanges()[-1]


@pytest.fixture(scope="module")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    folder = tmp_path_factory.mktemp("owner")
    with ExitStack() as stack:
        application = stack.enter_context(serving(folder, own_cors=True))
        recorder = stack.enter_context(recording(application.port))
        upstream = f"http://127.0.0.1:{recorder.port}"
        opened = stack.enter_context(gateway(folder, ALLOWED, ["--upstream", upstream], "off"))
        yield Entrance(opened.port, recorder)


def cors_lines(exchange: Exchange) -> Lines:
    return sorted((name, value) for name, value in exchange.answered
                  if name.lower().startswith("access-control-"))


@dataclass(frozen=True)
class Answer:
    """A request, and the status that json-server answers with."""

    method: str
    target: str
    status: int
    lines: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


ANSWERS = {
    "list": Answer("GET", "/posts?_limit=2", 200),
    "head": Answer("HEAD", "/posts/1", 200),
    "created": Answer("POST", "/posts", 201, (JSON,), b'{"title": "new"}'),
    "missing": Answer("GET", "/posts/9999", 404),
    "server-error": Answer("POST", "/posts", 500, (JSON,), b'{"id": 1}'),
    "malformed": Answer("POST", "/posts", 400, (JSON,), b"{"),
    "static": Answer("GET", "/assets/probe.ttf", 200),
    "static-missing": Answer("GET", "/assets/none.ttf", 404),
    "range": Answer("GET", "/assets/probe.ttf", 206, (("Range", "bytes=0-9"),)),
}


@pytest.mark.parametrize("origin", [ALLOWED, REFUSED])
@pytest.mark.parametrize("name", ANSWERS)
def test_only_the_policy_speaks(entrance: Entrance, name: str, origin: str) -> None:
    wanted = ANSWERS[name]
    answer = entrance.ask(wanted.method, wanted.target, [("Origin", origin), *wanted.lines],
                          wanted.body)
    behind = entrance.last_behind()
    assert (answer.status, behind.status) == (wanted.status, wanted.status)
    assert behind.response_lines("Access-Control-Allow-Origin") == [origin]
    assert behind.response_lines("Access-Control-Allow-Credentials") == ["true"]
    granted = [("Access-Control-Allow-Origin", origin)] if origin == ALLOWED else []
    assert cors_lines(answer) == granted


@pytest.mark.parametrize("origin", [ALLOWED, REFUSED])
def test_not_modified_is_covered_too(entrance: Entrance, origin: str) -> None:
    first = entrance.ask("GET", "/posts/1", [("Origin", origin)])
    tag = first.response_lines("ETag")[0]
    answer = entrance.ask("GET", "/posts/1", [("Origin", origin), ("If-None-Match", tag)])
    assert answer.status == 304
    granted = [("Access-Control-Allow-Origin", origin)] if origin == ALLOWED else []
    assert cors_lines(answer) == granted


def test_exposed_headers_are_those_of_the_policy(entrance: Entrance) -> None:
    answer = entrance.ask("GET", "/comments?_page=1&_limit=2", [("Origin", ALLOWED)])
    behind = entrance.last_behind()
    assert behind.response_lines("Access-Control-Expose-Headers") == ["X-Total-Count, Link"]
    assert answer.response_lines("Link") == behind.response_lines("Link") != []
    assert cors_lines(answer) == [("Access-Control-Allow-Origin", ALLOWED),
                                  ("Access-Control-Expose-Headers", "X-Total-Count")]


def test_credentials_are_those_of_the_policy(entrance: Entrance) -> None:
    answer = entrance.ask("GET", "/accounts/1", [("Origin", ALLOWED)])
    assert answer.status == 401
    assert cors_lines(answer) == [("Access-Control-Allow-Credentials", "true"),
                                  ("Access-Control-Allow-Origin", ALLOWED)]


def test_public_policy_grants_no_credentials(entrance: Entrance) -> None:
    answer = entrance.ask("GET", "/catalog/1", [("Origin", REFUSED)])
    assert entrance.last_behind().response_lines("Access-Control-Allow-Credentials") == ["true"]
    assert cors_lines(answer) == [("Access-Control-Allow-Origin", "*")]


@pytest.mark.parametrize("lines", [[], [("Origin", ALLOWED)], [("Origin", REFUSED)]],
                         ids=["no-origin", "allowed", "refused"])
def test_caches_are_told_what_the_answer_depends_on(entrance: Entrance, lines: Lines) -> None:
    """Besides what json-server says itself, which compresses its answers."""
    answer = entrance.ask("GET", "/posts/1", lines)
    varied = [name.strip().lower() for line in answer.response_lines("Vary")
              for name in line.split(",")]
    assert varied.count("origin") == 1
    assert "accept-encoding" in varied


def test_preflight_of_the_application_is_not_asked(entrance: Entrance) -> None:
    before = len(entrance.behind.exchanges())
    answer = entrance.ask("OPTIONS", "/posts/1", [
        ("Origin", REFUSED), ("Access-Control-Request-Method", "DELETE")])
    assert (answer.status, cors_lines(answer)) == (403, [])
    assert len(entrance.behind.exchanges()) == before


def test_path_without_policy_is_left_alone(entrance: Entrance) -> None:
    answer = entrance.ask("GET", "/profile", [("Origin", REFUSED)])
    assert cors_lines(answer) == [("Access-Control-Allow-Credentials", "true"),
                                  ("Access-Control-Allow-Origin", REFUSED)]
    assert cors_lines(answer) == cors_lines(entrance.last_behind())
