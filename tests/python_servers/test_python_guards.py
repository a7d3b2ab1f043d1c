# SPDX-License-Identifier: MIT
"""Enforcement, ambiguous targets, policies that change, WebSockets: in every framework."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.python_servers.python_framework_server import (
    ALL, EVIL, GOOD, POLICY, WITH_SOCKETS, FrameworkServer)
from tests.support.raw_client import Connection, Lines
from tests.support.started import wait_for

DEADLINE = 20.0
SECOND = POLICY.replace("path: /*", "path: /private") + POLICY.replace("policies:\n", "")
HANDSHAKE: Lines = [
    ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]


@pytest.fixture(scope="module", params=ALL)
def server(request: pytest.FixtureRequest,
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrameworkServer]:
    with FrameworkServer(request.param, tmp_path_factory.mktemp("guard"), "block",
                         SECOND) as running:
        yield running


def test_other_origins_are_refused_before_the_application(server: FrameworkServer) -> None:
    response = server.ask("POST", "/data", EVIL)
    assert response.status == 403 and b"origin-not-allowed" in response.body
    assert response.values("X-Application") == [] and response.cors() == {}
    assert response.vary() == ["origin"]


@pytest.mark.parametrize("origin, lines", [
    (GOOD, []), (None, []), ("http://api.example", []),
    (EVIL, [("Sec-Fetch-Site", "same-origin")])])
def test_others_are_not(server: FrameworkServer, origin: str | None, lines: Lines) -> None:
    length = [*lines, ("Content-Length", "0")]
    assert server.ask("POST", "/data", origin, length).values("X-Application") == ["yes"]


@pytest.mark.parametrize("target", ["/data/..%2fprivate", "/x/..%5cprivate", "/x/%2e%2e/private"])
def test_ambiguous_targets(server: FrameworkServer, target: str) -> None:
    response = server.ask("GET", target, GOOD)
    if server.framework.endswith("wsgiref") and response.status != 400:
        # This server tells no target as received: the path that it made of it is judged, which is
        # the one that the application sees.
        assert response.values("X-Application") in ([], ["yes"])
        return
    assert response.status == 400 and b"ambiguous" in response.body
    assert response.values("X-Application") == []


def test_a_policy_that_changes(server: FrameworkServer) -> None:
    other = "https://other.example"
    server.policy.write_text(SECOND.replace(GOOD, other))
    try:
        wait_for(lambda: server.ask("GET", "/data", other).allowed_origin() == other,
                 "the changed policy", DEADLINE)
        assert server.ask("GET", "/data", GOOD).status == 403
        server.policy.write_text(SECOND.replace(GOOD, GOOD + "/"))
        wait_for(lambda: bool(server.ask("GET", "/data", other).allowed_origin()
                              and "PolicyWarning" in server.said()), "the warning", DEADLINE)
        assert "the policy from before stays" in server.said()
    finally:
        server.policy.write_text(SECOND)
    wait_for(lambda: server.ask("GET", "/data", GOOD).allowed_origin() == GOOD, "the first policy",
             DEADLINE)


@pytest.mark.parametrize("framework", WITH_SOCKETS)
@pytest.mark.parametrize("enforce, status", [("off", 101), ("block", 403)])
def test_websockets(framework: str, enforce: str, status: int,
                    tmp_path_factory: pytest.TempPathFactory) -> None:
    with FrameworkServer(framework, tmp_path_factory.mktemp("talk"), enforce) as server:
        for origin, wanted in ((GOOD, 101), (EVIL, status)):
            with Connection(server.port) as connection:
                response = connection.ask("GET", "/talk", [("Origin", origin), *HANDSHAKE])
            assert response.status == wanted, (origin, server.said())
        assert "Traceback" not in server.said()
