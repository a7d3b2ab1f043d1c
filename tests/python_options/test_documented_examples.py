# SPDX-License-Identifier: MIT
"""The examples that the peers document, with one import changed: both say the same of who may.

Each is run with the peer and with this package. A browser's call is played for each request, as far
as CORS decides it: the preflight where it needs one, then the request.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import flask_cors
import pytest
from corsheaders.signals import check_request_enabled as peer_signal
from django.test import Client
from django.test.utils import override_settings
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware as PeerMiddleware
from flask import Blueprint, Flask, jsonify
from starlette.testclient import TestClient

import libcors.flask
import libcors.starlette
from libcors import PolicyWarning
from tests.python_options import django_site
from tests.python_options.peer_comparison import ORIGIN, PREFLIGHT, REQUESTED

django_site.configure()

from libcors.django import check_request_enabled  # noqa: E402  (it wants settings)

# Sends a request: method, path, lines; gives the status and the lines of the answer.
Send = Callable[[str, str, dict[str, str]], tuple[int, dict[str, str]]]
Call = tuple[str, str, str, "str | None"]  # method, path, origin, a header that is not safelisted


def may_read(send: Send, call: Call) -> bool:
    """Whether script on a page of the origin gets the answer, as the Fetch Standard has it."""
    method, path, origin, header = call
    if header is not None or method not in ("GET", "HEAD", "POST"):
        lines = {"Origin": origin, PREFLIGHT: method} | ({REQUESTED: header} if header else {})
        status, answer = send("OPTIONS", path, lines)
        methods = answer.get("access-control-allow-methods", "").replace(" ", "").split(",")
        headers = answer.get("access-control-allow-headers", "").lower().replace(" ", "")
        if not (200 <= status < 300 and answer.get(ORIGIN) in ("*", origin)
                and (method in ("GET", "HEAD", "POST") or method in methods)
                and (header is None or header in headers.split(","))):
            return False
    return send(method, path, {"Origin": origin})[1].get(ORIGIN) in ("*", origin)


ANYBODY = "https://anybody.example"


def flask_simple(cors: Any) -> Flask:
    app = Flask(__name__)
    cors.CORS(app)
    app.add_url_rule("/", "hello", lambda: "Hello, cross-origin-world!")
    return app


def flask_resources(cors: Any) -> Flask:
    app = Flask(__name__)
    cors.CORS(app, resources={r"/api/*": {"origins": "*"}})
    app.add_url_rule("/", "hello", lambda: "Hello, cross-origin-world!")
    app.add_url_rule("/api/v1/users", "users", lambda: "user example")
    return app


def flask_decorator(cors: Any) -> Flask:
    app = Flask(__name__)

    @app.route("/")
    @cors.cross_origin()  # type: ignore[misc]
    def hello() -> str:
        return "Hello, cross-origin-world!"

    @app.route("/api/v1/users/create", methods=["POST"])
    @cors.cross_origin(allow_headers=["Content-Type"])  # type: ignore[misc]
    def create() -> Any:
        return jsonify(success=True)
    app.add_url_rule("/plain", "plain", lambda: "plain")
    return app


def flask_application(cors: Any) -> Flask:
    app = Flask("FlaskCorsAppBasedExample")
    cors.CORS(app, resources=r"/api/*")
    app.add_url_rule("/api/v1/users/", "list", lambda: jsonify(user="joe"))
    app.add_url_rule("/api/v1/users/create", "create", lambda: jsonify(success=True),
                     methods=["POST"])

    @app.route("/api/exception")
    def fail() -> str:
        raise RuntimeError("example")
    return app


def flask_blueprint(cors: Any) -> Flask:
    api = Blueprint("API_v1", __name__)
    public = Blueprint("public", __name__)
    api.add_url_rule("/api/v1/users/", "users", lambda: jsonify(user="joe"))
    public.add_url_rule("/", "hello", lambda: "no CORS here")
    app = Flask("FlaskCorsBlueprintBasedExample")
    cors.CORS(api)
    app.register_blueprint(api)
    app.register_blueprint(public)
    return app


FLASK: list[tuple[Callable[[Any], Flask], list[Call], list[bool]]] = [
    (flask_simple, [("GET", "/", ANYBODY, None), ("GET", "/", ANYBODY, "x-any")], [True, True]),
    (flask_resources, [("GET", "/", ANYBODY, None), ("GET", "/api/v1/users", ANYBODY, "x-any"),
                       ("PUT", "/api/v1/users", ANYBODY, None)], [False, True, True]),
    (flask_decorator, [("GET", "/", ANYBODY, "authorization"),
                       ("POST", "/api/v1/users/create", ANYBODY, "content-type"),
                       ("POST", "/api/v1/users/create", ANYBODY, "x-any"),
                       ("GET", "/plain", ANYBODY, None)], [True, True, False, False]),
    (flask_application, [("GET", "/api/v1/users/", ANYBODY, None),
                         ("POST", "/api/v1/users/create", ANYBODY, "content-type"),
                         ("GET", "/api/exception", ANYBODY, None)], [True, True, True]),
    (flask_blueprint, [("GET", "/api/v1/users/", ANYBODY, None), ("GET", "/", ANYBODY, None)],
     [True, False]),
]


def sends_flask(app: Flask) -> Send:
    def send(method: str, path: str, lines: dict[str, str]) -> tuple[int, dict[str, str]]:
        answer = app.test_client().open(path, method=method, headers=lines)
        return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}
    return send


@pytest.mark.parametrize("make, calls, expected", FLASK)
@pytest.mark.parametrize("cors", [flask_cors, libcors.flask])
def test_flask(make: Callable[[Any], Flask], calls: list[Call], expected: list[bool],
               cors: Any) -> None:
    send = sends_flask(make(cors))
    assert [may_read(send, call) for call in calls] == expected


FASTAPI = {"allow_origins": ["http://localhost.tiangolo.com", "https://localhost.tiangolo.com",
                             "http://localhost", "http://localhost:8080"],
           "allow_credentials": True, "allow_methods": ["*"], "allow_headers": ["*"]}
STARLETTE: list[tuple[dict[str, Any], list[Call], list[bool]]] = [
    ({"allow_origins": ["*"]}, [("GET", "/", ANYBODY, None), ("POST", "/", ANYBODY, "x-any")],
     [True, False]),
    (FASTAPI, [("GET", "/", "http://localhost:8080", "authorization"),
               ("PUT", "/", "https://localhost.tiangolo.com", None),
               ("GET", "/", "http://localhost:8081", None)], [True, True, False]),
    ({"allow_origin_regex": r"https://.*\.example\.org"},
     [("GET", "/", "https://a.example.org", None), ("GET", "/", "https://b.c.example.org", None),
      ("GET", "/", "https://example.org", None)], [True, True, False]),
]


@pytest.mark.parametrize("options, calls, expected", STARLETTE)
@pytest.mark.parametrize("middleware", [PeerMiddleware, libcors.starlette.CORSMiddleware])
def test_starlette(options: dict[str, Any], calls: list[Call], expected: list[bool],
                   middleware: Any) -> None:
    app = FastAPI()
    app.add_middleware(middleware, **options)

    @app.api_route("/", methods=["GET", "POST", "PUT"])
    def items() -> dict[str, str]:
        return {}

    def send(method: str, path: str, lines: dict[str, str]) -> tuple[int, dict[str, str]]:
        answer = TestClient(app).request(method, path, headers=lines)
        return answer.status_code, dict(answer.headers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PolicyWarning)
        assert [may_read(send, call) for call in calls] == expected


def api_to_everyone(sender: Any, request: Any, **_: Any) -> bool:
    return bool(request.path.startswith("/api/"))


ORIGINS = ["https://example.com", "https://sub.example.com", "http://localhost:8080",
           "http://127.0.0.1:9000"]
HEADERS = ("accept", "accept-encoding", "authorization", "content-type", "dnt", "origin",
           "user-agent", "x-csrftoken", "x-requested-with", "my-custom-header")
DJANGO: list[tuple[dict[str, Any], bool, list[Call], list[bool]]] = [
    ({"CORS_ALLOWED_ORIGINS": ORIGINS, "CORS_ALLOW_HEADERS": HEADERS}, False,
     [("GET", "/", "http://localhost:8080", None), ("PUT", "/", ORIGINS[0], "my-custom-header"),
      ("GET", "/", ANYBODY, None)], [True, True, False]),
    ({"CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://\w+\.example\.com$"]}, False,
     [("GET", "/", "https://a.example.com", None), ("GET", "/", "https://example.com", None)],
     [True, False]),
    ({"CORS_URLS_REGEX": r"^/api/.*$", "CORS_ALLOWED_ORIGINS": ORIGINS}, False,
     [("GET", "/", ORIGINS[0], None), ("GET", "/api/data", ORIGINS[0], None)], [False, True]),
    ({"CORS_ALLOWED_ORIGINS": ORIGINS}, True,
     [("GET", "/api/data", ANYBODY, None), ("GET", "/", ANYBODY, None)], [True, False]),
]


@pytest.mark.parametrize("settings, signal, calls, expected", DJANGO)
@pytest.mark.parametrize("middleware", [django_site.PEER, django_site.OURS])
def test_django(settings: dict[str, Any], signal: bool, calls: list[Call], expected: list[bool],
                middleware: str) -> None:
    def send(method: str, path: str, lines: dict[str, str]) -> tuple[int, dict[str, str]]:
        meta = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in lines.items()}
        answer = Client().generic(method, path, **meta)
        return answer.status_code, {name.lower(): value for name, value in answer.items()}
    signals = (peer_signal, check_request_enabled) if signal else ()
    for each in signals:
        each.connect(api_to_everyone)
    try:
        with override_settings(MIDDLEWARE=[middleware], **settings), warnings.catch_warnings():
            warnings.simplefilter("ignore", PolicyWarning)
            assert [may_read(send, call) for call in calls] == expected
    finally:
        for each in signals:
            each.disconnect(api_to_everyone)
