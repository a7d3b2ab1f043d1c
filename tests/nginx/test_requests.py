# SPDX-License-Identifier: MIT
"""Requests that are read wrongly by those who look at $http_origin, $uri or the first line only."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.nginx.conftest import Behind, Serve
from tests.support.application import Answer, Application
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import Connection, Lines, ask, ask_raw

APP = "https://app.example"
EVIL = "https://evil.example"

POLICY = """
    cors_allow_origins https://app.example;
    cors_allow_methods PUT;
    cors_allow_headers X-A X-B;
"""


@pytest.mark.parametrize(("lines", "reason"), [
    ([("Origin", APP)], b"allowed"),
    ([("oRiGiN", APP)], b"allowed"),
    ([("Origin", f"\t {APP}\t")], b"allowed"),
    ([("Origin", APP), ("Origin", APP)], b"origin-malformed"),
    ([("Origin", APP), ("Origin", EVIL)], b"origin-malformed"),
    ([("Origin", EVIL), ("Origin", APP)], b"origin-malformed"),
    ([("Origin", f"{APP}, {APP}")], b"origin-malformed"),
    ([("Origin", f"{APP} {EVIL}")], b"origin-malformed"),
    ([("Origin", "")], b"origin-malformed"),
    ([("Origin", "\t")], b"origin-malformed"),
    ([("Origin", f"{APP}\x7f")], b"origin-malformed"),
    ([("Origin", "HTTPS://app.example")], b"origin-malformed"),
    ([("Origin", "https://app.example:443")], b"origin-malformed"),
    ([("Origin", "https://app.example.")], b"origin-not-allowed"),
    ([("Origin", "https://app.example.evil.example")], b"origin-not-allowed"),
    ([("Origin", "http://app.example")], b"origin-not-allowed"),
    ([("Origin", "null")], b"origin-null"),
    ([("Origin-X", APP)], b"no-origin"),
    ([("X-Origin", APP)], b"no-origin"),
    ([("Referer", APP)], b"no-origin"),
])
def test_origin_lines(serve: Serve, lines: Lines, reason: bytes) -> None:
    nginx = serve(POLICY + "return 200 $cors_reason;")
    response = ask(nginx.port, "GET", "/", lines)
    assert response.body == reason
    assert response.allowed_origin() == (APP if reason == b"allowed" else None)
    assert response.vary() == ["origin"]


@pytest.mark.parametrize(("lines", "status"), [
    ([("Access-Control-Request-Method", "PUT")], 204),
    ([("Access-Control-Request-Method", "\tPUT ")], 204),
    ([("access-control-request-method", "PUT")], 204),
    ([("Access-Control-Request-Method", "put")], 403),
    ([("Access-Control-Request-Method", "")], 403),
    ([("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Method", "PUT")], 403),
    ([("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a"),
      ("Access-Control-Request-Headers", "\tx-b,, ,")], 204),
    ([("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a"),
      ("Access-Control-Request-Headers", "x-c")], 403),
    ([("Access-Control-Request-Method", "PUT"),
      *[("Access-Control-Request-Headers", "x-a")] * 300], 403),
])
def test_preflight_lines(serve: Serve, application: Application, lines: Lines,
                         status: int) -> None:
    nginx = serve(POLICY + "large_client_header_buffers 8 32k;"
                  f"location / {{ proxy_pass {application.url}; }}")
    assert ask(nginx.port, "OPTIONS", "/", [("Origin", APP), *lines]).status == status
    assert application.seen == []


@pytest.mark.parametrize("method", ["options", "Options", "OPTIONSX"])
def test_method_is_case_sensitive(serve: Serve, method: str) -> None:
    """What is not OPTIONS is no preflight; nginx itself refuses lower case."""
    nginx = serve(POLICY + "location / { try_files /x =418; }")
    response = ask(nginx.port, method, "/",
                   [("Origin", APP), ("Access-Control-Request-Method", "PUT")])
    assert response.status in (400, 405, 418)
    assert "access-control-allow-methods" not in response.cors()


PATHS = """
policies:
  - {path: /api/*, allow_origins: ["https://app.example"]}
  - {path: /api/open, allow_origins: ["*"]}
  - {path: "/caf\u00e9/*", allow_origins: ["https://evil.example"]}
"""


@pytest.mark.parametrize(("target", "allowed"), [
    ("/api/x", APP),
    ("/api/x?/../open", APP),
    ("/api%2Fx", APP),
    ("/%61pi/x", APP),
    ("/x/../api/x", APP),
    ("/x/%2e%2e/api/x", APP),
    ("/api/open", "*"),
    ("/api/./open", "*"),
    ("/api//open", "*"),
    ("/api/x/..%2Fopen", "*"),
    ("/api/open/", APP),
    ("/api/open%3F", APP),
    ("/api", None),
    ("/api/../x", None),
    ("/api%2F..%2Fx", None),
    ("/API/x", None),
    ("/api%252Fx", None),
    ("/caf%C3%A9/x", None),
    ("http://api.example/api/x", APP),
])
def test_paths(serve: Serve, application: Application, tmp_path: Path, target: str,
               allowed: str | None) -> None:
    """The normalized path chooses the policy, and the target goes on as it came."""
    policy = tmp_path / "cors.yaml"
    policy.write_text(PATHS)
    nginx = serve(f"cors_policy {policy}; location / {{ proxy_pass {application.url}; }}")
    assert ask(nginx.port, "GET", target, [("Origin", APP)]).allowed_origin() == allowed
    sent = target.removeprefix("http://api.example")
    assert [seen.target for seen in application.seen] == [sent]


def test_origin_goes_on(serve: Serve, application: Application) -> None:
    """The application sees what the client sent."""
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    ask(nginx.port, "GET", "/", [("Origin", EVIL)])
    assert application.seen[0].values("Origin") == [EVIL]


def test_origin_is_not_kept_by_pointer(serve: Serve, application: Application) -> None:
    """Between request and answer the header may change; the decision does not."""
    nginx = serve(POLICY + f"""
        location / {{ proxy_set_header Origin ""; proxy_pass {application.url}; }}""")
    assert ask(nginx.port, "GET", "/", [("Origin", APP)]).allowed_origin() == APP
    assert application.seen[0].values("Origin") == []


RECEIVED = re.compile(r"recv \(stream_id=(\d+)\) (:?[^:]+): (.*)")


def ask_http2(nginx: NginxServer, lines: Lines, targets: list[str], body: Path | None = None,
              method: str | None = None) -> list[Lines]:
    """Asks for all targets at once on one connection; each answer's field lines as received."""
    fields = [*lines, *([(":method", method)] if method else [])]
    headers = [f"-H{name}: {value}" for name, value in fields]
    data = ["-d", str(body)] if body else []
    urls = [f"http://127.0.0.1:{nginx.port}{target}" for target in targets]
    done = subprocess.run(["nghttp", "--verbose", "--null-out", "--no-dep", "--timeout=30",
                           *headers, *data, *urls],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    # Colours stand around names and statuses.
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    answers: dict[int, Lines] = {}
    for stream, name, value in RECEIVED.findall(said):
        answers.setdefault(int(stream), []).append((name, value))
    assert len(answers) == len(targets), said
    return [answers[stream] for stream in sorted(answers)]


def cors_lines(answer: Lines) -> Lines:
    return [(name, value) for name, value in answer
            if name in (":status", "vary") or name.startswith("access-control-")]


def test_http2(serve: Serve, behind: Behind, tmp_path: Path) -> None:
    application = behind(lambda _: Answer(200, [("Access-Control-Allow-Origin", "*"),
                                                ("Vary", "Accept")]))
    nginx = serve(POLICY + "cors_enforce block;"
                  f"location / {{ proxy_pass {application.url}; }}", http2=True)
    body = tmp_path / "body"
    body.write_bytes(b"x" * 200_000)
    origin, evil = [("Origin", APP)], [("Origin", EVIL)]
    ask_put: Lines = [("Access-Control-Request-Method", "PUT")]
    readable = [(":status", "200"), ("vary", "Accept"), ("access-control-allow-origin", APP),
                ("vary", "Origin")]
    refused = [(":status", "403"), ("vary", "Origin")]
    vary_all = ("vary", "Access-Control-Request-Method, Access-Control-Request-Headers, Origin")
    for data, method in ((None, "GET"), (body, "POST")):
        assert [cors_lines(answer) for answer in
                ask_http2(nginx, origin, ["/"], data, method)] == [readable]
        assert [cors_lines(answer) for answer in
                ask_http2(nginx, evil, ["/"], data, method)] == [refused]
        [preflight] = ask_http2(nginx, [*origin, *ask_put], ["/"], data, "OPTIONS")
        assert cors_lines(preflight) == [
            (":status", "204"), ("access-control-allow-origin", APP),
            ("access-control-allow-methods", "PUT"), ("access-control-allow-headers", "X-A, X-B"),
            vary_all]
        [preflight] = ask_http2(nginx, [*evil, *ask_put], ["/"], data, "OPTIONS")
        assert cors_lines(preflight) == [(":status", "403"), vary_all]
    assert application.methods() == ["GET", "POST"]


def test_http2_own_origin(serve: Serve, application: Application) -> None:
    """HTTP/2 has :authority where HTTP/1.1 has Host."""
    nginx = serve(POLICY + "cors_enforce block;"
                  f"location / {{ proxy_pass {application.url}; }}", http2=True)
    own = f"http://127.0.0.1:{nginx.port}"
    [answer] = ask_http2(nginx, [("Origin", own)], ["/"])
    assert (":status", "200") in answer
    [answer] = ask_http2(nginx, [("Origin", "http://127.0.0.2")], ["/"])
    assert (":status", "403") in answer


def test_many_streams(serve: Serve, application: Application, tmp_path: Path) -> None:
    """Requests that come together on one HTTP/2 connection do not mix."""
    policy = tmp_path / "cors.yaml"
    policy.write_text(f"policies: [{{path: /a/*, allow_origins: ['{APP}']}}, "
                      f"{{path: /b/*, allow_origins: ['{EVIL}']}}]")
    nginx = serve(f"cors_policy {policy}; location / {{ proxy_pass {application.url}; }}",
                  http2=True)
    targets = [f"/{'abc'[number % 3]}/{number}" for number in range(60)]
    for target, answer in zip(targets, ask_http2(nginx, [("Origin", APP)], targets)):
        origins = [value for name, value in answer if name == "access-control-allow-origin"]
        assert origins == ([APP] if target.startswith("/a/") else [])
        assert (("vary", "Origin") in answer) == (not target.startswith("/c/"))


WEBSOCKET = (b"GET /chat HTTP/1.1\r\nHost: api.example\r\nConnection: Upgrade\r\n"
             b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: %b\r\n\r\n")


def test_websocket(serve: Serve, behind: Behind) -> None:
    upgraded: Lines = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    application = behind(lambda _: Answer(101, upgraded))
    nginx = serve(POLICY + f"""
        cors_enforce block;
        location / {{
            proxy_set_header Connection $http_connection; proxy_set_header Upgrade $http_upgrade;
            proxy_pass {application.url};
        }}""")
    assert ask_raw(nginx.port, WEBSOCKET % EVIL.encode()).status == 403
    assert application.seen == []
    with Connection(nginx.port) as connection:
        connection.send(WEBSOCKET % APP.encode())
        response = connection.receive()
        assert (response.status, response.allowed_origin()) == (101, APP)
        for message in (b"one", b"two" * 50000):
            connection.send(message)
            assert connection.take(len(message)) == message
