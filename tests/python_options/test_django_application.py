# SPDX-License-Identifier: MIT
"""Django with the settings of django-cors-headers: paths, the signal, settings that change."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.test.utils import override_settings
from werkzeug.test import EnvironBuilder, run_wsgi_app

from libcors import PolicyError
from libcors.wsgi import CorsMiddleware
from tests.python_options import django_site
from tests.python_options.peer_comparison import (CREDENTIALS, HEADERS, MAX_AGE, METHODS, ORIGIN)
from tests.support import python_package
from tests.support.raw_client import ask
from tests.support.started import Started, accepts, free_port

django_site.configure()

from libcors.django import check_request_enabled  # noqa: E402  (it wants settings)

A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"
START_SECONDS = 30.0


class Refuse:
    """What stands behind CORS and lets nobody in."""

    def __init__(self, get_response: Any) -> None:
        pass

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("who are you?", status=401)


def get(path: str, origin: str | None = A, client: Client | None = None, **lines: str) -> Any:
    own = {} if origin is None else {"HTTP_ORIGIN": origin}
    return (client or Client(raise_request_exception=False)).get(path, **own, **lines)


def preflight(path: str, wanted: str, origin: str = A, headers: str = "") -> Any:
    lines = {"HTTP_ORIGIN": origin, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": wanted}
    if headers:
        lines["HTTP_ACCESS_CONTROL_REQUEST_HEADERS"] = headers
    return Client(raise_request_exception=False).options(path, **lines)


@pytest.fixture
def handlers() -> Iterator[list[Any]]:
    """What a test connects to the signal goes with it."""
    connected: list[Any] = []
    yield connected
    for handler in connected:
        check_request_enabled.disconnect(handler)


def test_settings_that_change_count_for_the_next_request() -> None:
    client = Client()
    with override_settings(CORS_ALLOWED_ORIGINS=[A]):
        assert get("/", A, client)[ORIGIN] == A
        with override_settings(CORS_ALLOWED_ORIGINS=[B]):
            assert ORIGIN not in get("/", A, client)
            assert get("/", B, client)[ORIGIN] == B
        assert get("/", A, client)[ORIGIN] == A
        with override_settings(CORS_ALLOWED_ORIGINS=["null"]), pytest.raises(PolicyError):
            get("/", A, client)


@pytest.mark.parametrize("older, newer", [
    ({"CORS_ORIGIN_WHITELIST": [A]}, {"CORS_ALLOWED_ORIGINS": [A]}),
    ({"CORS_ORIGIN_ALLOW_ALL": True}, {"CORS_ALLOW_ALL_ORIGINS": True}),
    ({"CORS_ORIGIN_REGEX_WHITELIST": [r"^https://a\.example$"]},
     {"CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://a\.example$"]})])
def test_older_names(older: dict[str, Any], newer: dict[str, Any]) -> None:
    answers = []
    for settings in (older, newer):
        with override_settings(**settings):
            answers.append([dict(get("/", origin).items()) for origin in (A, EVIL, None)])
    assert answers[0] == answers[1] and ORIGIN in {name.lower() for name in answers[0][0]}


@pytest.mark.parametrize("path, covered", [
    ("/api/data", True), ("/", False), ("/api/../boom", False), ("/x/../api/data", False),
    ("/API/data", False), ("/api/%252e%252e/x", False)])
def test_paths(path: str, covered: bool) -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[A], CORS_URLS_REGEX=r"^/api/.*$"):
        assert (ORIGIN in get(path)) == covered


def test_the_signal_lets_in_whom_a_handler_lets_in(handlers: list[Any]) -> None:
    def known(sender: Any, request: HttpRequest, **_: Any) -> bool:
        return bool(request.headers.get("Origin") == B and request.path_info == "/")
    handlers.append(known)
    check_request_enabled.connect(known)
    with override_settings(CORS_ALLOWED_ORIGINS=[A], CORS_URLS_REGEX=r"^/api/.*$"):
        assert get("/", B)[ORIGIN] == B  # also where the expression does not cover the path
        assert ORIGIN not in get("/", A)
        assert get("/api/data", A)[ORIGIN] == A and ORIGIN not in get("/api/data", B)
        assert preflight("/", "PUT", B).status_code == 200


def test_null_is_never_let_in_by_the_signal(handlers: list[Any]) -> None:
    def anybody(sender: Any, **_: Any) -> bool:
        return True
    handlers.append(anybody)
    check_request_enabled.connect(anybody)
    assert get("/", EVIL)[ORIGIN] == EVIL
    assert ORIGIN not in get("/", "null") and ORIGIN not in get("/", "no origin")


def test_preflights_come_before_all_that_stands_behind() -> None:
    chain = [django_site.OURS, f"{__name__}.Refuse"]
    with override_settings(MIDDLEWARE=chain, CORS_ALLOWED_ORIGINS=[A],
                           CORS_ALLOW_CREDENTIALS=True):
        answer = preflight("/", "PUT", headers="x-csrftoken")
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer[METHODS] == "DELETE, GET, OPTIONS, PATCH, POST, PUT"
        assert answer[HEADERS].split(", ")[:3] == ["accept", "accept-encoding", "authorization"]
        assert (answer[MAX_AGE], answer[CREDENTIALS]) == ("86400", "true")
        assert preflight("/", "PUT", EVIL).status_code == 403
        answer = get("/")
        assert (answer.status_code, answer[ORIGIN]) == (401, A)


def test_methods_that_browsers_always_allow_need_no_listing() -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[A]):  # the default list has no HEAD
        assert [preflight("/", wanted).status_code for wanted in ("HEAD", "PURGE")] == [200, 403]


@pytest.mark.parametrize("path, status", [("/", 200), ("/boom", 500), ("/missing", 404)])
def test_every_answer_has_its_lines(path: str, status: int) -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[A]):
        answer = get(path)
    assert (answer.status_code, answer[ORIGIN]) == (status, A)


def test_in_an_asgi_handler() -> None:
    import asyncio

    async def asked() -> Any:
        return await AsyncClient().get("/", origin=A)
    with override_settings(CORS_ALLOWED_ORIGINS=[A]):
        assert asyncio.run(asked())[ORIGIN] == A


@pytest.mark.parametrize("name, value", [
    ("CORS_ALLOWED_ORIGINS", [A]), ("CORS_ORIGIN_WHITELIST", [A]),
    ("CORS_ALLOW_ALL_ORIGINS", False), ("CORS_URLS_REGEX", "^/api/"),
    ("CORS_ALLOW_CREDENTIALS", True), ("CORS_ACCEPT_RISKS", ["null-origin"])])
def test_a_policy_and_settings_beside_it(name: str, value: Any) -> None:
    with override_settings(CORS_POLICY={"allow_origins": [B]}, **{name: value}):
        with pytest.raises(ImproperlyConfigured, match=f"{name}: with CORS_POLICY all this"):
            get("/x")


def test_a_middleware_around_the_site_lets_its_word_stand() -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[A]):
        around = CorsMiddleware(WSGIHandler(), {"allow_origins": ["*"]})
        for origin, allowed in ((A, A), (B, None)):
            environ = EnvironBuilder("/x", headers=[("Origin", origin)]).get_environ()
            _, _, headers = run_wsgi_app(around, environ)
            assert headers.get(ORIGIN) == allowed and headers["Vary"] == "Origin"


def test_a_function_judges_origins() -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=lambda origin: origin == A):
        assert get("/", A)[ORIGIN] == A
        assert ORIGIN not in get("/", B) and "origin" in get("/", B)["Vary"].lower()


PROGRAM = """\
import sys
from werkzeug.serving import make_server
from tests.python_options import django_site

