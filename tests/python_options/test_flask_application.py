# SPDX-License-Identifier: MIT
"""Flask applications with libcors.flask: resources, decorators, blueprints, config, errors."""
from __future__ import annotations

import os
import re
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
import pytest
from flask import Blueprint, Flask
from werkzeug.serving import make_server

from libcors import PolicyError, PolicyWarning
from libcors.flask import CORS, Cors, cross_origin
from tests.python_options.peer_comparison import (CREDENTIALS, EXPOSE, HEADERS, MAX_AGE, METHODS,
                                                  ORIGIN, PREFLIGHT, REQUESTED, Told, told)
from tests.support import python_package
from tests.support.raw_client import ask

A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"


def said(app: Flask, path: str, origin: str | None = A, method: str = "GET",
         **lines: str) -> Told:
    headers = [(name.replace("_", "-"), value) for name, value in lines.items()]
    headers += [] if origin is None else [("Origin", origin)]
    answer = app.test_client().open(path, method=method, headers=headers)
    return told(answer.status_code, answer.data, list(answer.headers.items()))


def preflight(app: Flask, path: str, wanted: str = "GET", headers: str | None = None,
              origin: str = A) -> Told:
    lines = {PREFLIGHT: wanted} | ({} if headers is None else {REQUESTED: headers})
    return said(app, path, origin, "OPTIONS", **lines)


def application(**routes: Any) -> Flask:
    app = Flask("shop")
    for name, view in routes.items():
        app.add_url_rule(f"/{name}", name, view)
    return app


def hello() -> str:
    return "hello"


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The application on a free port, with werkzeug's server in threads of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# Resources.

PATHS: list[tuple[dict[Any, Any], str, str | None]] = [
    ({r"/api/*": {"origins": A}}, "/api/x", A),
    ({r"/api/*": {"origins": A}}, "/other", None),
    ({r"/api/v1/.*": {"origins": A}, r"/api/.*": {"origins": B}}, "/api/v1/x", A),
    ({r"/api/.*": {"origins": B}, r"/api/v1/.*": {"origins": A}}, "/api/v1/x", A),
    ({r"/api/.*.*.*.*.*.*.*": {"origins": B}, r"/api/v1/.*": {"origins": A}}, "/api/v1/x", A),
    ({r"/api/.*": {"origins": B}, "/api/v1": {"origins": A}}, "/api/v1", A),
    ({re.compile(r"/a\w+/"): {"origins": A}}, "/api/x", A),
    ({"*": {"origins": A}}, "/anything", A),
    # Case counts.
    ({"/admin": {"origins": A}, "/ADMIN": {"origins": B}}, "/admin", A),
    ({r"/admin.*": {"origins": A}}, "/ADMIN", None),
    # A plus is a plus.
    ({"/a+b": {"origins": A}}, "/a+b", A),
    ({"/a+b": {"origins": A}}, "/a%20b", None),
    ({"/a b": {"origins": A}}, "/a%20b", A),
    ({"/a b": {"origins": A}}, "/a+b", None),
    # Whoever resolves dot segments, or decodes once more, must find the same options.
    ({r"/api/.*": {"origins": A}}, "/api/../private", None),
    ({r"/api/.*": {"origins": A}}, "/private/../api/x", None),
    ({r"/api/.*": {"origins": A}}, "/api/%2e%2e/private", None),
    ({r"/api/.*": {"origins": A}}, "/api/%252e%252e/private", None),
    ({r"/api/.*": {"origins": A}}, "/api/..%5cprivate", None),
    ({r"/api/.*": {"origins": A}}, "/api/x/../y", A),
    ({r"/api/.*": {"origins": A}}, "/api/100%25", A),
    ({r"/api/.*": {"origins": A}}, "/api/.well-known/x", A),
]


@pytest.mark.parametrize("resources, path, allowed", PATHS)
def test_resources(resources: dict[Any, Any], path: str, allowed: str | None) -> None:
    app = application()
    CORS(app, resources=resources)
    assert said(app, path).lines.get(ORIGIN) == ([allowed] if allowed else None)


def test_no_resource_leaves_the_answer_alone() -> None:
    def own() -> flask.Response:
        return flask.Response("own", headers={"Access-Control-Allow-Origin": "*"})
    app = application(own=own)
    CORS(app, resources=[r"/api/.*", "/public"], origins=A)
    assert said(app, "/own").lines[ORIGIN] == ["*"]
    assert not said(app, "/own").vary


