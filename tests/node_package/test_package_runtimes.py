# SPDX-License-Identifier: MIT
"""libcors/fetch in Deno, Bun and workerd: the same answers, from the same file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.node_package.package_runtime import COMMANDS, Running, serving
from tests.support.raw_client import Connection, Lines, Response

APP = "https://app.example"


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def runtime(request: pytest.FixtureRequest,
            tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(request.param, tmp_path_factory.mktemp("runtime")) as running:
        yield running


def ask(runtime: Running, method: str, target: str, lines: Lines,
        body: bytes | None = None) -> Response:
    with Connection(runtime.port) as connection:
        return connection.ask(method, target, lines, body)


def test_entry_is_the_one_without_node(runtime: Running) -> None:
    assert runtime.entry is None or runtime.entry.endswith("/libcors/libcors_fetch.js")


def test_allowed(runtime: Running) -> None:
    response = ask(runtime, "POST", "/orders", [("Origin", APP)], b"seven")
    assert (response.status, response.body) == (200, b"POST /orders seven\n")
    assert response.allowed_origin() == APP
    assert response.values("Access-Control-Allow-Credentials") == ["true"]
    assert response.vary() == ["origin"]


def test_wildcard(runtime: Running) -> None:
    origin = "https://branch.dev.example"
    assert ask(runtime, "GET", "/", [("Origin", origin)]).allowed_origin() == origin


def test_other_origin_is_told_nothing(runtime: Running) -> None:
    response = ask(runtime, "GET", "/orders", [("Origin", "https://evil.example")])
    assert (response.status, response.cors(), response.vary()) == (200, {}, ["origin"])


def test_public_path(runtime: Running) -> None:
    response = ask(runtime, "GET", "/public/x", [("Origin", "https://evil.example")])
    assert (response.allowed_origin(), response.vary()) == ("*", [])


def test_preflight_does_not_reach_the_handler(runtime: Running) -> None:
    asked = [("Origin", APP), ("Access-Control-Request-Method", "PUT"),
             ("Access-Control-Request-Headers", "content-type")]
    response = ask(runtime, "OPTIONS", "/orders", asked)
    assert (response.status, response.body) == (204, b"")
    assert response.values("Access-Control-Allow-Methods") == ["PUT"]
    assert response.values("Access-Control-Allow-Headers") == ["Content-Type"]


def test_denied_preflight(runtime: Running) -> None:
    asked = [("Origin", APP), ("Access-Control-Request-Method", "DELETE")]
    response = ask(runtime, "OPTIONS", "/orders", asked)
    assert response.status == 403 and b"method-not-allowed" in response.body


def test_error_of_the_handler(runtime: Running) -> None:
    response = ask(runtime, "GET", "/fault", [("Origin", APP)])
    assert (response.status, response.body) == (500, b"the handler failed\n")
    assert response.allowed_origin() == APP


def test_answer_that_varies_already(runtime: Running) -> None:
    response = ask(runtime, "GET", "/missing", [("Origin", APP)])
    assert (response.status, response.allowed_origin()) == (404, APP)
    assert response.vary() == ["accept", "origin"]
