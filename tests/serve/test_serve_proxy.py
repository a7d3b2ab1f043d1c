# SPDX-License-Identifier: MIT
"""What reaches the upstream, and what comes back."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.serve.recording_upstream import RecordingUpstream
from tests.serve.serving import LISTED, POLICY, Answer, connect, gateway, read_head, run_serve
from tests.support.certificates import Pair

TWO_POLICIES = f"""\
policies:
  - path: /public/*
    allow_origins: ["*"]
  - path: /admin/*
    allow_origins: ["{LISTED}"]
"""


def recorded(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer
    found = json.loads(answer.body)
    assert isinstance(found, dict)
    return found


def headers_of(answer: Answer) -> dict[str, str]:
    pairs = [line.split(": ", 1) for line in recorded(answer)["headers"]]
    assert len({name.lower() for name, _ in pairs}) == len(pairs), "no header comes twice"
    return {name.lower(): value for name, value in pairs}


TARGETS = [
    "/", "/api/x", "/api/x?", "/api/x?a=b&c=%20%2F", "/api/x?a?b", "/api/a%2Fb", "/api/a%2fb",
    "/api/a%20b", "/api/%61", "/api/a/../b", "/api/a/./b", "/api/%2e%2e/api/x", "/api/a//b",
    "/api//", "/api/a;b=c/d", "/api/~a!$&'()*+,;=:@", "/api/%E2%82%AC", "/api/\xe2\x82\xac",
    "/api/a%25b", "/api/%252e%252e/b", "/api/a\\b", "/api/a%5Cb", "/api/[a]{b}|c^`",
    "/api/?next=https://x.example/../y", "/api/x?a#b",
]


@pytest.mark.parametrize("target", TARGETS)
def test_target_arrives_byte_for_byte(
        tmp_path: Path, upstream: RecordingUpstream, target: str) -> None:
    with gateway(tmp_path, "--upstream", upstream.url,
                 policy=POLICY.replace("/api/*", "/*")) as served:
        line = recorded(served.ask(target))["request"]
        assert line == f"GET {target} HTTP/1.1"


AMBIGUOUS = [
    "/public/../admin/x", "/public/%2e%2e/admin/x", "/public/..%2fadmin/x", "/public/..%2Fadmin/x",
    "/public%2f../admin/x", "/public/..%5cadmin/x", "/public/..\\admin/x", "//admin/x",
    "/./admin/x", "/admin%2fx", "/public/%252e%252e/admin/x", "/public/%2e./admin/x",
    "/x/../admin/x?a=b",
]
UNAMBIGUOUS = [
    "/public/a%2fb", "/public/a/../b", "/public/a//b", "/public/a?x=/../admin/", "/admin/a%2Eb",
    "/elsewhere/../x", "/public/a%252fb", "/%70ublic/x",
]


@pytest.mark.parametrize("target", AMBIGUOUS)
def test_ambiguous_target_is_refused(
        tmp_path: Path, upstream: RecordingUpstream, target: str) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=TWO_POLICIES) as served:
        assert served.ask(target, LISTED).status == 400
        preflight = served.ask(target, LISTED, "OPTIONS", ("Access-Control-Request-Method: PUT",))
        assert preflight.status == 400
        served.wait_until_said("400: servers read this path in different ways")


@pytest.mark.parametrize("target", UNAMBIGUOUS)
def test_unambiguous_target_arrives(
        tmp_path: Path, upstream: RecordingUpstream, target: str) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=TWO_POLICIES) as served:
        assert recorded(served.ask(target, LISTED))["request"] == f"GET {target} HTTP/1.1"


def test_decoded_path_has_its_policy(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, policy=TWO_POLICIES) as served:
        answer = served.ask("/%70ublic/x", "https://anyone.example")
        assert answer.header("Access-Control-Allow-Origin") == "*"


def test_headers_that_the_upstream_gets(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        answer = served.ask("/api/x", LISTED, headers=(
            "X-Own: 1", "under_score: 2", "Accept-Encoding: gzip", "Cookie: a=b"))
        got = headers_of(answer)
        assert got["x-own"] == "1"
        assert got["under_score"] == "2"
        assert got["accept-encoding"] == "gzip"
        assert got["cookie"] == "a=b"
        assert got["origin"] == LISTED
        assert got["host"] == "gateway.test", "an upstream given by address gets the client's Host"
        assert got["x-forwarded-host"] == "gateway.test"
        assert got["x-forwarded-proto"] == "http"
        assert got["x-forwarded-for"] == "127.0.0.1"
        assert answer.header("Server") == "recording", "the upstream's own headers stay"


def test_client_without_a_host(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        with connect(served.port) as connection:
            connection.sendall(b"GET /api/x HTTP/1.0\r\n\r\n")
            head, body = read_head(connection)
            while piece := connection.recv(65536):
                body += piece
        assert f"Host: 127.0.0.1:{upstream.port}" in json.loads(body)["headers"]


def test_body_streams(tmp_path: Path, upstream: RecordingUpstream) -> None:
    size = 20_000_000
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        answer = served.ask("/api/x", LISTED, "POST", body=b"x" * size)
        assert recorded(answer)["body"] == size
        assert answer.header("Access-Control-Allow-Origin") == LISTED


def test_chunked_body(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        with connect(served.port) as connection:
            connection.sendall(
                b"POST /api/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
            head, body = read_head(connection)
            while piece := connection.recv(65536):
                body += piece
        assert json.loads(body)["body"] == 7


def upgrade(connection: socket.socket, origin: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall((
        "GET /api/socket HTTP/1.1\r\nHost: gateway.test\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Origin: {origin}\r\n\r\n").encode())
    return read_head(connection)[0]


def test_websocket(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        with connect(served.port) as connection:
            assert upgrade(connection, LISTED).startswith(b"HTTP/1.1 101 ")
            for message in (b"\x81\x85abcdefghi", b"\x00\xff" * 5000):
                connection.sendall(message)
                got = b""
                while len(got) < len(message):
                    got += connection.recv(65536)
                assert got == message


def test_websocket_of_a_stranger_is_blocked(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url, "--enforce", "block") as served:
        with connect(served.port) as connection:
            assert upgrade(connection, "https://evil.example").startswith(b"HTTP/1.1 403 ")
        with connect(served.port) as connection:
            assert upgrade(connection, LISTED).startswith(b"HTTP/1.1 101 ")


def test_other_upgrades_stay_http(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        got = headers_of(served.ask("/api/x", headers=("Upgrade: h2c", "HTTP2-Settings: AA")))
        assert "upgrade" not in got
        assert got["connection"] == "close"


def test_enforce(tmp_path: Path, upstream: RecordingUpstream) -> None:
    stranger = "https://evil.example"
    for word, status in (("off", 200), ("report", 200), ("block", 403)):
        (tmp_path / word).mkdir()
        with gateway(tmp_path / word, "--upstream", upstream.url, "--enforce", word) as served:
            assert served.ask("/api/x", stranger, "POST").status == status
            assert served.ask("/api/x", LISTED, "POST").status == 200
            assert served.ask("/api/x", None, "POST").status == 200
            said = {"off": "denied 200", "report": "denied, would be blocked 200",
                    "block": "blocked 403"}[word]
            served.wait_until_said(f"{stranger}  {said}: origin-not-allowed")


def test_upstream_with_a_path(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", f"{upstream.url}/v1/") as served:
        assert recorded(served.ask("/api/a%2Fb?c=d"))["request"] == "GET /v1/api/a%2Fb?c=d HTTP/1.1"
        assert recorded(served.ask("/?x"))["request"] == "GET /v1/?x HTTP/1.1"
        assert served.ask("/x/..%2f..%2fy").status == 400
        assert served.ask("/x/../y").status == 400, "it could leave /v1"


def test_redirects_lead_to_the_gateway(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--upstream", upstream.url) as served:
        for to, expected in (("/y", "/y"), ("https://other.example/y", "https://other.example/y"),
                             (f"{upstream.url}/y", "/y")):
            answer = served.ask(f"/api/redirect?to={to}", LISTED)
            assert answer.status == 302
            assert answer.header("Location") == expected
            assert answer.header("Access-Control-Allow-Origin") == LISTED


def test_tls(tmp_path: Path, upstream: RecordingUpstream,
             localhost_certificate: Pair) -> None:
    with gateway(tmp_path, "--upstream", upstream.url,
                 "--tls-cert", str(localhost_certificate.certificate),
                 "--tls-key", str(localhost_certificate.key)) as served:
        assert f"cors serve: https://127.0.0.1:{served.port}/ serves" in served.said()
        answer = served.ask_tls("/api/x", localhost_certificate.certificate)
        assert answer.header("Access-Control-Allow-Origin") == LISTED
        assert headers_of(answer)["x-forwarded-proto"] == "https"


def test_tls_upstream_on_this_machine(
        tmp_path: Path, localhost_certificate: Pair) -> None:
    with RecordingUpstream(localhost_certificate.certificate,
                           localhost_certificate.key) as upstream:
        with gateway(tmp_path, "--upstream", upstream.url) as served:
            assert recorded(served.ask("/api/x"))["request"] == "GET /api/x HTTP/1.1"


def test_http_2(tmp_path: Path, upstream: RecordingUpstream,
                localhost_certificate: Pair) -> None:
    with gateway(tmp_path, "--upstream", upstream.url,
                 "--tls-cert", str(localhost_certificate.certificate),
                 "--tls-key", str(localhost_certificate.key)) as served:
        got = subprocess.run(
            ["curl", "-sS", "-i", "--http2", "--cacert", str(localhost_certificate.certificate),
             "-H", f"Origin: {LISTED}", f"https://localhost:{served.port}/api/a%2Fb"],
            capture_output=True, text=True, check=True).stdout
        assert got.startswith("HTTP/2 200 ")
        assert f"access-control-allow-origin: {LISTED}\n" in got
        assert '"request": "GET /api/a%2Fb HTTP/1.1"' in got


def test_named_upstream_is_asked_by_its_name_and_verified(tmp_path: Path) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    printed = run_serve(tmp_path, "--policy", "cors.yaml", "--print-config",
                        "--upstream", "https://api.example.com:8443/v1").stdout
    for line in ('server "api.example.com:8443"', 'proxy_set_header Host "api.example.com:8443";',
                 'proxy_ssl_name "api.example.com";', "proxy_ssl_server_name on;",
                 "proxy_ssl_verify on;"):
        assert line in printed


SITE = {
    "index.html": ("text/html", "<!DOCTYPE html><title>page</title>"),
    "app.mjs": ("text/javascript", "export const a = 1;"),
    "app.js": ("text/javascript", "1;"),
    "style.css": ("text/css", "a {}"),
    "data.json": ("application/json", "{}"),
    "font.woff2": ("font/woff2", "x"),
    "image.svg": ("image/svg+xml", "<svg/>"),
    "module.wasm": ("application/wasm", "x"),
    "unknown.xyz": ("application/octet-stream", "x"),
}


def make_site(folder: Path) -> Path:
    site = folder / "site with spaces"
    (site / "sub").mkdir(parents=True)
    for name, (_, text) in SITE.items():
        (site / name).write_text(text)
    (site / "sub" / "index.html").write_text("sub")
    (site / ".env").write_text("secret")
    (folder / "outside.txt").write_text("outside")
    return site


def test_mount_folder_and_api(tmp_path: Path, upstream: RecordingUpstream) -> None:
    site = make_site(tmp_path)
    with gateway(tmp_path, "--mount", f"/={site}", "--mount", f"/api={upstream.url}/v1",
                 "--mount", f"/docs/={site}/sub") as served:
        for name, (kind, text) in SITE.items():
            answer = served.ask(f"/{name}")
            assert (answer.status, answer.body.decode()) == (200, text)
            assert answer.header("Content-Type") == kind
        assert served.ask("/").body.decode() == SITE["index.html"][1]
        assert served.ask("/docs/").body == b"sub"
        for path, to in (("/docs?a=b", "/docs/?a=b"), ("/sub", "/sub/")):
            moved = served.ask(path)
            assert (moved.status, moved.header("Location")) == (301, to)
        assert served.ask("/none").status == 404
        answer = served.ask("/api/todos?a=%2F", f"http://127.0.0.1:{served.port}")
        assert recorded(answer)["request"] == "GET /v1/todos?a=%2F HTTP/1.1"
        assert headers_of(answer)["x-forwarded-prefix"] == "/api"


@pytest.mark.parametrize("target", [
    "/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/sub/..%2f..%2foutside.txt",
    "/docs/../../outside.txt", "/docs/..%2f..%2foutside.txt", "/docs../index.html", "/.env",
    "/sub/../.env", "/%2eenv",
])
def test_mounted_folder_shows_nothing_else(tmp_path: Path, target: str) -> None:
    site = make_site(tmp_path)
    with gateway(tmp_path, "--mount", f"/={site}", "--mount", f"/docs={site}/sub") as served:
        answer = served.ask(target)
        assert answer.status in (400, 404)
        assert b"outside" not in answer.body and b"secret" not in answer.body


@pytest.mark.parametrize(("target", "arrives"), [
    ("/api", "/v1/"), ("/api?a=b", "/v1/?a=b"), ("/api/", "/v1/"), ("/api/a%2Fb", "/v1/a%2Fb"),
    ("/api/a//b", "/v1/a//b"), ("/api/a%252fb", "/v1/a%252fb"), ("/%61pi/x?y", "/v1/x?y"),
    ("/api/a?b=/../c", "/v1/a?b=/../c"), ("/api/..a", "/v1/..a"), ("/api/a\\b", "/v1/a\\b"),
])
def test_mounted_api_gets_the_rest_byte_for_byte(
        tmp_path: Path, upstream: RecordingUpstream, target: str, arrives: str) -> None:
    policy = POLICY.replace("/api/*", "/*")
    with gateway(tmp_path, "--mount", f"/api={upstream.url}/v1", policy=policy) as served:
        assert recorded(served.ask(target))["request"] == f"GET {arrives} HTTP/1.1"


@pytest.mark.parametrize("target", [
    "/x/../api/y", "//api/y", "/api%2fy", "/./api/y", "/api/../api/y", "/api/%2e%2e/api/y",
    "/api/..%2fapi/y", "/api/a/..", "/api/..\\api/y", "/api/..%5c..%5cx",
])
def test_mounted_api_cannot_be_left(
        tmp_path: Path, upstream: RecordingUpstream, target: str) -> None:
    policy = POLICY.replace("/api/*", "/*")
    with gateway(tmp_path, "--mount", f"/api={upstream.url}/v1", policy=policy) as served:
        assert served.ask(target).status == 400


def test_mounted_api_redirects_stay_below_it(
        tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--mount", f"/api={upstream.url}/v1") as served:
        for to, expected in (("/v1/y", "/api/y"), ("http://gateway.test/v1/y", "/api/y"),
                             (f"{upstream.url}/v1/y", "/api/y"), ("y", "y")):
            assert served.ask(f"/api/redirect?to={to}").header("Location") == expected


def test_path_that_nothing_is_mounted_on(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--mount", f"/api={upstream.url}") as served:
        assert served.ask("/apix").status == 404
        assert served.ask("/").status == 404


def test_prefix_is_no_pattern(tmp_path: Path, upstream: RecordingUpstream) -> None:
    with gateway(tmp_path, "--mount", f"/a.b(c)*+={upstream.url}",
                 policy=POLICY.replace("/api/*", "/*")) as served:
        assert recorded(served.ask("/a.b(c)*+/x"))["request"] == "GET /x HTTP/1.1"
        assert served.ask("/axb(c)*+/x").status == 404


def test_print_config(tmp_path: Path, upstream: RecordingUpstream) -> None:
    (tmp_path / "cors.yaml").write_text(POLICY)
    ended = run_serve(tmp_path, "--policy", "cors.yaml", "--upstream", upstream.url,
                      "--listen", "127.0.0.1:0", "--enforce", "report", "--print-config",
                      environment={"TMPDIR": str(tmp_path)})
    assert ended.returncode == 0
    for line in (f'cors_policy "{tmp_path}/cors.yaml" "production";', "cors_enforce report;",
                 "cors_strict_path on;", "listen 127.0.0.1:"):
        assert line in ended.stdout
    assert ended.stderr == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cors.yaml"]
