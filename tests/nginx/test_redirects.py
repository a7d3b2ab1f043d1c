# SPDX-License-Identifier: MIT
"""Rewrites, `return`, error pages and other ways of nginx to go on elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nginx.conftest import Behind, Serve
from tests.support.application import Answer, Application
from tests.support.raw_client import Lines, ask

APP = "https://app.example"
EVIL = "https://evil.example"
FROM_APP: Lines = [("Origin", APP)]
FROM_EVIL: Lines = [("Origin", EVIL)]
PREFLIGHT: Lines = [("Origin", APP), ("Access-Control-Request-Method", "PUT")]
DENIED: Lines = [("Origin", EVIL), ("Access-Control-Request-Method", "PUT")]

POLICY = "cors_allow_origins https://app.example; cors_allow_methods PUT; cors_max_age 600;"
ALLOWED = {"access-control-allow-origin": APP}
OTHER = "cors_allow_origins https://other.example;"


@pytest.mark.parametrize("where", ["server", "location", "if"])
@pytest.mark.parametrize("status", [200, 204, 301, 404, 500])
def test_return(serve: Serve, where: str, status: int) -> None:
    word = "/x" if status == 301 else ""
    text = {
        "server": f"return {status} {word};",
        "location": f"location / {{ return {status} {word}; }}",
        "if": f"location / {{ if ($uri) {{ return {status} {word}; }} }}",
    }[where]
    nginx = serve(POLICY + text)
    response = ask(nginx.port, "GET", "/", FROM_APP)
    assert (response.status, response.cors()) == (status, ALLOWED)
    assert response.vary() == ["origin"]
    assert ask(nginx.port, "GET", "/", FROM_EVIL).cors() == {}


def test_returned_preflight(serve: Serve) -> None:
    """A `return` runs before the module can answer; what it answers is completed."""
    nginx = serve(POLICY + "if ($request_method = OPTIONS) { return 204; }")
    response = ask(nginx.port, "OPTIONS", "/", PREFLIGHT)
    assert response.status == 204
    assert response.cors() == {**ALLOWED, "access-control-allow-methods": "PUT",
                               "access-control-max-age": "600"}
    denied = ask(nginx.port, "OPTIONS", "/", DENIED)
    assert (denied.status, denied.cors()) == (204, {})
    assert denied.vary() == response.vary() == [
        "access-control-request-headers", "access-control-request-method", "origin"]


# The page of an error stands where another policy is, or none.
PAGES = {"none": "", "off": "cors off;", "other": OTHER}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("form", ["/page", "=200 /page", "= /page", "=503 @page"])
@pytest.mark.parametrize("cause", ["missing", "return", "upstream", "limit", "denied"])
def test_error_page(serve: Serve, behind: Behind, tmp_path: Path, page: str, form: str,
                    cause: str) -> None:
    """The first decision stays: script can read the error page of what it asked for."""
    application = behind(lambda _: Answer(404))
    (tmp_path / "page").write_text("page")
    api = {
        "missing": "",
        "return": "return 404;",
        "upstream": f"proxy_pass {application.url}; proxy_intercept_errors on;",
        "limit": "limit_req zone=one; try_files /page =404;",
        "denied": "deny all;",
    }[cause]
    nginx = serve(f"""
        root {tmp_path};
        error_page 403 404 503 {form};
        location /api/ {{ {POLICY} {api} }}
        location = /page {{ {PAGES[page]} }}
        location @page {{ {PAGES[page]} try_files /page =500; }}""",
                  http="limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;")
    ask(nginx.port, "GET", "/api/x")
    response = ask(nginx.port, "GET", "/api/x", FROM_APP)
    assert response.body == b"page"
    assert response.cors() == ALLOWED
    assert response.vary() == ["origin"]
    refused = ask(nginx.port, "GET", "/api/x", FROM_EVIL)
    assert refused.body == b"page"
    assert refused.cors() == {}
    assert refused.vary() == ["origin"]


def test_error_page_of_a_page_without_policy(serve: Serve, tmp_path: Path) -> None:
    """Where the first location has no policy, that of the next one speaks."""
    (tmp_path / "page").write_text("page")
    nginx = serve(f"root {tmp_path}; error_page 404 /page; location = /page {{ {POLICY} }}")
    response = ask(nginx.port, "GET", "/missing", FROM_APP)
    assert (response.status, response.body, response.cors()) == (404, b"page", ALLOWED)


def test_rewrite_keeps_the_path(serve: Serve, application: Application, tmp_path: Path) -> None:
    """A policy file's paths are the client's; the location is that where the request ends up."""
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"""
policies:
  - path: /v1/*
    allow_origins: [{APP}]
  - path: /internal/*
    allow_origins: [{EVIL}]
""")
    nginx = serve(f"""
        location /v1/ {{ rewrite ^/v1/(.*)$ /internal/$1 last; }}
        location /internal/ {{ cors_policy {policy}; proxy_pass {application.url}; }}""")
    assert ask(nginx.port, "GET", "/v1/x", FROM_APP).cors() == ALLOWED
    assert ask(nginx.port, "GET", "/v1/x", FROM_EVIL).cors() == {}
    assert ask(nginx.port, "GET", "/internal/x", FROM_EVIL).allowed_origin() == EVIL
    assert [seen.target for seen in application.seen] == ["/internal/x"] * 3


def test_rewrite_in_server(serve: Serve, application: Application, tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"policies: [{{path: /old, allow_origins: ['{APP}']}}]")
    nginx = serve(f"""
        cors_policy {policy};
        rewrite ^/old$ /new;
        location / {{ proxy_pass {application.url}; }}""")
    assert ask(nginx.port, "GET", "/old", FROM_APP).cors() == ALLOWED
    assert ask(nginx.port, "GET", "/new", FROM_APP).cors() == {}
    assert [seen.target for seen in application.seen] == ["/new", "/new"]


def test_try_files(serve: Serve, application: Application, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("there")
    nginx = serve(f"""
        root {tmp_path};
        location / {{ {POLICY} try_files $uri @application; }}
        location @application {{ {OTHER} proxy_pass {application.url}; }}""")
    for target, body in (("/there", b"there"), ("/elsewhere", b"hello")):
        response = ask(nginx.port, "GET", target, FROM_APP)
        assert (response.body, response.cors()) == (body, ALLOWED)
        assert ask(nginx.port, "OPTIONS", target, PREFLIGHT).status == 204
        assert ask(nginx.port, "OPTIONS", target, DENIED).status == 403
    assert application.methods() == ["GET"]


def test_policy_in_a_named_location(serve: Serve, application: Application) -> None:
    nginx = serve(f"""
        location / {{ try_files /nothing @application; }}
        location @application {{ {POLICY} cors_enforce block; proxy_pass {application.url}; }}""")
    assert ask(nginx.port, "GET", "/", FROM_APP).cors() == ALLOWED
    assert ask(nginx.port, "OPTIONS", "/", PREFLIGHT).status == 204
    assert ask(nginx.port, "OPTIONS", "/", DENIED).status == 403
    assert ask(nginx.port, "GET", "/", FROM_EVIL).status == 403
    assert application.methods() == ["GET"]


def test_index(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("index")
    nginx = serve(f"root {tmp_path}; location = / {{ {POLICY} }} location / {{ {OTHER} }}")
    response = ask(nginx.port, "GET", "/", FROM_APP)
    assert (response.body, response.cors()) == (b"index", ALLOWED)


def test_accel_redirect(serve: Serve, behind: Behind, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("file")
    application = behind(lambda _: Answer(200, [
        ("X-Accel-Redirect", "/inside/file"), ("Access-Control-Allow-Origin", "*")]))
    nginx = serve(f"""
        location / {{ {POLICY} proxy_pass {application.url}; }}
        location /inside/ {{ internal; {OTHER} alias {tmp_path}/; }}""")
    response = ask(nginx.port, "GET", "/", FROM_APP)
    assert (response.body, response.cors()) == (b"file", ALLOWED)
    assert ask(nginx.port, "GET", "/", FROM_EVIL).cors() == {}


def test_redirect_after_post(serve: Serve, behind: Behind) -> None:
    """error_page makes a GET of a POST, not of what the client asked."""
    application = behind(lambda _: Answer(500))
    nginx = serve(f"""
        {POLICY}
        error_page 500 /page;
        location = /page {{ return 200 "$request_method $cors_kind $cors_reason"; }}
        location / {{ proxy_intercept_errors on; proxy_pass {application.url}; }}""")
    response = ask(nginx.port, "POST", "/", FROM_APP, b"x")
    assert (response.status, response.body) == (500, b"GET actual allowed")
    assert response.cors() == ALLOWED


def test_refused_early_and_error_page(serve: Serve, tmp_path: Path) -> None:
    """A body too large is refused before any place of the module's; its error page has a policy."""
    (tmp_path / "page").write_text("page")
    nginx = serve(f"""
        {POLICY}
        root {tmp_path};
        error_page 413 /page;
        location /api/ {{ client_max_body_size 1; }}""")
    response = ask(nginx.port, "POST", "/api/", FROM_APP, b"xx")
    assert (response.status, response.body) == (413, b"page")
    assert response.cors() == ALLOWED


def test_loop_of_redirects(serve: Serve) -> None:
    nginx = serve(POLICY + "location / { rewrite ^ /x last; }")
    response = ask(nginx.port, "GET", "/", FROM_APP)
    assert (response.status, response.cors()) == (500, ALLOWED)
