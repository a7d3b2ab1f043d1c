# SPDX-License-Identifier: MIT
"""The same small API in several frameworks, each with a CORS mistake or two.

/items allows https://app.example, also with credentials; /echo tells what arrived; /boom raises;
/stream sends its body in pieces; /move redirects to /items; /missing is not there.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

PAGE = "https://app.example"
ALLOW = [("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Credentials", "true"),
         ("Vary", "Origin")]
PREFLIGHT = [("Access-Control-Allow-Methods", "PUT, DELETE"),
             ("Access-Control-Allow-Headers", "content-type, x-token"),
             ("Access-Control-Max-Age", "60")]
EXPOSE = [("Access-Control-Expose-Headers", "X-Total")]


def flask_app() -> Any:
    from flask import Flask, Response, jsonify, redirect, request, stream_with_context
    app = Flask("api")

    @app.route("/items", methods=["GET", "PUT", "POST", "HEAD"])
    def items() -> Response:
        answer = jsonify([1, 2])
        answer.headers["X-Total"] = "2"
        return answer

    @app.route("/echo", methods=["GET", "POST", "PUT"])
    def echo() -> Response:
        return jsonify(told(request.method, request.environ["PATH_INFO"], request.query_string,
                            request.headers.items(), request.get_data()))

    @app.route("/echo/<path:rest>")
    def echo_below(rest: str) -> Response:
        return echo()

    @app.route("/boom")
    def boom() -> Response:
        raise ValueError("out of tea")

    @app.route("/stream")
    def stream() -> Response:
        return Response(stream_with_context(str(number) for number in range(3)))

    @app.route("/move")
    def move() -> Any:
        return redirect("/items", 307)

    @app.after_request
    def allow(answer: Response) -> Response:
        if request.path != "/stream":
            for name, value in [*ALLOW, *EXPOSE, *(PREFLIGHT * (request.method == "OPTIONS"))]:
                answer.headers[name] = value
        return answer
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def starlette_app() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import (JSONResponse, RedirectResponse, Response, StreamingResponse)
    from starlette.routing import Route

    async def items(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(headers=dict(ALLOW + PREFLIGHT))
        return JSONResponse([1, 2], headers=dict(ALLOW + EXPOSE) | {"X-Total": "2"})

    async def echo(request: Request) -> Response:
        body = told(request.method, request.url.path, request.scope["query_string"],
                    request.headers.items(), await request.body())
        return JSONResponse(body, headers=dict(ALLOW + PREFLIGHT))

    async def boom(request: Request) -> Response:
        raise ValueError("out of tea")

    async def stream(request: Request) -> Response:
        async def pieces() -> Any:
            for number in range(3):
                yield str(number)
        return StreamingResponse(pieces())

    async def move(request: Request) -> Response:
        return RedirectResponse("/items", 307, dict(ALLOW))

    return Starlette(routes=[
        Route("/items", items, methods=["GET", "PUT", "POST", "OPTIONS"]),
        Route("/echo", echo, methods=["GET", "PUT", "POST", "OPTIONS"]),
        Route("/echo/{rest:path}", echo), Route("/boom", boom),
        Route("/stream", stream), Route("/move", move)])


def told(method: str, path: str, query: bytes, headers: Iterable[tuple[str, str]], body: bytes
         ) -> dict[str, Any]:
    """What arrived, without what depends on the server."""
    beside = ("host", "user-agent", "connection")
    kept = sorted((name.lower(), value) for name, value in headers
                  if name.lower() not in beside and value != "")
    return {"method": method, "path": path, "query": query.decode(), "headers": kept,
            "body": body.decode("latin-1")}


class LifespanApp:
    """An ASGI application that opens something at startup and closes it at shutdown."""

    def __init__(self) -> None:
        self.events: list[str] = []

    async def __call__(self, scope: Any, receive: Callable[[], Awaitable[Any]],
                       send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"].rpartition(".")[2]
                self.events.append(kind)
                scope["state"]["opened"] = "yes"
                await send({"type": f"lifespan.{kind}.complete"})
                if kind == "shutdown":
                    return
        body = json.dumps({"state": scope["state"], "events": self.events}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [
            (name.encode(), value.encode()) for name, value in ALLOW]})
        await send({"type": "http.response.body", "body": body})
