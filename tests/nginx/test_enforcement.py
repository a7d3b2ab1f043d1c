# SPDX-License-Identifier: MIT
"""cors_enforce: what is cross-origin and not allowed does not reach the application."""

from __future__ import annotations

import pytest

from tests.nginx.conftest import Serve
from tests.support.application import Application
from tests.support.raw_client import Lines, ask

APP = "https://app.example"
EVIL = "https://evil.example"

POLICY = "cors_allow_origins https://app.example;"

# Field lines beside Host: api.example, and the reason that is logged.
PASSES: list[tuple[Lines, str]] = [
    ([], "no-origin"),
    ([("Sec-Fetch-Site", "cross-site")], "no-origin"),
    ([("Origin", APP)], "allowed"),
    ([("Origin", APP), ("Sec-Fetch-Site", "cross-site")], "allowed"),
    ([("Origin", EVIL), ("Sec-Fetch-Site", "same-origin")], "same-origin"),
    ([("Origin", "null"), ("Sec-Fetch-Site", "none")], "same-origin"),
    ([("Origin", "https://api.example")], "same-origin"),
    ([("Origin", "http://api.example")], "same-origin"),
]
BLOCKED: list[tuple[Lines, str]] = [
    ([("Origin", EVIL)], "origin-not-allowed"),
    ([("Origin", "null")], "origin-null"),
    ([("Origin", "")], "origin-malformed"),
    ([("Origin", APP), ("Origin", APP)], "origin-malformed"),
    ([("Origin", EVIL), ("Sec-Fetch-Site", "same-site")], "origin-not-allowed"),
    ([("Origin", EVIL), ("Sec-Fetch-Site", "cross-site")], "origin-not-allowed"),
    ([("Origin", "https://api.example"), ("Sec-Fetch-Site", "cross-site")], "origin-not-allowed"),
    ([("Origin", "https://api.example:8443")], "origin-not-allowed"),
    ([("Origin", "https://api.example.evil.example")], "origin-not-allowed"),
]


@pytest.mark.parametrize("mode", ["off", "report", "block"])
@pytest.mark.parametrize(("lines", "reason", "blocked"), [
    *[(lines, reason, False) for lines, reason in PASSES],
    *[(lines, reason, True) for lines, reason in BLOCKED]])
def test_modes(serve: Serve, application: Application, mode: str, lines: Lines, reason: str,
               blocked: bool) -> None:
    nginx = serve(f"""
        {POLICY} cors_enforce {mode};
        location / {{ proxy_pass {application.url}; }}
        location = /status {{ cors off; access_log off; cors_status; }}""")
    response = ask(nginx.port, "POST", "/", lines, b"amount=1")
    stopped = blocked and mode == "block"
    assert response.status == (403 if stopped else 200)
    assert application.methods() == ([] if stopped else ["POST"])
    assert (reason.encode() in response.body) == stopped
    assert response.vary() == ["origin"]
    verdict = {"no-origin": "", "allowed": "true"}.get(reason, "false")
    kind = "no-origin" if reason == "no-origin" else "actual"
    status = 403 if stopped else 200
    assert nginx.access_lines(1) == [
        f"POST / {status} [{kind}] [{verdict}] [{reason}]"]
    counted = ask(nginx.port, "GET", "/status").body.decode().splitlines()
    assert f'cors_requests_total{{kind="{kind}",reason="{reason}"}} 1' in counted
    for name in ("block", "report"):
        count = 1 if blocked and mode == name else 0
        assert f'cors_blocked_total{{mode="{name}"}} {count}' in counted
    said = {"off": "denied", "report": "would block", "block": "blocked"}[mode]
    assert (f"cors: {said}" in nginx.errors() or "denied: " in nginx.errors()) == blocked


@pytest.mark.parametrize(("origin", "status"), [
    ("https://api.example", 200), ("http://api.example", 403), ("https://api.example:444", 403),
    ("https://inside.example", 403), (APP, 200)])
def test_own_origin(serve: Serve, application: Application, origin: str, status: int) -> None:
    """Behind a TLS terminator nginx sees http and another Host; clients see https."""
    nginx = serve(f"""
        {POLICY} cors_enforce block; cors_own_origin https://api.example;
        location / {{ proxy_pass {application.url}; }}""")
    response = ask(nginx.port, "POST", "/", [("Origin", origin)], b"x", host="inside.example")
    assert response.status == status


def test_same_origin_needs_no_entry(serve: Serve, application: Application) -> None:
    """It is let in, and gets no lines: no browser asks for them."""
    nginx = serve(f"{POLICY} cors_enforce block; location / {{ proxy_pass {application.url}; }}")
    response = ask(nginx.port, "POST", "/", [("Origin", "https://api.example")], b"x")
    assert (response.status, response.cors(), response.vary()) == (200, {}, ["origin"])


def test_two_hosts(serve: Serve, application: Application) -> None:
    """nginx itself refuses two Host lines: nobody chooses the one that matches."""
    nginx = serve(f"{POLICY} cors_enforce block; location / {{ proxy_pass {application.url}; }}")
    lines = [("Host", "evil.example"), ("Origin", EVIL)]
    assert ask(nginx.port, "POST", "/", lines, b"x").status == 400
    assert application.seen == []


def test_redirects_count_once(serve: Serve, application: Application) -> None:
    """A request that goes through the access phase three times is one request."""
    nginx = serve(f"""
        {POLICY} cors_enforce report;
        error_page 404 /two;
        location = /one {{ return 404; }}
        location = /two {{ try_files /nothing @three; }}
        location @three {{ proxy_pass {application.url}; }}
        location = /status {{ cors off; cors_status; }}""")
    response = ask(nginx.port, "GET", "/one", [("Origin", EVIL)])
    assert (response.status, response.body) == (404, b"hello")
    counted = ask(nginx.port, "GET", "/status").body.decode()
    assert 'cors_blocked_total{mode="report"} 1\n' in counted
    assert 'cors_requests_total{kind="actual",reason="origin-not-allowed"} 1\n' in counted
    assert nginx.errors().count("would block") == 1


def test_stricter_on_the_way(serve: Serve, application: Application) -> None:
    """A place that blocks blocks what another led to it, an error's page included."""
    nginx = serve(f"""
        {POLICY}
        error_page 404 = @application;
        location /files {{ cors_enforce off; try_files /nothing @application; }}
        location /error {{ cors_enforce report; return 404; }}
        location /strict {{ cors_enforce block; return 404; }}
        location @application {{ cors_enforce block; proxy_pass {application.url}; }}""")
    for target in ("/files", "/error", "/strict"):
        assert ask(nginx.port, "POST", target, [("Origin", EVIL)], b"x").status == 403
    assert application.seen == []
    assert ask(nginx.port, "POST", "/files", [("Origin", APP)], b"x").status == 200


def test_page_of_an_error_without_policy(serve: Serve, application: Application) -> None:
    """Where the first place blocks, no redirect leads around it."""
    nginx = serve(f"""
        error_page 404 = @application;
        location / {{ {POLICY} cors_enforce block; return 404; }}
        location @application {{ cors off; proxy_pass {application.url}; }}""")
    assert ask(nginx.port, "POST", "/", [("Origin", EVIL)], b"x").status == 403
    assert application.seen == []
