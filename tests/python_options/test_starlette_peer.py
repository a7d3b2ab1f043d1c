# SPDX-License-Identifier: MIT
"""Starlette's CORSMiddleware beside libcors.starlette: what differs, and why."""
from __future__ import annotations

import asyncio
import random
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware as PeerMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import libcors.starlette
from libcors import PolicyWarning
from tests.python_options.peer_comparison import (CREDENTIALS, EXPOSE, FIELDS, HEADERS, ORIGIN,
                                                  PREFLIGHT, REQUESTED, Ask, Case, Comparison,
                                                  Difference, Told, told)

SEED = 20262
APPS = 200

A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"
CHOICES: dict[str, list[Any]] = {
    "allow_origins": [["*"], [A], (A, B), [A, "https://*.corp.example"], []],
    "allow_origin_regex": [r"https://.*\.corp\.example", r"https://[a-z]+\.corp\.example",
                           r"^https://(a|b)\.example$"],
    "allow_methods": [["*"], ["GET", "PUT"], ("POST", "DELETE"), ["GET", "HEAD", "OPTIONS"]],
    "allow_headers": [["*"], ["X-A"], ("x-a", "X-B"), ["Authorization"]],
    "allow_credentials": [True, False],
    "expose_headers": [["X-E"], ["X-F", "X-E"]],
    "max_age": [0, 60, 86400],
}
REQUEST_ORIGINS = [None, A, B, EVIL, "https://abc.corp.example", "https://ab.c.corp.example",
                   "null", "https://abc.corp.example.evil.example", "not an origin"]
REQUESTED_METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "put", "PURGE"]
REQUESTED_HEADERS = [None, "x-a", "x-b,x-a", "x-a, X-No", "content-type", "authorization",
                     "accept-language, x-a"]


def chosen_options(chance: random.Random) -> dict[str, Any]:
    options = {name: chance.choice(values) for name, values in CHOICES.items()
               if chance.random() < 0.5}
    if "*" in options.get("allow_origins", ()):
        options.pop("allow_credentials", None)
    return options


def asked(chance: random.Random) -> list[Ask]:
    asks = []
    for origin in REQUEST_ORIGINS:
        own = () if origin is None else (("Origin", origin),)
        asks += [Ask("GET", "/", own), Ask("POST", "/", own), Ask("OPTIONS", "/", own),
                 Ask("GET", "/missing", own), Ask("GET", "/", (*own, ("Cookie", "a=b"))),
                 Ask("GET", "/boom", own)]
        for method in chance.sample(REQUESTED_METHODS, 3):
            headers = chance.choice(REQUESTED_HEADERS)
            asks.append(Ask("OPTIONS", "/", (
                *own, (PREFLIGHT, method), *([] if headers is None else [(REQUESTED, headers)]))))
    return asks


async def index(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello", headers={"Vary": "Accept"})


async def boom(request: Request) -> PlainTextResponse:
    raise ValueError("nobody catches this")


def application(middleware: Any, options: dict[str, Any]) -> Starlette:
    app = Starlette(routes=[Route("/", index, methods=["GET", "POST"]), Route("/boom", boom)])
    app.add_middleware(middleware, **options)
    return app


Message = MutableMapping[str, Any]
Application = Callable[[Message, Callable[[], Awaitable[Message]],
                        Callable[[Message], Awaitable[None]]], Awaitable[None]]


async def called(app: Application, ask: Ask) -> Told:
    """The application called as a server calls it."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
             "method": ask.method, "scheme": "https", "path": ask.path, "raw_path":
             ask.path.encode(), "query_string": b"", "root_path": "",
             "headers": [(name.lower().encode(), value.encode()) for name, value in ask.lines],
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}
    try:
        await app(scope, receive, send)
    except ValueError:
        pass  # Starlette raises it again for the server, once its answer is sent
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return told(sent[0]["status"], body, [(name.decode(), value.decode())
                                          for name, value in sent[0]["headers"]])


def is_everybody(case: Case) -> bool:
    return "*" in case.options.get("allow_origins", ())


def both_refuse(case: Case) -> bool:
    return case.peer.status == 400 and case.ours.status == 403


def is_by_pattern(case: Case) -> bool:
    return ("https://*.corp.example" in case.options.get("allow_origins", ())
            and str(case.ask.origin).endswith(".corp.example") and case.ask.origin is not None)


TABLE = [
    Difference(("status", "body", "vary", *FIELDS), is_by_pattern,
               "Text with a * is a pattern of policies; it never matched."),
    Difference(("status", "body"), both_refuse,
               "A preflight that is refused gets 403, with one reason as policies name it."),
    Difference(FIELDS, both_refuse,
               "A refused preflight has no line at all, so nobody takes a half for a yes."),
    Difference((*FIELDS, "vary"), lambda case: case.ask.path == "/boom",
               "The 500 to an exception that nobody caught has its lines too."),
    Difference((CREDENTIALS, EXPOSE), lambda case: not case.ask.is_preflight
               and not case.ours.allowed,
               "An origin that is refused, or none, gets no line at all."),
    Difference((ORIGIN, EXPOSE), lambda case: is_everybody(case) and case.ask.origin is None,
               "A public answer without an Origin has all its lines, so that it can be cached."),
    Difference(("vary",), lambda case: case.peer.vary < case.ours.vary,
               "Vary names all that the answer depends on, also without an Origin, with one that "
               "is refused, and on preflights."),
    Difference((ORIGIN, "vary"), lambda case: is_everybody(case)
               and case.ask.value("Cookie") is not None
               and case.ask.origin in ("null", "not an origin"),
               "Where everybody is allowed, null and what is no origin get the *."),
]


def test_answers_differ_only_where_it_is_meant() -> None:
    chance = random.Random(SEED)
    comparison = Comparison(TABLE)

    async def compare() -> None:
        for _ in range(APPS):
            options = chosen_options(chance)
            peer = application(PeerMiddleware, options)
            ours = application(libcors.starlette.CORSMiddleware, options)
            for ask in asked(chance):
                comparison.add(Case(options, ask, await called(peer, ask), await called(ours, ask)))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PolicyWarning)
        asyncio.run(compare())
    comparison.check()
    assert comparison.compared > 10000


def test_headers_are_listed_as_starlette_lists_them() -> None:
    app = application(libcors.starlette.CORSMiddleware,
                      {"allow_origins": [A], "allow_headers": ["X-A", "authorization"]})
    ask = Ask("OPTIONS", "/", (("Origin", A), (PREFLIGHT, "GET"), (REQUESTED, "x-a")))
    answer = asyncio.run(called(app, ask))
    assert (answer.status, answer.body) == (200, "OK")
    assert answer.lines["content-type"] == ["text/plain; charset=utf-8"]
    assert answer.lines[HEADERS] == [
        "Accept, Accept-Language, Content-Language, Content-Type, X-A, authorization"]