@pytest.mark.parametrize("resources", [[r"/api/.*", "/public"], (r"/api/.*", "/public"),
                                       re.compile("/(api/|public)"), r"^/(api/.*|public)$"])
def test_resources_without_options_of_their_own(resources: Any) -> None:
    app = application()
    CORS(app, resources=resources, origins=A)
    assert [said(app, path).allowed for path in ("/api/x", "/public", "/x")] == [True, True, False]


def test_what_a_resource_says_stands_before_all_else() -> None:
    app = application(x=hello, y=hello)
    app.config["CORS_MAX_AGE"] = 10
    app.config["CORS_EXPOSE_HEADERS"] = ["X-Config"]
    app.config["CORS_ORIGINS"] = [EVIL]
    CORS(app, resources={"/x": {"max_age": 30}, "/y": {}}, max_age=20, origins=[A])
    assert preflight(app, "/x").lines[MAX_AGE] == ["30"]
    assert preflight(app, "/y").lines[MAX_AGE] == ["20"]
    assert said(app, "/y").lines[EXPOSE] == ["X-Config"]
    assert not said(app, "/y", EVIL).allowed


def test_config_alone() -> None:
    app = application(x=hello)
    app.config.update(CORS_ORIGINS=[A, B], CORS_METHODS=["GET", "PUT"], CORS_RESOURCES=r"/x",
                      CORS_ALLOW_HEADERS=["X-A"], CORS_EXPOSE_HEADERS="X-B", CORS_MAX_AGE=7,
                      CORS_SUPPORTS_CREDENTIALS=True, CORS_POLICY="another extension's")
    CORS().init_app(app)
    answer = preflight(app, "/x", "PUT", "x-a", B)
    assert {name: answer.lines[name] for name in (ORIGIN, CREDENTIALS, METHODS, HEADERS,
                                                  MAX_AGE)} == {
        ORIGIN: [B], CREDENTIALS: ["true"], METHODS: ["GET, PUT"], HEADERS: ["x-a"],
        MAX_AGE: ["7"]}
    assert said(app, "/x").lines[EXPOSE] == ["X-B"]
    assert not said(app, "/missing").allowed


def test_what_is_said_last_is_asked_first() -> None:
    app = application(x=hello, y=hello)
    CORS(app, origins=A)
    CORS(app, resources="/y", origins=B)
    assert said(app, "/x").lines[ORIGIN] == [A]
    assert said(app, "/y", B).lines[ORIGIN] == [B]
    assert not said(app, "/y", A).allowed


# Decorators.


def test_a_decorator_stands_before_the_app() -> None:
    app = application(x=hello, y=cross_origin(origins=[B], max_age=9)(hello))
    CORS(app, origins=A)
    assert said(app, "/x", A).allowed and not said(app, "/y", A).allowed
    assert said(app, "/y", B).lines[ORIGIN] == [B]
    assert preflight(app, "/y", origin=B).lines[MAX_AGE] == ["9"]
    assert MAX_AGE not in preflight(app, "/x").lines


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_decorators_without_an_extension(method: str) -> None:
    app = application(x=cross_origin(origins=A)(hello), y=hello)
    first, second = said(app, "/x", A, method), said(app, "/x", A, method)
    assert first == second
    assert first.lines[ORIGIN] == [A] and "origin" in first.vary
    assert not said(app, "/y").allowed and not said(app, "/y").vary


def test_decorators_on_different_methods_of_one_url() -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "read", cross_origin(origins="*")(hello), methods=["GET"])
    app.add_url_rule("/x", "write", cross_origin(origins=A)(hello), methods=["PUT"])
    assert preflight(app, "/x", "GET", origin=EVIL).status == 200
    assert preflight(app, "/x", "PUT", origin=A).status == 200
    assert preflight(app, "/x", "PUT", origin=EVIL).status == 403


def test_a_decorated_view_says_what_flask_says_to_options() -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", cross_origin(origins=A)(hello), methods=["GET", "PUT"])
    answer = said(app, "/x", A, "OPTIONS")
    assert (answer.status, answer.body) == (200, "")
    for allow in (answer.lines["allow"], preflight(app, "/x", "PUT").lines["allow"]):
        assert sorted(allow[0].split(", ")) == ["GET", "HEAD", "OPTIONS", "PUT"]


