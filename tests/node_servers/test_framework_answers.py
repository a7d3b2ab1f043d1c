# SPDX-License-Identifier: MIT
"""What clients get from each framework: on every answer the policy's lines, and no others.

Each case here is one that a usual middleware gets wrong in one framework or another.
"""

from __future__ import annotations

import pytest

from tests.node_servers.framework_server import FrameworkServer
from tests.support.application import Application
from tests.support.raw_client import Lines, Response

FRIEND: Lines = [("Origin", "https://a.example")]
STRANGER: Lines = [("Origin", "https://b.example")]
PREFLIGHT = [("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a")]

GRANTED = {
    "access-control-allow-origin": "https://a.example",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "x-e",
}
PREFLIGHT_GRANTED = {
    "access-control-allow-origin": "https://a.example",
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "PUT",
    "access-control-allow-headers": "x-a",
    "access-control-max-age": "600",
}
PREFLIGHT_VARY = ["access-control-request-headers", "access-control-request-method", "origin"]


def summary(response: Response) -> tuple[int, dict[str, str], list[str]]:
    return response.status, response.cors(), response.vary()


def test_without_origin_vary_stays(server: FrameworkServer) -> None:
    assert summary(server.ask("GET", "/items")) == (200, {}, ["accept", "origin"])


def test_allowed_origin(server: FrameworkServer) -> None:
    response = server.ask("GET", "/items", FRIEND)
    assert summary(response) == (200, GRANTED, ["accept", "origin"])
    assert response.body == b"[]"


def test_other_origin_gets_nothing(server: FrameworkServer) -> None:
    assert summary(server.ask("GET", "/items", STRANGER)) == (200, {}, ["accept", "origin"])


@pytest.mark.parametrize("lines, granted", [([], {}), (FRIEND, GRANTED), (STRANGER, {})])
def test_own_lines_of_the_application_are_replaced(
        server: FrameworkServer, lines: Lines, granted: dict[str, str]) -> None:
    response = server.ask("GET", "/own", lines)
    assert summary(response) == (200, granted, ["accept-language", "origin"])


def test_uncaught_error(server: FrameworkServer) -> None:
    assert summary(server.ask("GET", "/failing", FRIEND)) == (500, GRANTED, ["origin"])
    assert summary(server.ask("GET", "/failing", STRANGER)) == (500, {}, ["origin"])


def test_not_found(server: FrameworkServer) -> None:
    assert summary(server.ask("GET", "/nowhere", FRIEND)) == (404, GRANTED, ["origin"])
    assert summary(server.ask("GET", "/nowhere")) == (404, {}, ["origin"])


def test_streamed_answer(server: FrameworkServer) -> None:
    response = server.ask("GET", "/stream", FRIEND)
    assert summary(response) == (200, GRANTED, ["origin"])
    assert response.body == b"one two three"


def test_redirect(server: FrameworkServer) -> None:
    response = server.ask("GET", "/redirect", FRIEND)
    assert (response.status, response.cors()) == (302, GRANTED)
    assert "origin" in response.vary()
    assert response.values("Location")[0].endswith("/items")


def test_not_modified(server: FrameworkServer) -> None:
    assert summary(server.ask("GET", "/unchanged", FRIEND)) == (304, GRANTED, ["origin"])


def test_head(server: FrameworkServer) -> None:
    assert server.ask("HEAD", "/nowhere", FRIEND).cors() == GRANTED


def test_preflight(server: FrameworkServer) -> None:
    response = server.ask("OPTIONS", "/items", [*FRIEND, *PREFLIGHT])
    assert summary(response) == (204, PREFLIGHT_GRANTED, PREFLIGHT_VARY)
    assert response.body == b""
    assert response.values("X-Reached") == []


def test_preflight_where_nothing_is(server: FrameworkServer) -> None:
    response = server.ask("OPTIONS", "/nowhere", [*FRIEND, *PREFLIGHT])
    assert summary(response) == (204, PREFLIGHT_GRANTED, PREFLIGHT_VARY)


def test_preflight_of_another_origin(server: FrameworkServer) -> None:
    response = server.ask("OPTIONS", "/items", [*STRANGER, *PREFLIGHT])
    assert summary(response) == (403, {}, PREFLIGHT_VARY)
    assert b"origin-not-allowed" in response.body
    assert [value.split(";")[0] for value in response.values("Content-Type")] == ["text/plain"]


def test_preflight_for_another_method(server: FrameworkServer) -> None:
    lines = [*FRIEND, ("Access-Control-Request-Method", "DELETE")]
    response = server.ask("OPTIONS", "/items", lines)
    assert summary(response) == (403, {}, PREFLIGHT_VARY)
    assert b"method-not-allowed" in response.body


def test_options_without_requested_method_reach_the_application(server: FrameworkServer) -> None:
    response = server.ask("OPTIONS", "/items", FRIEND)
    assert summary(response) == (200, GRANTED, sorted(["accept", *PREFLIGHT_VARY]))
    assert response.values("X-Reached") == ["yes"]


