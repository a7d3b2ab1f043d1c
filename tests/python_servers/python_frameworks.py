# SPDX-License-Identifier: MIT
"""One and the same application in each framework, with CORS from a policy around it.

    python -m tests.python_servers.python_frameworks FRAMEWORK PORT POLICY ENFORCE

Its answers bring what makes trouble: lines of their own that the policy replaces, a Vary of their
own, exceptions that nobody catches, streams, and an authentication that refuses whatever comes
without a token, preflights too.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any

OWN = {"Access-Control-Allow-Origin": "https://application.example",
       "Access-Control-Allow-Credentials": "true", "Vary": "Accept", "X-Application": "yes"}
PARTS = [b"one ", b"two ", b"three"]
REFUSED = "a token is needed"

Environ = dict[str, Any]


class Accident(Exception):
    """What nobody catches."""


def may_enter(path: str, token: str | None) -> bool:
    return not path.startswith("/private") or token == "Bearer 1"


# Frameworks of WSGI.

def wsgi_application(environ: Environ, start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    lines = list(OWN.items())
    if not may_enter(path, environ.get("HTTP_AUTHORIZATION")):
        start_response("401 Unauthorized", lines)
        return [REFUSED.encode()]
    if path == "/boom":
        raise Accident
    if path == "/late":
        return late_accident(start_response)
    if path == "/twice":
        return started_twice(start_response)
    if path not in ("/data", "/private", "/stream", "/half"):
        start_response("404 Not Found", lines)
        return [b"nothing here"]
    write = start_response("200 OK", lines)
    if path == "/stream":
        write(PARTS[0])
        return iter(PARTS[1:])
    return half(path) if path == "/half" else [b"data"]


def late_accident(start_response: Any) -> Iterator[bytes]:
    raise Accident
    yield b""


def started_twice(start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        raise Accident
    except Accident:
        start_response("503 Service Unavailable", list(OWN.items()), sys.exc_info())
    return [b"another time"]


def half(path: str) -> Iterator[bytes]:
    yield PARTS[0]
    raise Accident


def wsgi(policy: str, enforce: Any) -> Any:
    from libcors.wsgi import CorsMiddleware
    return CorsMiddleware(wsgi_application, policy, enforce=enforce)


def flask(policy: str, enforce: Any) -> Any:
    from flask import Flask, Response, request
    from libcors.wsgi import CorsMiddleware

    app = Flask(__name__)

    @app.before_request
    def authenticate() -> Any:
        if not may_enter(request.path, request.headers.get("Authorization")):
            return Response(REFUSED, 401, OWN)
        return None

    @app.route("/data", methods=["GET", "PUT", "POST"])
    @app.route("/private", methods=["GET", "PUT", "POST"])
    def data() -> Any:
        return Response("data", headers=OWN)

    @app.route("/boom")
    def boom() -> Any:
        raise Accident

    @app.route("/stream")
    def stream() -> Any:
        return Response(iter(PARTS), headers=OWN)

    @app.route("/half")
    def half_of_it() -> Any:
        return Response(half("/half"), headers=OWN)

    wsgi_app = CorsMiddleware(app.wsgi_app, policy, enforce=enforce)
    setattr(app, "wsgi_app", wsgi_app)
    return app


# Django, for both.

def django_settings(policy: str, enforce: Any) -> None:
    import django
    from django.conf import settings
    settings.configure(
        DEBUG=False, ALLOWED_HOSTS=["*"], SECRET_KEY="not secret",
        ROOT_URLCONF="tests.python_servers.django_pages",
        MIDDLEWARE=["libcors.django.CorsMiddleware",
                    "tests.python_servers.django_pages.authenticate",
                    "django.middleware.common.CommonMiddleware"],
        CORS_POLICY=policy, CORS_GUARD={"enforce": enforce}, LOGGING_CONFIG=None)
    django.setup()


def django_wsgi(policy: str, enforce: Any) -> Any:
    from django.core.wsgi import get_wsgi_application
    django_settings(policy, enforce)
    return get_wsgi_application()


def django_asgi(policy: str, enforce: Any) -> Any:
    from django.core.asgi import get_asgi_application
    django_settings(policy, enforce)
    return get_asgi_application()


# Frameworks of ASGI.

async def asgi_application(scope: Environ, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "websocket":
        await socket(receive, send)
    else:
        await http(scope, send)


async def lifespan(receive: Any, send: Any) -> None:
    for word in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{word}"
        await send({"type": f"lifespan.{word}.complete"})


async def socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "data"})
    await send({"type": "websocket.close"})


async def http(scope: Environ, send: Any) -> None:
    async def answer(status: int, *parts: bytes) -> None:
        lines = [(name.lower().encode(), value.encode()) for name, value in OWN.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})

    path, fields = scope["path"], dict(scope["headers"])
    if not may_enter(path, fields.get(b"authorization", b"").decode()):
        await answer(401, REFUSED.encode())
    elif path == "/boom":
        raise Accident
    elif path == "/half":
        await answer(200, PARTS[0])
        raise Accident
    elif path == "/stream":
        await answer(200, *PARTS)
    elif path in ("/data", "/private"):
        await answer(200, b"data")
    else:
        await answer(404, b"nothing here")
    await send({"type": "http.response.body", "body": b""})


def asgi(policy: str, enforce: Any) -> Any:
    from libcors.asgi import CorsMiddleware
    return CorsMiddleware(asgi_application, policy, enforce=enforce)


async def parts_slowly(accident: bool = False) -> AsyncIterator[bytes]:
    for part in PARTS:
        yield part
        await asyncio.sleep(0)
        if accident:
            raise Accident


def starlette_routes() -> list[Any]:
    from starlette.responses import PlainTextResponse, StreamingResponse
    from starlette.routing import Route, WebSocketRoute

    async def data(request: Any) -> Any:
        return PlainTextResponse("data", headers=OWN)

    async def boom(request: Any) -> Any:
        raise Accident

    async def stream(request: Any) -> Any:
        return StreamingResponse(parts_slowly(), headers=OWN)

    async def half_of_it(request: Any) -> Any:
        return StreamingResponse(parts_slowly(accident=True), headers=OWN)

    async def talk(websocket: Any) -> None:
        await websocket.accept()
        await websocket.send_text("data")
        await websocket.close()

    methods = ["GET", "PUT", "POST"]
    return [Route("/data", data, methods=methods), Route("/private", data, methods=methods),
            Route("/boom", boom), Route("/stream", stream), Route("/half", half_of_it),
            WebSocketRoute("/talk", talk)]


async def authenticate(request: Any, call_next: Callable[[Any], Awaitable[Any]]) -> Any:
    from starlette.responses import PlainTextResponse
    if not may_enter(request.url.path, request.headers.get("authorization")):
        return PlainTextResponse(REFUSED, 401, headers=OWN)
    return await call_next(request)


def starlette(policy: str, enforce: Any) -> Any:
    from libcors.asgi import CorsMiddleware
    from starlette.applications import Starlette
    from starlette.middleware.base import BaseHTTPMiddleware

    app = Starlette(routes=starlette_routes())
    app.add_middleware(BaseHTTPMiddleware, dispatch=authenticate)
    app.add_middleware(CorsMiddleware, source=policy, enforce=enforce)  # the last is outermost
    return app


def fastapi(policy: str, enforce: Any) -> Any:
    from fastapi import FastAPI
    from libcors.asgi import install

    app = install(FastAPI(routes=starlette_routes()), policy, enforce=enforce)
    app.middleware("http")(authenticate)  # after it, and yet inside of it
    return app


def aiohttp(policy: str, enforce: Any) -> Any:
    from aiohttp import web
    from libcors.aiohttp import setup

    async def data(request: web.Request) -> web.StreamResponse:
        return web.Response(text="data", headers=OWN)

    async def boom(request: web.Request) -> web.StreamResponse:
        raise Accident

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=OWN)
        await response.prepare(request)
        async for part in parts_slowly(accident=request.path == "/half"):
            await response.write(part)
        return response

    async def talk(request: web.Request) -> web.StreamResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_str("data")
        await websocket.close()
        return websocket

    @web.middleware
    async def authenticate(request: web.Request, handler: Any) -> web.StreamResponse:
        if not may_enter(request.path, request.headers.get("Authorization")):
            raise web.HTTPUnauthorized(headers=OWN)
        response: web.StreamResponse = await handler(request)
        return response

    app = web.Application()
    setup(app, policy, enforce=enforce)
    app.middlewares.insert(0, authenticate)  # before it, and yet inside of it
    for method in ("GET", "PUT", "POST"):
        app.router.add_route(method, "/data", data)
        app.router.add_route(method, "/private", data)
    app.router.add_get("/boom", boom)
    app.router.add_get("/stream", stream)
    app.router.add_get("/half", stream)
    app.router.add_get("/talk", talk)
    return app


FRAMEWORKS: dict[str, Callable[[str, Any], Any]] = {
    "wsgi-wsgiref": wsgi, "wsgi-gunicorn": wsgi, "flask-werkzeug": flask,
    "django-wsgiref": django_wsgi, "django-uvicorn": django_asgi, "asgi-uvicorn": asgi,
    "starlette-uvicorn": starlette, "fastapi-uvicorn": fastapi, "aiohttp": aiohttp}


def serve(app: Any, name: str, port: int) -> None:
    server = name.rpartition("-")[2]
    if server == "wsgiref":
        from wsgiref.simple_server import ServerHandler, make_server
        ServerHandler.http_version = "1.1"  # what it says; it closes each connection all the same
        make_server("127.0.0.1", port, app).serve_forever()
    elif server == "werkzeug":
        from werkzeug.serving import run_simple
        run_simple("127.0.0.1", port, app, threaded=True)
    elif server == "gunicorn":
        serve_gunicorn(app, port)
    elif server == "uvicorn":
        import uvicorn
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
    else:
        from aiohttp import web
        web.run_app(app, host="127.0.0.1", port=port, print=lambda *_: None)


def serve_gunicorn(app: Any, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", f"127.0.0.1:{port}")
            self.cfg.set("threads", 4)

        def load(self) -> Any:
            return app

    Server().run()


if __name__ == "__main__":
    framework, at, policy_path, mode = sys.argv[1:]
    serve(FRAMEWORKS[framework](policy_path, mode), framework, int(at))