def test_a_view_that_answers_options_by_itself() -> None:
    def view() -> tuple[str, int]:
        return f"{flask.request.method} here", 202
    app = Flask("shop")
    app.add_url_rule("/own", "own", cross_origin(origins=A, automatic_options=False)(view),
                     methods=["GET", "OPTIONS"])
    app.add_url_rule("/none", "none", cross_origin(origins=A, automatic_options=False)(view))
    answer = preflight(app, "/own")
    assert (answer.status, answer.body) == (202, "OPTIONS here")
    assert answer.lines[ORIGIN] == [A] and METHODS in answer.lines
    refused = preflight(app, "/own", origin=EVIL)
    assert refused.status == 202 and not refused.allowed and "origin" in refused.vary
    assert said(app, "/none").allowed and not said(app, "/none", A, "OPTIONS").allowed


def test_a_decorated_view_below_other_decorators() -> None:
    import functools

    def login_required(view: Any) -> Any:
        @functools.wraps(view)
        def guarded() -> Any:
            return view() if "Authorization" in flask.request.headers else ("who are you?", 401)
        return guarded
    app = application(x=login_required(cross_origin(origins=A)(hello)))
    assert preflight(app, "/x", headers="authorization").status == 200
    answer = said(app, "/x")
    assert answer.status == 401 and answer.lines[ORIGIN] == [A]
    assert said(app, "/x", Authorization="me").body == "hello"


def test_a_decorated_class() -> None:
    from flask.views import MethodView

    class Item(MethodView):
        decorators = [cross_origin(origins=A)]

        def get(self) -> str:
            return "got"

        def put(self) -> str:
            return "put"
    app = application(x=Item.as_view("item"))
    assert preflight(app, "/x", "PUT").lines[ORIGIN] == [A]
    assert said(app, "/x", A, "PUT").body == "put"


def test_the_redirect_to_a_decorated_view() -> None:
    app = Flask("shop")
    app.add_url_rule("/items/", "items", cross_origin(origins=A)(hello))
    answer = said(app, "/items")
    assert answer.status == 308 and answer.lines[ORIGIN] == [A]
    assert preflight(app, "/items").status == 200
    assert not said(app, "/items", EVIL).allowed


WITHOUT_SIGNALS = """\
import sys
sys.modules["blinker"] = None
import flask
from libcors.flask import cross_origin

assert not flask.signals.signals_available
app = flask.Flask("shop")

@app.route("/x")
@cross_origin(origins="https://a.example")
def hello():
    return "hello"

for _ in range(2):
    lines = {"Origin": "https://a.example"}
    answer = app.test_client().get("/x", headers=lines)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://a.example"
    lines["Access-Control-Request-Method"] = "GET"
    answer = app.test_client().options("/x", headers=lines)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert answer.status_code == 200
"""


def test_decorators_where_flask_has_no_signals() -> None:
    done = subprocess.run(["/usr/bin/python3", "-c", WITHOUT_SIGNALS], stderr=subprocess.PIPE,
                          env={**os.environ, **python_package.environment()}, text=True)
    assert done.returncode == 0, done.stderr


def test_a_decorator_takes_the_config_of_the_app_it_runs_in() -> None:
    view = cross_origin(supports_credentials=True)(hello)
    safe, unsafe = application(x=view), application(x=view)
    safe.config["CORS_ORIGINS"] = [A]
    assert said(safe, "/x").lines[CREDENTIALS] == ["true"]
    unsafe.testing = True
    with pytest.raises(PolicyError, match="cross_origin is refused"):
        said(unsafe, "/x")


# Blueprints.


def test_blueprints() -> None:
    app = application(x=hello)
    outer, inner = Blueprint("outer", __name__), Blueprint("inner", __name__)
    inner.add_url_rule("/in", "in", hello)
    outer.add_url_rule("/out", "out", hello)
    outer.add_url_rule("/own", "own", cross_origin(origins=EVIL)(hello))
    CORS(outer, origins=A)
    CORS(inner, origins=B)
    outer.register_blueprint(inner)
    app.register_blueprint(outer, url_prefix="/shop")
    CORS(app, resources="/x", origins="*")
    allowed = {path: [origin for origin in (A, B, EVIL) if said(app, path, origin).allowed]
               for path in ("/x", "/shop/out", "/shop/in", "/shop/own", "/shop/missing")}
    assert allowed == {"/x": [A, B, EVIL], "/shop/out": [A], "/shop/in": [B],
                       "/shop/own": [EVIL], "/shop/missing": []}
    assert preflight(app, "/shop/out").status == 200


