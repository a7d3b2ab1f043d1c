# SPDX-License-Identifier: MIT
"""Preflights are answered before authentication, and what is refused never reaches the application.

Each way that nginx has to let a request in or to turn an answer into another one is tried with an
allowed preflight, refused preflights, and actual requests that cors_enforce blocks.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nginx.conftest import Serve
from tests.support.application import Application
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import Lines, Response, ask

APP = "https://app.example"
EVIL = "https://evil.example"

POLICY = """
    cors_allow_origins https://app.example;
    cors_allow_methods PUT;
    cors_allow_headers X-Key;
    cors_max_age 10m;
    cors_enforce block;
"""

# What stands between a client and the application, by name. APPLICATION is its URL.
GATES = {
    "open": "location / { proxy_pass APPLICATION; }",
    "auth-basic": """
        location / {
            auth_basic realm; auth_basic_user_file FOLDER/users; proxy_pass APPLICATION;
        }""",
    "auth-request": """
        location = /check { internal; return 401; }
        location / { auth_request /check; proxy_pass APPLICATION; }""",
    "auth-request-grants": """
        location = /check { internal; return 204; }
        location / { auth_request /check; proxy_pass APPLICATION; }""",
    "satisfy-any-allowed": """
        location / {
            satisfy any; allow 127.0.0.1; deny all;
            auth_basic realm; auth_basic_user_file FOLDER/users; proxy_pass APPLICATION;
        }""",
    "satisfy-any-denied": """
        location / {
            satisfy any; deny all;
            auth_basic realm; auth_basic_user_file FOLDER/users; proxy_pass APPLICATION;
        }""",
    "satisfy-any-auth-request": """
        location = /check { internal; return 204; }
        location / { satisfy any; deny all; auth_request /check; proxy_pass APPLICATION; }""",
    "deny-all": "location / { deny all; proxy_pass APPLICATION; }",
    "error-page-overwrites": """
        error_page 403 =200 /x;
        location = /x { proxy_pass APPLICATION; }
        location / { proxy_pass APPLICATION; }""",
    "error-page-named": """
        error_page 403 = @x;
        location @x { proxy_pass APPLICATION; }
        location / { proxy_pass APPLICATION; }""",
    "error-page-and-satisfy-any": """
        error_page 401 403 =200 /x;
        location = /x { proxy_pass APPLICATION; }
        location / { satisfy any; allow 127.0.0.1; deny all; proxy_pass APPLICATION; }""",
    "limit-except": """
        location / { limit_except GET { deny all; } proxy_pass APPLICATION; }""",
    "limit-except-options": """
        location / { limit_except OPTIONS { deny all; } proxy_pass APPLICATION; }""",
    "if": "location / { if ($request_method) { set $x 1; } proxy_pass APPLICATION; }",
    "rewrite": """
        location /old/ { rewrite ^/old/(.*)$ /new/$1 last; }
        location /new/ { proxy_pass APPLICATION; }
        location / { rewrite ^ /old/x last; }""",
}


@pytest.fixture(params=GATES)
def gated(request: pytest.FixtureRequest, serve: Serve, application: Application,
          tmp_path: Path) -> NginxServer:
    (tmp_path / "users").write_text("ann:{PLAIN}secret\n")
    gate = GATES[request.param].replace("APPLICATION", application.url)
    return serve(POLICY + gate.replace("FOLDER", str(tmp_path)))


def preflight(nginx: NginxServer, origin: str, method: str = "PUT",
              headers: str = "x-key") -> Response:
    lines: Lines = [("Origin", origin), ("Access-Control-Request-Method", method),
                    ("Access-Control-Request-Headers", headers)]
    return ask(nginx.port, "OPTIONS", "/thing", lines)


VARY_PREFLIGHT = ["access-control-request-headers", "access-control-request-method", "origin"]


def test_preflight_allowed(gated: NginxServer, application: Application) -> None:
    response = preflight(gated, APP)
    assert response.status == 204
    assert response.body == b""
    assert response.cors() == {
        "access-control-allow-origin": APP,
        "access-control-allow-methods": "PUT",
        "access-control-allow-headers": "X-Key",
        "access-control-max-age": "600",
    }
    assert response.vary() == VARY_PREFLIGHT
    assert not response.values("WWW-Authenticate")
    assert application.seen == []


@pytest.mark.parametrize(("origin", "method", "headers", "reason"), [
    (EVIL, "PUT", "x-key", b"origin-not-allowed"),
    ("null", "PUT", "x-key", b"origin-null"),
    ("https://app.example/", "PUT", "x-key", b"origin-malformed"),
    (APP, "DELETE", "x-key", b"method-not-allowed"),
    (APP, "P UT", "x-key", b"method-malformed"),
    (APP, "PUT", "x-key,x-other", b"header-not-allowed"),
    (APP, "PUT", "x-key,a b", b"header-malformed"),
])
def test_preflight_denied(gated: NginxServer, application: Application, origin: str, method: str,
                          headers: str, reason: bytes) -> None:
    response = preflight(gated, origin, method, headers)
    assert response.status == 403
    assert response.cors() == {}
    assert response.vary() == VARY_PREFLIGHT
    assert response.values("Content-Type") == ["text/plain"]
    assert reason in response.body
    assert application.seen == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "HEAD"])
def test_blocked(gated: NginxServer, application: Application, method: str) -> None:
    body = b"amount=1" if method in ("POST", "PUT") else None
    response = ask(gated.port, method, "/thing", [("Origin", EVIL)], body)
    assert response.status == 403
    assert response.cors() == {}
    assert "origin" in response.vary()
    assert application.seen == []


def test_blocked_with_password(serve: Serve, application: Application, tmp_path: Path) -> None:
    """A password does not make a foreign page's request a wanted one."""
    (tmp_path / "users").write_text("ann:{PLAIN}secret\n")
    nginx = serve(POLICY + GATES["auth-basic"].replace("APPLICATION", application.url)
                  .replace("FOLDER", str(tmp_path)))
    password = ("Authorization", "Basic YW5uOnNlY3JldA==")
    assert ask(nginx.port, "POST", "/", [("Origin", EVIL), password], b"x").status == 403
    assert application.seen == []
    response = ask(nginx.port, "POST", "/", [("Origin", APP), password], b"x")
    assert (response.status, response.body) == (200, b"hello")
    assert application.methods() == ["POST"]


