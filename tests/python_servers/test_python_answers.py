# SPDX-License-Identifier: MIT
"""What today's middlewares answer wrongly, answered rightly in every framework, over sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.python_servers.python_framework_server import (
    ALL, DEADLINE, EVIL, GOOD, WSGI, FrameworkServer)
from tests.support.raw_client import Closed, Response

ALLOWED = {"access-control-allow-origin": GOOD, "access-control-allow-credentials": "true",
           "access-control-expose-headers": "x-e"}
PREFLIGHT_VARY = ["access-control-request-headers", "access-control-request-method", "origin"]


@pytest.fixture(scope="module", params=ALL)
def server(request: pytest.FixtureRequest,
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrameworkServer]:
    with FrameworkServer(request.param, tmp_path_factory.mktemp("framework")) as running:
        yield running


def lower(fields: dict[str, str]) -> dict[str, str]:
    return {name: value.lower() if "headers" in name else value for name, value in fields.items()}


def is_allowed(response: Response, *vary: str) -> None:
    assert lower(response.cors()) == ALLOWED
    assert response.vary() == sorted([*vary, "origin"])


def test_no_origin(server: FrameworkServer) -> None:
    response = server.ask("GET", "/data")
    assert (response.status, response.body) == (200, b"data")
    assert response.cors() == {} and response.vary() == ["accept", "origin"]


def test_allowed(server: FrameworkServer) -> None:
    response = server.ask("GET", "/data", GOOD)
    assert (response.status, response.body) == (200, b"data")
    is_allowed(response, "accept")


@pytest.mark.parametrize("origin", [EVIL, "null", "https://a.example.evil.example", "", "a b",
                                    "https://a.example https://a.example"])
def test_not_allowed(server: FrameworkServer, origin: str) -> None:
    response = server.ask("GET", "/data", origin)
    assert (response.status, response.body) == (200, b"data")
    assert response.cors() == {} and response.vary() == ["accept", "origin"]


def test_two_origins(server: FrameworkServer) -> None:
    assert server.ask("GET", "/data", GOOD, [("Origin", EVIL)]).cors() == {}


def test_an_exception_that_nobody_caught(server: FrameworkServer) -> None:
    response = server.ask("GET", "/boom", GOOD)
    assert response.status == 500 and response.body
    is_allowed(response)
    refused = server.ask("GET", "/boom", EVIL)
    assert refused.status == 500 and refused.cors() == {} and refused.vary() == ["origin"]
    server.wait_until(lambda: "Accident" in server.said(), "the server's own log of it", DEADLINE)


def test_what_is_not_there(server: FrameworkServer) -> None:
    response = server.ask("GET", "/missing", GOOD)
    assert response.status == 404
    assert lower(response.cors()) == ALLOWED and "origin" in response.vary()


def test_head(server: FrameworkServer) -> None:
    response = server.ask("HEAD", "/data", GOOD)
    assert lower(response.cors()) == ALLOWED and response.body == b""


def test_a_stream(server: FrameworkServer) -> None:
    response = server.ask("GET", "/stream", GOOD)
    assert (response.status, response.body) == (200, b"one two three")
    is_allowed(response, "accept")


def test_a_stream_that_breaks_off(server: FrameworkServer) -> None:
    try:
        response = server.ask("GET", "/half", GOOD)
    except Closed:
        return  # chunked, and so it shows that the end is missing
    is_allowed(response, "accept")
    assert response.body == b"one "


def test_a_preflight(server: FrameworkServer) -> None:
    response = server.preflight("/data")
    assert (response.status, response.body) == (204, b"")
    said = lower(response.cors())
    assert said.pop("access-control-allow-methods") in ("PUT", "GET, PUT")
    assert "x-a" in said.pop("access-control-allow-headers")
    assert said == {"access-control-allow-origin": GOOD, "access-control-max-age": "600",
                    "access-control-allow-credentials": "true"}
    assert response.vary() == PREFLIGHT_VARY
    assert response.values("X-Application") == []


@pytest.mark.parametrize("origin, method, headers, reason", [
    (EVIL, "PUT", "x-a", b"origin-not-allowed"), (GOOD, "DELETE", "x-a", b"method-not-allowed"),
    (GOOD, "ET", "x-a", b"method-not-allowed"), (GOOD, "PUT", "x-b", b"header-not-allowed"),
    ("null", "PUT", "x-a", b"origin-null")])
def test_a_denied_preflight(server: FrameworkServer, origin: str, method: str, headers: str,
                            reason: bytes) -> None:
    response = server.preflight("/data", origin, method, headers)
    assert response.status == 403 and reason in response.body
    assert response.cors() == {} and response.vary() == PREFLIGHT_VARY
    assert response.values("Content-Type") == ["text/plain"]


def test_options_that_is_no_preflight(server: FrameworkServer) -> None:
    response = server.ask("OPTIONS", "/data", GOOD)
    assert response.status in (200, 405)  # it is for the application to say
    assert response.allowed_origin() == GOOD and "origin" in response.vary()
    alone = server.ask("OPTIONS", "/data", None, [("Access-Control-Request-Method", "PUT")])
    assert alone.status == response.status and alone.cors() == {}


def test_preflights_need_no_token(server: FrameworkServer) -> None:
    assert server.preflight("/private", headers="authorization").status == 204
    refused = server.ask("GET", "/private", GOOD)
    assert refused.status == 401
    assert lower(refused.cors()) == ALLOWED and refused.vary() == ["accept", "origin"]
    token = [("Authorization", "Bearer 1")]
    assert server.ask("GET", "/private", GOOD, token).body == b"data"


@pytest.mark.parametrize("target", ["/data/..%2fprivate", "/x/..%5cdata", "//data"])
def test_targets_that_all_read_alike(server: FrameworkServer, target: str) -> None:
    """One policy covers every path, so that nothing is ambiguous."""
    assert server.ask("GET", target, GOOD).status != 400


def test_nothing_went_wrong_but_the_accidents(server: FrameworkServer) -> None:
    blamed = [line for line in server.said().splitlines()
              if "Error" in line and "Accident" not in line and "libcors" in line]
    assert blamed == []


@pytest.mark.parametrize("framework", WSGI)
def test_an_accident_when_it_is_read(framework: str,
                                     tmp_path_factory: pytest.TempPathFactory) -> None:
    with FrameworkServer(framework, tmp_path_factory.mktemp("wsgi")) as server:
        late = server.ask("GET", "/late", GOOD)
        assert late.status == 500 and late.body == b"Internal Server Error\n"
        is_allowed(late)
        assert server.ask("HEAD", "/late", GOOD).status == 500


def test_start_response_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As PEP 3333 has it; gunicorn sends the lines of both calls, whoever makes them."""
    with FrameworkServer("wsgi-wsgiref", tmp_path_factory.mktemp("wsgi")) as server:
        response = server.ask("GET", "/twice", GOOD)
        assert (response.status, response.body) == (503, b"another time")
        is_allowed(response, "accept")
