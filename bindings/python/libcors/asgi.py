# SPDX-License-Identifier: MIT
"""CORS for any ASGI application.

    app = CorsMiddleware(app, "cors.yaml")              # around any application
    app.add_middleware(CorsMiddleware, source="cors.yaml")      # Starlette, FastAPI
    install(app, Guard("cors.yaml"))                    # the same, and always outermost

Every answer has its headers, also that to an exception which nobody caught.
"""
from __future__ import annotations

import copy
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar
from urllib.parse import quote

from libcors.policy_guard import Answer, Enforce, Guard, OnDecision, Verdict, open_guard
from libcors.policy_sources import PolicySource
from libcors.standing_verdict import STANDING, StandingVerdict, standing_in

__all__ = ["CorsMiddleware", "install"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]  # each names these types otherwise
AnyApplication = TypeVar("AnyApplication")

PATH_SAFE = "/!$&'()*+,;=:@~"
ERROR_BODY = b"Internal Server Error\n"
ERROR_LINES = ((b"content-type", b"text/plain; charset=utf-8"),
               (b"content-length", b"%d" % len(ERROR_BODY)))
POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1


def scope_target(scope: Scope) -> bytes | str:
    """The request target's path: as received where the server tells it, else made of the path."""
    raw = scope.get("raw_path")
    if raw:  # uvicorn has text here for some WebSockets
        return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else bytes(raw)
    path, root = scope["path"], scope.get("root_path", "")
    whole = path if path.startswith(root) else root + path
    return quote(whole, PATH_SAFE, errors="replace") or "/"


class Responder:
    """The send that the application is handed."""

    def __init__(self, standing: StandingVerdict, send: Send) -> None:
        self.started = False
        self._standing = standing
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            lines = list(message.get("headers", ()))
            judgement = self._standing.settle(lines)
            message = {**message, "headers": judgement.apply_lower(lines)}
        await self._send(message)


async def send_answer(answer: Answer, method: str, send: Send) -> None:
    lines = [(name.lower(), value) for name, value in answer.lines]
    await send({"type": "http.response.start", "status": answer.status, "headers": lines})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


async def refuse_handshake(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses a WebSocket's handshake: as HTTP where the server can, else it sends 403 itself."""
    await receive()  # "websocket.connect"
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return

    async def send_as_websocket(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    await send_answer(answer, "GET", send_as_websocket)


async def send_error(scope: Scope, receive: Receive, send: Send, error: Exception,
                     application: Any) -> None:
    """Answers for an exception that nobody caught, and raises it for whoever logs it.

    Starlette's own answer to it is made outside of all middlewares: what makes it is asked to make
    it here, so that it passes through `send`.
    """
    outermost = getattr(application, "middleware_stack", None)
    errors = sys.modules.get("starlette.middleware.errors")
    if errors is not None and isinstance(outermost, errors.ServerErrorMiddleware):
        async def fail(scope: Scope, receive: Receive, send: Send) -> None:
            raise error

        here = copy.copy(outermost)
        here.app = fail
        await here(scope, receive, send)
    await send({"type": "http.response.start", "status": 500, "headers": list(ERROR_LINES)})
    body = b"" if scope["method"] == "HEAD" else ERROR_BODY
    await send({"type": "http.response.body", "body": body})
    raise error


class CorsMiddleware:
    """An ASGI application around another one.

    source: the path of a policy file, a mapping with what such a file holds, or a Guard. The rest
    are options of Guard. WebSockets and lifespans pass; with enforce="block" the handshake of a
    WebSocket from an origin that is not allowed is refused. Where one stands around another one, as
    with mounted applications, the inner one's word counts for the answers that it lets through,
    and the outer one's for preflights.
    """

    def __init__(self, app: Application, source: PolicySource | Guard, *,
                 environment: str | None = None, enforce: Enforce = "off",
                 own_origin: str | None = None, reload: bool = True,
                 on_decision: OnDecision | None = None) -> None:
        self.app = app
        self.guard = open_guard(source, environment=environment, enforce=enforce,
                                own_origin=own_origin, reload=reload, on_decision=on_decision)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        method = scope.get("method", "GET")  # the handshake of a WebSocket is a GET
        verdict = await self.guard.judge_async(method, scope_target(scope), scope["headers"], scope)
        scope["libcors.verdict"] = verdict
        if scope["type"] == "websocket":
            await self._handshake(verdict, scope, receive, send)
            return
        if verdict.judgement.kind != "no-policy":
            scope[STANDING] = StandingVerdict(verdict.judgement, standing_in(scope))
        if verdict.answer is not None:
            await send_answer(verdict.answer, method, send)
        elif verdict.judgement.kind == "no-policy":
            await self.app(scope, receive, send)
        else:
            await self._respond(scope, receive, Responder(scope[STANDING], send))

    async def _handshake(self, verdict: Verdict, scope: Scope, receive: Receive,
                         send: Send) -> None:
        if verdict.answer is None:
            await self.app(scope, receive, send)
        else:
            await refuse_handshake(verdict.answer, scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, responder: Responder) -> None:
        application = scope.get("app")  # before one that is mounted in it takes its place
        try:
            await self.app(scope, receive, responder)
        except Exception as error:
            if responder.started:
                raise
            await send_error(scope, receive, responder, error, application)


def install(app: AnyApplication, source: PolicySource | Guard, *, environment: str | None = None,
            enforce: Enforce = "off", own_origin: str | None = None, reload: bool = True,
            on_decision: OnDecision | None = None) -> AnyApplication:
    """Puts CORS around all of a Starlette or FastAPI application, its middlewares included.

    Preflights are then answered before any of them, whatever their order. Returns the application.
    """
    guard = open_guard(source, environment=environment, enforce=enforce, own_origin=own_origin,
                       reload=reload, on_decision=on_decision)
    application: Any = app
    if not hasattr(application, "build_middleware_stack"):
        raise TypeError(f"install() is for applications of Starlette and FastAPI, not "
                        f"{type(app).__name__}; write app = CorsMiddleware(app, …).")
    if getattr(application, "middleware_stack", None) is not None:
        raise RuntimeError("install() comes too late: the application has begun to answer.")
    build = application.build_middleware_stack
    application.build_middleware_stack = lambda: CorsMiddleware(build(), guard)
    return app
