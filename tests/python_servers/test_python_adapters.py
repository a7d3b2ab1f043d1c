# SPDX-License-Identifier: MIT
"""What the adapters promise the code around them: servers, frameworks, tests in one process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from aiohttp import web
from libcors import Guard, PolicyWarning
from libcors.aiohttp import setup as set_up
from libcors.asgi import CorsMiddleware, install
from libcors.wsgi import CorsMiddleware as WsgiMiddleware
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

GOOD = "https://a.example"
POLICY = {"path": "/*", "allow_origins": [GOOD], "allow_methods": ["PUT"], "max_age": 60}
ENVIRON = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x", "HTTP_ORIGIN": GOOD}

Lines = list[tuple[str, str]]


class Accident(Exception):
    """What nobody catches."""


# WSGI.

def call_wsgi(app: Any, **more: Any) -> tuple[list[Any], Any]:
    started: list[Any] = []

    def start_response(*arguments: Any) -> Any:
        started.append(arguments)
        return started.append

    return started, app({**ENVIRON, **more}, start_response)


def allowed_origin(lines: Iterable[tuple[Any, Any]]) -> list[Any]:
    return [value for name, value in lines
            if name in ("Access-Control-Allow-Origin", b"access-control-allow-origin")]


def test_a_result_is_handed_on_as_it_is() -> None:
    """Servers know their own file wrapper, and the length of a list."""
    result = [b"data"]

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])(b"written")
        return result

    started, got = call_wsgi(WsgiMiddleware(app, POLICY))
    assert got is result and started[1] == b"written"
    assert len(started[0]) == 2 and allowed_origin(started[0][1]) == [GOOD]


class Late:
    """A result that begins to answer when it is read, and wants to be closed."""

    def __init__(self, start_response: Any) -> None:
        self.start_response = start_response
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        self.start_response("200 OK", [])
        yield b"one"
        yield b"two"

    def close(self) -> None:
        self.closed += 1


def test_a_late_result_is_closed() -> None:
    made: list[Late] = []

    def app(environ: Any, start_response: Any) -> Any:
        made.append(Late(start_response))
        return made[0]

    started, got = call_wsgi(WsgiMiddleware(app, POLICY))
    assert list(got) == [b"one", b"two"] and allowed_origin(started[0][1]) == [GOOD]
    got.close()
    assert made[0].closed == 1


def failing(environ: Any, start_response: Any) -> Any:
    raise Accident


def test_the_server_gets_the_answer_and_then_the_exception() -> None:
    started, got = call_wsgi(WsgiMiddleware(failing, POLICY))
    parts = iter(got)
    assert next(parts) == b"Internal Server Error\n"
    status, lines, (kind, error, trace) = started[0]
    assert status.startswith("500") and allowed_origin(lines) == [GOOD]
    assert kind is Accident and isinstance(error, Accident) and trace is not None
    with pytest.raises(Accident):
        next(parts)


@pytest.mark.parametrize("key", ["werkzeug.debug.preserve_context", "paste.throw_errors"])
def test_debuggers_and_tests_get_the_exception_itself(key: str) -> None:
    with pytest.raises(Accident):
        call_wsgi(WsgiMiddleware(failing, POLICY), **{key: True})


def test_the_verdict_is_in_the_environment() -> None:
    seen: list[Any] = []

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        seen.append(environ)
        return []

    call_wsgi(WsgiMiddleware(app, POLICY))
    assert seen[0]["libcors.verdict"].decision.reason == "allowed"


# ASGI.

def scope_of(**more: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/boom", "raw_path": b"/boom",
            "root_path": "", "query_string": b"", "headers": [(b"origin", GOOD.encode())],
            "scheme": "http", "server": ("a", 80), "client": ("b", 1), "http_version": "1.1",
            **more}


def call_asgi(app: Any, scope: dict[str, Any],
              *messages: dict[str, Any]) -> tuple[list[Any], Exception | None]:
    """What was sent, and the exception that came after it."""
    sent: list[Any] = []
    waiting = list(messages)

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    try:
        asyncio.run(app(scope, receive, send))
    except Exception as error:
        return sent, error
    return sent, None


async def boom(request: Any) -> Any:
    raise Accident


async def teapot(request: Any, error: Exception) -> Any:
    return PlainTextResponse("my own page", 500, headers={"vary": "Cookie"})


ROUTES = [Route("/boom", boom)]


@pytest.mark.parametrize("options, body", [
    ({}, b"Internal Server Error"), ({"exception_handlers": {Exception: teapot}}, b"my own page"),
    ({"debug": True}, b"Accident")])
@pytest.mark.parametrize("way", ["middleware", "install", "around"])
def test_starlettes_own_answer_to_an_exception(options: Any, body: bytes, way: str) -> None:
    app: Any = Starlette(routes=ROUTES, **options)
    if way == "middleware":
        app.add_middleware(CorsMiddleware, source=POLICY)
    else:
        app = install(app, POLICY) if way == "install" else CorsMiddleware(app, POLICY)
    sent, error = call_asgi(app, scope_of())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 500 and body in sent[1]["body"]
    assert allowed_origin(sent[0]["headers"]) == [GOOD.encode()]
    assert isinstance(error, Accident)  # for whoever logs it


def test_an_application_that_is_mounted() -> None:
    inner = Starlette(routes=ROUTES)
    inner.add_middleware(CorsMiddleware, source=POLICY)
    outer = Starlette(routes=[Mount("/inner", inner)])
    outer.add_middleware(CorsMiddleware, source=POLICY)
    for path in ("/inner/boom", "/inner/missing", "/missing"):
        sent, _ = call_asgi(outer, scope_of(path=path, raw_path=path.encode()))
        assert allowed_origin(sent[0]["headers"]) == [GOOD.encode()], path


def test_install_stands_before_all_middlewares() -> None:
    async def refuse(request: Any, call_next: Any) -> Any:
        return PlainTextResponse("no", 401)

    app = Starlette(routes=ROUTES)
    install(app, Guard(POLICY))
    app.add_middleware(BaseHTTPMiddleware, dispatch=refuse)
    lines = [(b"origin", GOOD.encode()), (b"access-control-request-method", b"PUT")]
    sent, _ = call_asgi(app, scope_of(method="OPTIONS", headers=lines))
    assert sent[0]["status"] == 204
    sent, _ = call_asgi(app, scope_of())
    assert sent[0]["status"] == 401
    assert allowed_origin(sent[0]["headers"]) == [GOOD.encode()]
    with pytest.raises(RuntimeError, match="too late"):
        install(app, POLICY)
    with pytest.raises(TypeError, match="app = CorsMiddleware"):
        install(call_asgi, POLICY)


def test_other_scopes_pass_untouched() -> None:
    seen: list[Any] = []

    async def app(*arguments: Any) -> None:
        seen.append(arguments)

    scope, arguments = {"type": "lifespan"}, (object(), object())
    asyncio.run(CorsMiddleware(app, POLICY)(scope, *arguments))  # type: ignore[arg-type]
    assert seen == [(scope, *arguments)] and scope == {"type": "lifespan"}


@pytest.mark.parametrize("extensions, sent_types", [
    (None, ["websocket.close"]), ({}, ["websocket.close"]),
    ({"websocket.http.response": {}}, ["websocket.http.response.start",
                                       "websocket.http.response.body"])])
def test_a_handshake_that_is_refused(extensions: Any, sent_types: list[str]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the application saw it")

    scope = scope_of(type="websocket", extensions=extensions,
                     headers=[(b"origin", b"https://evil.example")])
    del scope["method"]
    guarded = CorsMiddleware(app, POLICY, enforce="block")
    sent, error = call_asgi(guarded, scope, {"type": "websocket.connect"})
    assert error is None and [message["type"] for message in sent] == sent_types
    assert sent[0].get("status", 403) == 403


@pytest.mark.parametrize("scope", [
    {"raw_path": None, "path": "/boom"}, {"raw_path": "/boom", "path": "/boom"},
    {"raw_path": None, "path": "/in\u00e9\ud800", "root_path": "/x"},
    {"raw_path": b"", "path": ""}])
def test_paths_as_servers_tell_them(scope: dict[str, Any]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    sent, error = call_asgi(CorsMiddleware(app, POLICY), scope_of(**scope))
    assert error is None and allowed_origin(sent[0]["headers"]) == [GOOD.encode()]


def test_warnings_name_the_line_of_the_application() -> None:
    policy = {"allow_origins": ["http://app.example"]}
    with pytest.warns(PolicyWarning, match="insecure-origin") as caught:
        WsgiMiddleware(failing, policy)
        CorsMiddleware(Starlette(), policy)
        install(Starlette(), policy)
        set_up(web.Application(), policy)
    assert [item.filename for item in caught] == [__file__] * 4


def test_aiohttp_applications_in_one_another() -> None:
    inner, outer = web.Application(), web.Application()
    guard = set_up(inner, POLICY)
    outer.add_subapp("/inner", inner)
    assert guard.judge("GET", "/x", [("Origin", GOOD)]).decision.allowed
    assert len(inner.middlewares) == 1 and not outer.middlewares


def test_options_of_a_guard_are_the_guards() -> None:
    guard = Guard(POLICY)
    assert CorsMiddleware(Starlette(), guard).guard is guard
    with pytest.raises(TypeError, match="has its options already"):
        WsgiMiddleware(failing, guard, enforce="block")