def test_preflights_come_before_authentication(server: FrameworkServer) -> None:
    assert server.ask("OPTIONS", "/private", [*FRIEND, *PREFLIGHT]).status == 204
    assert server.ask("OPTIONS", "/private", [*STRANGER, *PREFLIGHT]).status == 403
    refused = server.ask("GET", "/private", FRIEND)
    assert (refused.status, refused.cors()) == (401, GRANTED)
    authorized = server.ask("GET", "/private", [*FRIEND, ("Authorization", "Basic YTpi")])
    assert (authorized.status, authorized.body) == (200, b"secret")


def test_two_origins_are_none(server: FrameworkServer) -> None:
    lines = [("Origin", "https://a.example"), ("Origin", "https://a.example")]
    assert summary(server.ask("GET", "/items", lines)) == (200, {}, ["accept", "origin"])
    assert server.ask("OPTIONS", "/items", [*lines, *PREFLIGHT]).status == 403


def test_decisions_are_told(server: FrameworkServer) -> None:
    server.ask("GET", "/items?told", STRANGER)
    told = [line["decision"] for line in server.told("decision")
            if line["request"]["target"] == "/items?told"]
    assert [(one["kind"], one["allowed"], one["reason"], one["status"], one["blocks"])
            for one in told] == [("actual", False, "origin-not-allowed", None, True)]


RAW = ("plain", "express", "express5")


@pytest.fixture(params=RAW)
def raw(request: pytest.FixtureRequest, servers: dict[str, FrameworkServer]) -> FrameworkServer:
    return servers[request.param]


def test_head_written_from_an_object(raw: FrameworkServer) -> None:
    response = raw.ask("GET", "/head-object", FRIEND)
    assert summary(response) == (200, GRANTED, ["accept-language", "origin"])
    assert response.values("X-One") == ["1"]


def test_head_written_from_a_list(raw: FrameworkServer) -> None:
    response = raw.ask("GET", "/head-array", FRIEND)
    assert summary(response) == (200, GRANTED, ["accept-language", "cookie", "origin"])
    assert response.values("Set-Cookie") == ["a=1", "b=2"]


def test_head_written_with_a_message(raw: FrameworkServer) -> None:
    response = raw.ask("GET", "/head-message", FRIEND)
    assert summary(response) == (202, GRANTED, ["accept-language", "cookie", "origin"])


def test_vary_as_a_list_holds_origin_once(raw: FrameworkServer) -> None:
    assert raw.ask("GET", "/vary-list").vary() == ["accept", "origin"]


def test_vary_star_stays(raw: FrameworkServer) -> None:
    assert raw.ask("GET", "/vary-star").vary() == ["*"]


def test_all_lines_removed(raw: FrameworkServer) -> None:
    assert summary(raw.ask("GET", "/vary-removed", FRIEND)) == (200, GRANTED, ["origin"])


def test_later_middleware_sees_the_lines(raw: FrameworkServer) -> None:
    assert raw.ask("GET", "/seen", FRIEND).body == b'["https://a.example","Origin"]'


@pytest.mark.parametrize("target", ["/piped", "/proxied"])
def test_lines_of_an_upstream_are_replaced(
        servers: dict[str, FrameworkServer], upstream: Application, target: str) -> None:
    response = servers["express"].ask("GET", target, FRIEND)
    assert summary(response) == (200, GRANTED, ["cookie", "origin"])
    assert response.values("X-Upstream") == ["yes"]
    assert response.body == b"upstream"


def test_answer_of_fetch_passed_on(servers: dict[str, FrameworkServer]) -> None:
    for name in ("hono", "fetch"):
        response = servers[name].ask("GET", "/fetched", FRIEND)
        assert summary(response) == (200, GRANTED, ["cookie", "origin"]), name
        assert response.body == b"upstream"


@pytest.mark.parametrize("name, target", [
    ("fastify", "/hijacked"), ("fastify5", "/hijacked"), ("koa", "/raw"), ("hono", "/raw")])
def test_responses_taken_out_of_the_framework(
        servers: dict[str, FrameworkServer], name: str, target: str) -> None:
    response = servers[name].ask("GET", target, FRIEND)
    assert summary(response) == (200, GRANTED, ["accept-language", "origin"])
    assert response.body == b"raw"


@pytest.mark.parametrize("name", ["fastify", "fastify5"])
def test_inject(servers: dict[str, FrameworkServer], name: str) -> None:
    body = servers[name].ask("GET", "/inject", FRIEND).body
    assert b'"access-control-allow-origin":"https://a.example"' in body
    assert b'"vary":"Accept, Origin"' in body


def test_rejected_handler_of_express_5(servers: dict[str, FrameworkServer]) -> None:
    response = servers["express5"].ask("GET", "/failing-later", FRIEND)
    assert summary(response) == (500, GRANTED, ["origin"])
