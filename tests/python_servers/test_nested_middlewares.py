# SPDX-License-Identifier: MIT
"""One middleware around another: the inner one's word counts for what it lets through."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from libcors import wsgi
from libcors.starlette import CORSMiddleware

MAIN, SUB, EVIL = "https://main.example", "https://sub.example", "https://evil.example"
ALLOW = "access-control-allow-origin"
CREDENTIALS = "access-control-allow-credentials"
WANTED = "Access-Control-Request-Method"

Said = tuple[int, dict[str, list[str]]]
Say = Callable[[str, str, "str | None"], Said]


def gathered(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in lines:
        found.setdefault(name.lower(), []).append(value)
    return found


def asked(method: str, origin: str | None) -> dict[str, str]:
    lines = {} if origin is None else {"Origin": origin}
    return lines | ({WANTED: "PUT"} if method == "OPTIONS" else {})


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello", headers={ALLOW: EVIL})


async def broken(request: Request) -> PlainTextResponse:
    raise ZeroDivisionError


def with_starlette(inner: dict[str, Any], outer: dict[str, Any]) -> Say:
    sub = Starlette(routes=[Route("/x", hello), Route("/broken", broken)])
    sub.add_middleware(CORSMiddleware, policy=inner)
    main = Starlette(routes=[Mount("/sub", sub), Route("/y", hello)])
    main.add_middleware(CORSMiddleware, policy=outer)

    def say(method: str, path: str, origin: str | None) -> Said:
        answer = TestClient(main, raise_server_exceptions=False).request(
            method, path, headers=asked(method, origin))
        return answer.status_code, gathered(answer.headers.multi_items())
    return say


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    if environ["PATH_INFO"] == "/broken":
        raise ZeroDivisionError
    start_response("200 OK", [("Access-Control-Allow-Origin", EVIL)])
    return [b"hello"]


def with_wsgi(inner: dict[str, Any], outer: dict[str, Any]) -> Say:
    main = wsgi.CorsMiddleware(DispatcherMiddleware(
        application, {"/sub": wsgi.CorsMiddleware(application, inner)}), outer)

    def say(method: str, path: str, origin: str | None) -> Said:
        lines = list(asked(method, origin).items())
        environ = EnvironBuilder(path, method=method, headers=lines).get_environ()
        _, status, headers = run_wsgi_app(main, environ)
        return int(status[:3]), gathered(headers.items())
    return say


BOTH = pytest.mark.parametrize("make", [with_starlette, with_wsgi])


@BOTH
def test_the_inner_one_decides(make: Callable[..., Say]) -> None:
    say = make({"allow_origins": [SUB]}, {"allow_origins": [MAIN], "allow_credentials": True})
    allowed = {(path, origin): say("GET", path, origin)[1].get(ALLOW)
               for path in ("/sub/x", "/y") for origin in (MAIN, SUB, EVIL, None)}
    assert allowed == {("/sub/x", MAIN): None, ("/sub/x", SUB): [SUB], ("/sub/x", EVIL): None,
                       ("/sub/x", None): None, ("/y", MAIN): [MAIN], ("/y", SUB): None,
                       ("/y", EVIL): None, ("/y", None): None}
    assert CREDENTIALS not in say("GET", "/sub/x", SUB)[1]
    assert all(say("GET", path, origin)[1]["vary"] == ["Origin"]
               for path, origin in allowed)


@BOTH
def test_the_outer_one_answers_preflights(make: Callable[..., Say]) -> None:
    say = make({"allow_origins": [SUB], "allow_methods": ["PUT"]},
               {"allow_origins": [MAIN], "allow_methods": ["PUT"]})
    assert say("OPTIONS", "/sub/x", MAIN)[1][ALLOW] == [MAIN]
    assert say("OPTIONS", "/sub/x", SUB)[0] == 403


def test_errors_of_the_inner_application() -> None:
    say = with_starlette({"allow_origins": [SUB]}, {"allow_origins": ["*"]})
    for origin, allowed in ((SUB, [SUB]), (MAIN, None), (EVIL, None)):
        status, lines = say("GET", "/sub/broken", origin)
        assert status == 500 and lines.get(ALLOW) == allowed and lines["vary"] == ["Origin"]


def test_errors_of_the_inner_application_in_wsgi() -> None:
    failing = wsgi.CorsMiddleware(application, {"allow_origins": [SUB]})
    for origin, allowed in ((SUB, SUB), (MAIN, None)):
        environ = EnvironBuilder("/broken", headers=[("Origin", origin)]).get_environ()
        told: list[tuple[str, dict[str, str]]] = []

        def start(status: str, headers: Any, _: Any = None) -> Callable[[bytes], object]:
            told.append((status, dict(headers)))
            return lambda data: None
        pieces = iter(wsgi.CorsMiddleware(failing, {"allow_origins": ["*"]})(environ, start))
        assert next(pieces) == b"Internal Server Error\n"
        with pytest.raises(ZeroDivisionError):
            next(pieces)
        [(status, headers)] = told
        assert status.startswith("500") and headers["Vary"] == "Origin"
        assert headers.get("Access-Control-Allow-Origin") == allowed


@BOTH
def test_vary_names_what_both_depend_on(make: Callable[..., Say]) -> None:
    say = make({"allow_origins": ["*"]}, {"allow_origins": [MAIN]})
    _, lines = say("GET", "/sub/x", EVIL)
    assert lines[ALLOW] == ["*"] and lines["vary"] == ["Origin"]


@BOTH
def test_where_only_one_of_them_has_a_policy(make: Callable[..., Say]) -> None:
    only = [{"path": "/none", "allow_origins": ["*"]}]
    say = make({"allow_origins": [SUB]}, {"policies": only})
    assert say("GET", "/sub/x", SUB)[1][ALLOW] == [SUB]
    assert say("OPTIONS", "/sub/x", EVIL)[0] == 403
    say = make({"policies": only}, {"allow_origins": [MAIN]})
    assert say("GET", "/sub/x", MAIN)[1][ALLOW] == [MAIN]
    assert say("GET", "/sub/x", EVIL)[1].get(ALLOW) is None


def test_three_of_them() -> None:
    inner = wsgi.CorsMiddleware(application, {"allow_origins": [SUB]})
    middle = wsgi.CorsMiddleware(inner, {"allow_origins": [EVIL]})
    client = Client(wsgi.CorsMiddleware(middle, {"allow_origins": [MAIN]}))
    for origin in (SUB, MAIN, EVIL):
        answer = client.get("/", headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == (
            SUB if origin == SUB else None)
        assert answer.headers.getlist("Vary") == ["Origin"]


def test_an_answer_of_an_inner_one_that_is_not_used_widens_nothing() -> None:
    public = wsgi.CorsMiddleware(application, {"allow_origins": ["*"]})

    def reports(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body, _, _ = run_wsgi_app(public, environ)
        start_response("200 OK", [])
        return [b"secret ", *body]
    client = Client(wsgi.CorsMiddleware(reports, {"allow_origins": [MAIN]}))
    for origin, allowed in ((MAIN, MAIN), (EVIL, None)):
        answer = client.get("/", headers={"Origin": origin})
        assert answer.data == b"secret hello"
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