@pytest.mark.parametrize(("gate", "status"), [
    ("auth-basic", 401), ("auth-request", 401), ("satisfy-any-denied", 401), ("deny-all", 403),
    ("limit-except-options", 403)])
def test_refusal_is_readable(serve: Serve, application: Application, tmp_path: Path, gate: str,
                             status: int) -> None:
    """Script on an allowed origin can read why it was refused."""
    (tmp_path / "users").write_text("ann:{PLAIN}secret\n")
    nginx = serve(POLICY + GATES[gate].replace("APPLICATION", application.url)
                  .replace("FOLDER", str(tmp_path)))
    response = ask(nginx.port, "GET", "/", [("Origin", APP)])
    assert response.status == status
    assert response.allowed_origin() == APP
    assert response.vary() == ["origin"]
    assert application.seen == []


def test_limits_come_first(serve: Serve, application: Application) -> None:
    """limit_req counts preflights too, and script can read its refusal."""
    nginx = serve(POLICY + f"location / {{ limit_req zone=one; proxy_pass {application.url}; }}",
                  http="limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;")
    assert preflight(nginx, APP).status == 204
    response = preflight(nginx, APP)
    assert response.status == 503
    assert response.allowed_origin() == APP
    response = ask(nginx.port, "GET", "/", [("Origin", APP)])
    assert response.status == 503
    assert response.cors() == {"access-control-allow-origin": APP}
    assert response.vary() == ["origin"]
    assert ask(nginx.port, "GET", "/", [("Origin", EVIL)]).cors() == {}
    assert application.seen == []


def test_options_that_is_no_preflight(serve: Serve, application: Application) -> None:
    """OPTIONS without Access-Control-Request-Method is the application's."""
    nginx = serve(POLICY + GATES["open"].replace("APPLICATION", application.url))
    response = ask(nginx.port, "OPTIONS", "/", [("Origin", APP)])
    assert response.body == b"hello"
    assert response.cors() == {"access-control-allow-origin": APP}
    assert response.vary() == VARY_PREFLIGHT
    lines = [("Access-Control-Request-Method", "PUT")]
    assert ask(nginx.port, "OPTIONS", "/", lines).body == b"hello"
    assert application.methods() == ["OPTIONS", "OPTIONS"]
