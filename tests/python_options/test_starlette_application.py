# SPDX-License-Identifier: MIT
"""Starlette and FastAPI applications with libcors.starlette, in their test client and in uvicorn.
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from libcors import PolicyError
from libcors.starlette import CORSMiddleware, install
from tests.python_options.peer_comparison import (CREDENTIALS, EXPOSE, HEADERS, MAX_AGE, ORIGIN,
                                                  PREFLIGHT, REQUESTED)
from tests.support import python_package
from tests.support.raw_client import ask
from tests.support.started import Started, accepts, free_port

A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"
START_SECONDS = 30.0


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello", headers={"Vary": "Accept"})


async def boom(request: Request) -> PlainTextResponse:
    raise ZeroDivisionError


async def stream(request: Request) -> StreamingResponse:
    async def pieces() -> AsyncIterator[str]:
        yield "one "
        yield "two"
    return StreamingResponse(pieces())


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


ROUTES = [Route("/x", hello), Route("/boom", boom), Route("/stream", stream),
          WebSocketRoute("/echo", echo)]


def client(**options: Any) -> TestClient:
    app = Starlette(routes=ROUTES)
    app.add_middleware(CORSMiddleware, **options)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path, status", [("/x", 200), ("/boom", 500), ("/stream", 200),
                                          ("/missing", 404)])
def test_every_answer_has_its_lines(path: str, status: int) -> None:
    answer = client(allow_origins=[A], expose_headers=["X-A"]).get(path, headers={"Origin": A})
    assert answer.status_code == status
    assert answer.headers[ORIGIN] == A and answer.headers[EXPOSE] == "X-A"
    assert "Origin" in answer.headers["vary"]


def test_exceptions_still_reach_the_server() -> None:
    app = Starlette(routes=ROUTES)
    app.add_middleware(CORSMiddleware, allow_origins=[A])
    with pytest.raises(ZeroDivisionError):
        TestClient(app).get("/boom", headers={"Origin": A})


def test_a_handler_of_all_exceptions() -> None:
    async def sorry(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse("sorry", status_code=503)
    app = Starlette(routes=ROUTES, exception_handlers={Exception: sorry},
                    middleware=[Middleware(CORSMiddleware, allow_origins=[A])])
    answer = TestClient(app, raise_server_exceptions=False).get("/boom", headers={"Origin": A})
    assert (answer.status_code, answer.text, answer.headers[ORIGIN]) == (503, "sorry", A)


class Nobody:
    async def authenticate(self, connection: Any) -> None:
        from starlette.authentication import AuthenticationError
        raise AuthenticationError("who are you?")


@pytest.mark.parametrize("installed", [True, False])
def test_preflights_come_before_authentication(installed: bool) -> None:
    app = Starlette(routes=ROUTES)
    if installed:  # wherever it stands
        install(app, {"allow_origins": [A], "allow_headers": ["Authorization"]})
        app.add_middleware(AuthenticationMiddleware, backend=Nobody())
    else:  # added last, it is outermost
        app.add_middleware(AuthenticationMiddleware, backend=Nobody())
        app.add_middleware(CORSMiddleware, allow_origins=[A], allow_headers=["Authorization"])
    lines = {"Origin": A, PREFLIGHT: "GET", REQUESTED: "authorization"}
    answer = TestClient(app).options("/x", headers=lines)
    assert answer.status_code in (200, 204) and answer.headers[ORIGIN] == A
    answer = TestClient(app).get("/x", headers={"Origin": A})
    assert answer.status_code == 400 and answer.headers[ORIGIN] == A


def test_an_asynchronous_function_judges_origins() -> None:
    tenants: set[str] = set()

    async def known(origin: str) -> bool:
        await asyncio.sleep(0)
        return origin in tenants
    with client(allow_origins=known, allow_credentials=True, allow_methods=["*"]) as site:
        for origin in (A, B, "null"):
            answer = site.get("/x", headers={"Origin": origin})
            assert ORIGIN not in answer.headers and answer.headers["vary"] == "Accept, Origin"
        assert site.get("/x").headers["vary"] == "Accept, Origin"
        tenants.add(A)
        answer = site.get("/x", headers={"Origin": A})
        assert (answer.headers[ORIGIN], answer.headers[CREDENTIALS]) == (A, "true")
        lines = {"Origin": B, PREFLIGHT: "PUT"}
        assert site.options("/x", headers=lines).status_code == 403


def test_an_asynchronous_function_that_fails_refuses(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(origin: str) -> bool:
        raise ConnectionError("the database is away")
    answer = client(allow_origins=broken).get("/x", headers={"Origin": A})
    assert answer.text == "hello" and ORIGIN not in answer.headers
    assert "the database is away" in caplog.text


def test_an_ordinary_function_judges_too() -> None:
    site = client(allow_origins=lambda origin: origin == A)
    assert site.get("/x", headers={"Origin": A}).headers[ORIGIN] == A
    assert ORIGIN not in site.get("/x", headers={"Origin": B}).headers


def test_patterns_of_policies() -> None:
    site = client(allow_origins=["https://*.example.com"], allow_credentials=True)
    for origin, allowed in (("https://a.b.example.com", True), ("https://aexample.com", False)):
        assert (ORIGIN in site.get("/x", headers={"Origin": origin}).headers) == allowed


def test_the_answer_with_a_cookie_names_the_origin_and_leaks_to_nobody() -> None:
    site = client(allow_origins=["*"])
    asked: list[dict[str, str]] = [{"Origin": A}, {"Origin": A, "Cookie": "a=b"},
                                   {"Origin": B}, {"Origin": B, "Cookie": "a=b"}]
    answers = [site.get("/x", headers=lines) for lines in asked]
    assert [answer.headers[ORIGIN] for answer in answers] == ["*", A, "*", B]
    assert ["Origin" in answer.headers["vary"] for answer in answers] == [False, True] * 2
    assert not any(CREDENTIALS in answer.headers for answer in answers)


def test_unlisted_methods_are_refused_also_those_that_browsers_always_allow() -> None:
    site = client(allow_origins=[A])  # only GET
    for method, status in (("GET", 200), ("POST", 403), ("HEAD", 403), ("PUT", 403)):
        answer = site.options("/x", headers={"Origin": A, PREFLIGHT: method})
        assert answer.status_code == status
    assert answer.text.startswith("CORS: method-not-allowed\n")


def test_websockets_pass() -> None:
    with client(allow_origins=[A]) as site:
        with site.websocket_connect("/echo", headers={"Origin": A}) as socket:
            socket.send_text("hello")
            assert socket.receive_text() == "hello"


@pytest.mark.parametrize("unset", [
    {"allow_origin_regex": ""}, {"allow_origin_regex": None}, {"allow_credentials": None}])
def test_what_is_given_as_nothing_is_not_given(unset: dict[str, Any]) -> None:
    answer = client(allow_origins=[A], **unset).get("/x", headers={"Origin": A})
    assert answer.headers[ORIGIN] == A and CREDENTIALS not in answer.headers
    refused = client(allow_origins=[A], **unset).get("/x", headers={"Origin": EVIL})
    assert ORIGIN not in refused.headers


@pytest.mark.parametrize("max_age", [0, -1, "-1"])
def test_a_preflight_that_is_not_to_be_kept(max_age: Any) -> None:
    answer = client(allow_origins=[A], max_age=max_age).options(
        "/x", headers={"Origin": A, PREFLIGHT: "GET"})
    assert answer.headers[MAX_AGE] == "0"


def test_a_mounted_application_has_options_of_its_own() -> None:
    inner = Starlette(routes=[Route("/x", hello)],
                      middleware=[Middleware(CORSMiddleware, allow_origins=[B])])
    outer = Starlette(routes=[Route("/x", hello), Mount("/inner", inner)])
    site = TestClient(outer)
    assert site.get("/inner/x", headers={"Origin": B}).headers[ORIGIN] == B
    assert ORIGIN not in site.get("/x", headers={"Origin": B}).headers


def test_a_policy(tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"policies:\n  - path: /x\n    allow_origins: [{A}]\n")
    site = client(policy=policy)
    assert site.get("/x", headers={"Origin": A}).headers[ORIGIN] == A
    assert ORIGIN not in site.get("/missing", headers={"Origin": A}).headers
    with pytest.raises(TypeError, match="allow_origins, max_age: with policy="):
        CORSMiddleware(Starlette(), [A], max_age=5, policy=policy)


def test_fastapi() -> None:
    def user(request: Request) -> str:
        raise HTTPException(401)
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=[A], allow_methods=["*"],
                       allow_headers=["Authorization"], allow_credentials=True)

    @app.put("/items/{number}")
    def put(number: int, name: str = Depends(user)) -> None:
        pass
    site = TestClient(app)
    lines = {"Origin": A, PREFLIGHT: "PUT", REQUESTED: "authorization"}
    assert site.options("/items/1", headers=lines).text == "OK"
    assert site.put("/items/1", headers={"Origin": A}).headers[ORIGIN] == A
    assert site.put("/items/one", headers={"Origin": A}).headers[ORIGIN] == A


def test_a_refused_option_stops_the_application() -> None:
    with pytest.raises(PolicyError, match="allow_origins: error"):
        with client(allow_origins=["*"], allow_credentials=True):
            pass


PROGRAM = """\
from starlette.applications import Starlette
from starlette.routing import Route
from libcors.starlette import CORSMiddleware

async def boom(request):
    raise ZeroDivisionError

async def known(origin):
    return origin == "https://a.example"

app = Starlette(routes=[Route("/boom", boom)])
app.add_middleware(CORSMiddleware, allow_origins=known, allow_headers=["*"])
"""


def test_over_a_socket(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    port = free_port()
    command = ["/usr/bin/python3", "-m", "uvicorn", "program:app", "--port", str(port)]
    with Started(command, tmp_path / "log", tmp_path, python_package.environment(tmp_path)) as site:
        site.wait_until(lambda: accepts(port), "uvicorn", START_SECONDS)
        answer = ask(port, "GET", "/boom", [("Origin", A)])
        assert (answer.status, answer.allowed_origin()) == (500, A)
        answer = ask(port, "GET", "/boom", [("Origin", EVIL)])
        assert (answer.status, answer.cors(), answer.vary()) == (500, {}, ["origin"])
        answer = ask(port, "OPTIONS", "/boom", [("Origin", A), (PREFLIGHT, "GET"),
                                                (REQUESTED, "x-b, x-a")])
        assert (answer.status, answer.body) == (200, b"OK")
        assert answer.cors()[HEADERS] == "x-b, x-a"
        assert "ZeroDivisionError" in site.said()