def test_a_blueprint_in_two_apps() -> None:
    shared = Blueprint("shared", __name__)
    shared.add_url_rule("/x", "x", hello)
    CORS(shared, origins=A)
    for _ in range(2):
        app = application()
        app.register_blueprint(shared)
        assert said(app, "/x").lines[ORIGIN] == [A]


# Every answer.


def boom() -> str:
    raise ZeroDivisionError


def missing() -> str:
    flask.abort(404)


def stream() -> flask.Response:
    return flask.Response(iter(["one ", "two"]))


def redirect() -> Any:
    return flask.redirect("/x")


def test_every_answer_has_its_lines() -> None:
    app = application(x=hello, boom=boom, missing=missing, stream=stream, redirect=redirect)
    CORS(app, origins=A, supports_credentials=True)

    @app.errorhandler(404)
    def not_found(error: Exception) -> tuple[str, int]:
        return "no such thing", 404
    expected = {"/x": 200, "/boom": 500, "/missing": 404, "/nowhere": 404, "/stream": 200,
                "/redirect": 302}
    for path, status in expected.items():
        answer = said(app, path)
        assert (answer.status, answer.lines[ORIGIN], answer.lines[CREDENTIALS], answer.vary) == (
            status, [A], ["true"], frozenset({"origin"})), path
    assert said(app, "/stream").body == "one two"
    assert said(app, "/x", A, "DELETE").lines[ORIGIN] == [A]  # 405


@pytest.mark.parametrize("intercept", [True, False])
def test_errors_whatever_intercept_exceptions_says(intercept: bool) -> None:
    app = application(boom=boom)
    CORS(app, origins=A, intercept_exceptions=intercept)
    assert said(app, "/boom").lines[ORIGIN] == [A]


def test_exceptions_reach_the_test_client_of_an_app_in_testing() -> None:
    app = application(boom=boom)
    app.testing = True
    CORS(app)
    with pytest.raises(ZeroDivisionError):
        said(app, "/boom")


def test_an_after_request_that_fails() -> None:
    app = application(x=hello)
    CORS(app, origins=A)

    @app.after_request
    def fail(response: flask.Response) -> flask.Response:
        raise ZeroDivisionError
    answer = said(app, "/x")
    assert answer.status == 500 and answer.lines[ORIGIN] == [A]


@pytest.mark.parametrize("decorated", [True, False])
def test_preflights_come_before_authentication(decorated: bool) -> None:
    app = application(x=cross_origin(origins=A)(hello) if decorated else hello)
    if not decorated:
        CORS(app, origins=A)

    @app.before_request
    def authenticate() -> None:
        if "Authorization" not in flask.request.headers:
            flask.abort(401)
    for _ in range(2):
        assert preflight(app, "/x", headers="authorization").status == 200
        assert preflight(app, "/x", origin=EVIL).status == 403
    refused = said(app, "/x")
    assert refused.status == 401 and refused.lines[ORIGIN] == [A]
    assert said(app, "/x", Authorization="me").status == 200