django_site.configure(CORS_ALLOWED_ORIGIN_REGEXES=[r"^https://[a-z]+\\.corp\\.example$"],
                      CORS_ALLOW_CREDENTIALS=True)
from django.core.handlers.wsgi import WSGIHandler

make_server("127.0.0.1", int(sys.argv[1]), WSGIHandler(), threaded=True).serve_forever()
"""


def test_over_a_socket(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    port = free_port()
    environment = python_package.environment(tmp_path, python_package.ROOT)
    command = ["/usr/bin/python3", "program.py", str(port)]
    with Started(command, tmp_path / "log", tmp_path, environment) as site:
        site.wait_until(lambda: accepts(port), "the server", START_SECONDS)
        for path, status in (("/", 200), ("/boom", 500)):
            answer = ask(port, "GET", path, [("Origin", "https://www.corp.example")])
            assert (answer.status, answer.allowed_origin()) == (status, "https://www.corp.example")
        answer = ask(port, "GET", "/", [("Origin", "https://w1.corp.example")])
        assert answer.cors() == {} and answer.vary() == ["accept", "origin"]
        answer = ask(port, "OPTIONS", "/", [("Origin", "https://www.corp.example"),
                                            ("Access-Control-Request-Method", "PUT")])
        assert (answer.status, answer.body) == (200, b"")
