# SPDX-License-Identifier: MIT
"""What CORS costs in Python's applications: `python3 bench/middleware_wsgi.py ROUNDS`.

Prints a line of JSON for each framework, middleware and request, with the nanoseconds of processor
time of each round. Nothing travels. The middlewares of Starlette and Django are called alone,
around an application that answers at once; flask-cors is nothing without Flask, which therefore
runs whole, once without any CORS. Each round runs everything once, each time beginning with
another.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "build" / "python" / "site"))

import corsheaders.middleware  # noqa: E402
import django  # noqa: E402
import flask  # noqa: E402
import flask_cors  # noqa: E402
import starlette.middleware.cors  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIRequest  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from libcors.asgi import CorsMiddleware as AsgiMiddleware  # noqa: E402
from libcors.wsgi import CorsMiddleware as WsgiMiddleware  # noqa: E402

ROUND_NS = 25_000_000  # a round of one contestant takes about so long

# The same rules in the words of each.
ORIGINS = [f"https://tenant-{i}.example.com" for i in range(10)]
METHODS = ["PUT", "PATCH", "DELETE"]
HEADERS = ["Authorization", "Content-Type"]
EXPOSED = ["X-Total"]
POLICY = {"allow_origins": ORIGINS, "allow_methods": METHODS, "allow_headers": HEADERS,
          "expose_headers": EXPOSED, "allow_credentials": True, "max_age": 600}

# What a browser sends besides.
COMMON = [
    ("Host", "api.example.com"), ("Connection", "keep-alive"),
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0"),
    ("Accept", "application/json"), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Dest", "empty"), ("Accept-Encoding", "gzip, deflate, br"),
    ("Accept-Language", "en")]
ORIGIN = [("Origin", ORIGINS[-1])]
ASKED = [("Access-Control-Request-Method", "PUT"),
         ("Access-Control-Request-Headers", "authorization,content-type")]
REQUESTS = {"actual, allowed": ("GET", COMMON + ORIGIN), "no Origin": ("GET", COMMON),
            "preflight": ("OPTIONS", COMMON + ORIGIN + ASKED)}

Call = Callable[[], object]
Prepare = Callable[[str, list[tuple[str, str]]], Call]


def environ_of(method: str, lines: list[tuple[str, str]]) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": "/items/42",
        "QUERY_STRING": "full=1", "RAW_URI": "/items/42?full=1", "SERVER_NAME": "api.example.com",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False}
    return environ | {"HTTP_" + name.upper().replace("-", "_"): value for name, value in lines}


def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
    return None


def wsgi(app: Any) -> Prepare:
    """Calls a WSGI application and takes all that it answers."""
    def prepare(method: str, lines: list[tuple[str, str]]) -> Call:
        environ = environ_of(method, lines)

        def call() -> None:
            result = app(dict(environ), start_response)
            for _ in result:
                pass
            close = getattr(result, "close", None)
            if close is not None:
                close()
        return call
    return prepare


def flask_application() -> Any:
    app = flask.Flask(__name__)

    @app.route("/items/<int:number>", methods=["GET", "PUT", "PATCH", "DELETE"])
    def item(number: int) -> str:
        return "data"

    return app


def with_flask_cors() -> Any:
    app = flask_application()
    flask_cors.CORS(app, origins=ORIGINS, methods=METHODS, allow_headers=HEADERS,
                    expose_headers=EXPOSED, supports_credentials=True, max_age=600)
    return app


async def asgi_application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"text/plain"), (b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"data"})


async def send(message: Any) -> None:
    """What a server would put on the wire."""


def asgi(app: Any) -> Prepare:
    """Calls an ASGI application, which never has to wait here."""
    def prepare(method: str, lines: list[tuple[str, str]]) -> Call:
        scope = {"type": "http", "method": method, "path": "/items/42", "raw_path": b"/items/42",
                 "query_string": b"full=1", "scheme": "http", "root_path": "",
                 "headers": [(name.lower().encode(), value.encode()) for name, value in lines]}

        def call() -> None:
            try:
                app(dict(scope), None, send).send(None)
            except StopIteration:
                return
            raise SystemExit("middleware_wsgi.py: an application waited for something")
        return call
    return prepare


def django_application(middleware: Callable[[Any], Any] | None) -> Prepare:
    """A middleware of Django around a view that answers at once."""
    def view(request: Any) -> Any:
        return HttpResponse(b"data")

    app = view if middleware is None else middleware(view)

    def prepare(method: str, lines: list[tuple[str, str]]) -> Call:
        environ = environ_of(method, lines)
        return lambda: app(WSGIRequest(dict(environ)))
    return prepare


PEER_SETTINGS = {
    "CORS_ALLOWED_ORIGINS": ORIGINS, "CORS_ALLOW_METHODS": METHODS,
    "CORS_ALLOW_HEADERS": HEADERS, "CORS_EXPOSE_HEADERS": EXPOSED,
    "CORS_ALLOW_CREDENTIALS": True, "CORS_PREFLIGHT_MAX_AGE": 600,
}


def contestants() -> dict[tuple[str, str], Prepare]:
    settings.configure(ALLOWED_HOSTS=["*"], CORS_POLICY=POLICY)
    django.setup()
    from libcors.django import CorsMiddleware as DjangoMiddleware  # which wants the settings

    with_libcors = django_application(DjangoMiddleware)
    for name, value in PEER_SETTINGS.items():  # libcors takes these or a policy, not both
        setattr(settings, name, value)
    starlette_cors = starlette.middleware.cors.CORSMiddleware(
        asgi_application, allow_origins=ORIGINS, allow_methods=METHODS, allow_headers=HEADERS,
        expose_headers=EXPOSED, allow_credentials=True, max_age=600)
    return {
        ("Flask", "no CORS"): wsgi(flask_application()),
        ("Flask", "flask-cors"): wsgi(with_flask_cors()),
        ("Flask", "libcors"): wsgi(WsgiMiddleware(flask_application(), POLICY)),
        ("Starlette", "no CORS"): asgi(asgi_application),
        ("Starlette", "CORSMiddleware"): asgi(starlette_cors),
        ("Starlette", "libcors"): asgi(AsgiMiddleware(asgi_application, POLICY)),
        ("Django", "no CORS"): django_application(None),
        ("Django", "django-cors-headers"): django_application(
            corsheaders.middleware.CorsMiddleware),
        ("Django", "libcors"): with_libcors,
    }


def elapsed(call: Call, turns: int) -> int:
    start = time.process_time_ns()
    for _ in range(turns):
        call()
    return time.process_time_ns() - start


def turns_of(call: Call) -> int:
    """How many calls a round takes; warms up, too."""
    turns = 1
    while (taken := elapsed(call, turns)) < ROUND_NS / 4:
        turns *= 2
    return max(1, turns * ROUND_NS // taken)


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else 11
    calls = [((framework, name, request), prepare(method, lines))
             for (framework, name), prepare in contestants().items()
             for request, (method, lines) in REQUESTS.items()]
    turns = {key: turns_of(call) for key, call in calls}
    times: dict[tuple[str, str, str], list[float]] = {key: [] for key, _ in calls}
    gc.disable()
    for number in range(rounds):
        gc.collect()
        begin = number % len(calls)
        for key, call in calls[begin:] + calls[:begin]:
            times[key].append(elapsed(call, turns[key]) / turns[key])
    for (framework, name, request), ns in times.items():
        print(json.dumps({"framework": framework, "with": name, "request": request, "ns": ns}))


if __name__ == "__main__":
    main()