@pytest.mark.parametrize("host", ["", "a b", "x" * 300, "\xe4.example", "evil.example:99999"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_whatever_the_host(host: str, method: str) -> None:
    app = application(x=cross_origin(origins=A)(hello))
    app.config["SERVER_NAME"] = "shop.example"
    app.url_map.host_matching = True
    CORS(app, origins=A)
    answer = said(app, "/x", A, method, Host=host)
    assert answer.lines[ORIGIN] == [A] and answer.status < 500


def test_lines_of_the_application_are_replaced_and_vary_is_merged() -> None:
    def own() -> flask.Response:
        return flask.Response("own", headers=[
            ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true"),
            ("Vary", "Accept-Encoding, ORIGIN")])
    app = application(own=own)
    CORS(app, origins=A)
    assert said(app, "/own").lines[ORIGIN] == [A]
    assert CREDENTIALS not in said(app, "/own").lines
    refused = said(app, "/own", EVIL)
    assert not refused.allowed and CREDENTIALS not in refused.lines
    assert refused.vary == {"accept-encoding", "origin"}


def test_a_substring_of_a_method_is_no_method() -> None:
    app = application(x=hello)
    CORS(app)
    assert preflight(app, "/x", "ET").status == 403
    assert "method-not-allowed" in preflight(app, "/x", "ET").body


def test_paths_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    app = application(x=hello)
    caplog.set_level(0)
    CORS(app, origins=A)
    said(app, "/x%0d%0a2026-01-01 ERROR forged", "https://e\x1b.example")
    assert "forged" not in caplog.text and "\x1b" not in caplog.text


@pytest.mark.parametrize("pattern, origin, allowed", [
    ("https://*.example.com", "https://a.b.example.com", True),
    ("https://*.example.com", "https://example.com", False),
    ("https://*.example.com", "https://aexample.com", False),
    ("https://*.example.com", "https://a.example.com.evil.example", False),
    ("https://{label}.example.com", "https://a.b.example.com", False),
    ("https://pr-*.example.com", "https://pr-7.example.com", True),
    ("http://localhost:*", "http://localhost:5173", True),
    ("http://localhost:*", "http://localhost.evil.example", False)])
def test_patterns_of_policies(pattern: str, origin: str, allowed: bool) -> None:
    app = application(x=hello)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PolicyWarning)
        CORS(app, origins=[A, pattern], supports_credentials=True)
    assert said(app, "/x", origin).allowed == allowed


# Who is asked.


def test_a_function_judges_origins() -> None:
    tenants = {A}
    app = application(x=hello)
    CORS(app, origins=lambda origin: origin in tenants, supports_credentials=True)
    assert said(app, "/x").lines[ORIGIN] == [A] and not said(app, "/x", B).allowed
    tenants.add(B)
    assert said(app, "/x", B).lines[ORIGIN] == [B]
    for origin in (None, A, EVIL, "null", "not an origin"):
        assert said(app, "/x", origin).vary == {"origin"}
    assert preflight(app, "/x", origin=EVIL).status == 403


def test_null_is_never_let_in_by_a_function() -> None:
    app = application(x=hello)
    CORS(app, origins=lambda origin: True)
    assert not said(app, "/x", "null").allowed and not said(app, "/x", "no origin").allowed


def test_a_function_that_fails_refuses(caplog: pytest.LogCaptureFixture) -> None:
    def broken(origin: str) -> bool:
        raise ConnectionError("the database is away")
    app = application(x=hello)
    CORS(app, origins=broken)
    answer = said(app, "/x")
    assert answer.status == 200 and not answer.allowed and answer.vary == {"origin"}
    assert "the database is away" in caplog.text


def test_an_asynchronous_function_wants_asgi() -> None:
    async def judge(origin: str) -> bool:
        return True
    with pytest.raises(PolicyError, match="ASGI"):
        CORS(application(), origins=judge)


# With a policy, and over sockets.


def test_a_policy_file(tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"policies:\n  - path: /api/*\n    allow_origins: [{A}]\n"
                      "    allow_credentials: true\n")
    app = application(x=hello)
    app.add_url_rule("/api/x", "api", hello)
    Cors(app, policy)
    assert said(app, "/api/x").lines[CREDENTIALS] == ["true"] and not said(app, "/x").allowed
    assert preflight(app, "/api/x").status == 204
    later = application(x=hello)
    Cors().init_app(later, {"allow_origins": [B]})
    assert said(later, "/x", B).lines[ORIGIN] == [B]
    with pytest.raises(TypeError, match="wants a policy"):
        Cors(application())


def test_over_a_socket() -> None:
    app = application(x=hello, boom=boom, stream=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PolicyWarning)
        CORS(app, origins=["http://localhost:3000", r"^https://[a-z]+\.corp\.example$"])
    with served(app) as port:
        answer = ask(port, "GET", "/stream", [("Origin", "https://www.corp.example")])
        assert answer.body == b"one two"
        assert answer.cors() == {ORIGIN: "https://www.corp.example"}
        answer = ask(port, "GET", "/boom", [("Origin", "http://localhost:3000")])
        assert (answer.status, answer.allowed_origin()) == (500, "http://localhost:3000")
        answer = ask(port, "GET", "/x", [("Origin", A), ("Origin", "http://localhost:3000")])
        assert answer.cors() == {} and answer.vary() == ["origin"]
        answer = ask(port, "OPTIONS", "/x", [("Origin", "http://localhost:3000"),
                                             (PREFLIGHT, "PUT"), (REQUESTED, "x-b, x-a")])
        assert (answer.status, answer.body) == (200, b"")
        assert answer.cors()[HEADERS] == "x-a, x-b"
