# SPDX-License-Identifier: MIT
"""Requests that the application does not get to see, and those that it must."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.node_servers.framework_server import (OVER_HTTP1, FrameworkServer,
                                                 framework_server)
from tests.support.raw_client import Lines, ask

POLICY = {"policies": [
    {"path": "/*", "allow_origins": ["https://a.example"]},
    {"path": "/private*", "allow_origins": ["https://b.example"]},
]}
FRIEND: Lines = [("Origin", "https://a.example")]
STRANGER: Lines = [("Origin", "https://c.example")]


@pytest.fixture(scope="module")
def blocking(tmp_path_factory: pytest.TempPathFactory,
             installed: None) -> Iterator[dict[str, FrameworkServer]]:
    folder = tmp_path_factory.mktemp("blocking")
    with ExitStack() as started:
        yield {name: started.enter_context(
            framework_server(name, folder, POLICY, enforce="block",
                             ownOrigin="https://api.example")) for name in OVER_HTTP1}


@pytest.fixture(params=OVER_HTTP1)
def server(request: pytest.FixtureRequest,
           blocking: dict[str, FrameworkServer]) -> FrameworkServer:
    return blocking[request.param]


def decisions(server: FrameworkServer, target: str) -> list[Any]:
    return [line["decision"] for line in server.told("decision")
            if line["request"]["target"] == target]


def test_other_origin_is_blocked(server: FrameworkServer) -> None:
    response = server.ask("PUT", "/items?other", STRANGER)
    assert (response.status, response.cors(), response.vary()) == (403, {}, ["origin"])
    assert b"origin-not-allowed" in response.body
    [told] = decisions(server, "/items?other")
    assert (told["status"], told["blocks"]) == (403, True)


@pytest.mark.parametrize("lines", [
    [],
    FRIEND,
    [*STRANGER, ("Sec-Fetch-Site", "same-origin")],
    [("Origin", "https://api.example")],
], ids=["no origin", "allowed", "same origin by Sec-Fetch-Site", "own origin"])
def test_others_are_let_in(server: FrameworkServer, lines: Lines) -> None:
    assert server.ask("GET", "/items", lines).status == 200


def test_own_origin_counts_with_its_scheme(server: FrameworkServer) -> None:
    lines = [("Origin", "http://api.example")]
    assert server.ask("GET", "/items", lines).status == 403


def test_own_requests_are_called_so(server: FrameworkServer) -> None:
    server.ask("GET", "/items?own", [("Origin", "https://api.example")])
    [told] = decisions(server, "/items?own")
    assert (told["reason"], told["blocks"]) == ("same-origin", False)


def test_ambiguous_target(server: FrameworkServer) -> None:
    if server.name in ("hono", "fetch"):
        target = "/items%2f..%2fprivate"
    else:
        target = "/items/../private"
    response = server.ask("GET", target, [("Authorization", "Basic YTpi")])
    assert response.status == 400, response
    assert b"more than one way" in response.body
    assert response.values("Content-Type")[0].startswith("text/plain")


@pytest.mark.parametrize("name", ["plain", "koa"])
def test_report_lets_in_and_tells(name: str, tmp_path: Path) -> None:
    with framework_server(name, tmp_path, POLICY, enforce="report") as server:
        assert server.ask("GET", "/items?reported", STRANGER).status == 200
        [told] = decisions(server, "/items?reported")
        assert (told["allowed"], told["status"], told["blocks"]) == (False, None, True)
        response = server.ask("GET", "/items?own", [("Origin", "https://api.example")])
        assert response.status == 200
        [told] = decisions(server, "/items?own")
        assert (told["reason"], told["blocks"]) == ("same-origin", False)


def test_host_is_the_own_origin_by_default(tmp_path: Path) -> None:
    with framework_server("plain", tmp_path, POLICY, enforce="block") as server:
        own = [("Origin", "http://api.example"), ("Connection", "close")]
        assert ask(server.port, "GET", "/items", own, host="api.example").status == 200
        assert ask(server.port, "GET", "/items", own, host="other.example").status == 403
