# SPDX-License-Identifier: MIT
"""`cors check` where there is no answer, over TLS, HTTP/2 and proxies, and with cookies set."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broken.broken_cases import BY_NAME
from tests.broken.broken_server import BrokenServer, ClosingServer, server_context
from tests.support.certificates import Authority, Pair
from tests.broken.check_command import (ALLOWED, BLOCKED, NETWORK, USAGE, Judged, check,
                                        check_case, check_json)
from tests.support.application import Answer, Application, Seen
from tests.support.nginx_server import NginxServer
from tests.support.started import free_port

PAGE = "https://localhost:3000"


@pytest.fixture(scope="session")
def localhost(authority: Authority) -> Pair:
    return authority.sign("localhost", "DNS:localhost", "IP:127.0.0.1")


@pytest.fixture(scope="session")
def tls_server(localhost: Pair) -> Iterator[BrokenServer]:
    with BrokenServer(server_context(localhost.certificate, localhost.key)) as server:
        yield server


def assert_no_answer(code: int, judged: Judged, outcome: str) -> None:
    assert (code, judged["verdict"], judged["code"]) == (NETWORK, "unknown", "network-failure")
    assert judged["exchange"][-1]["failure"] == outcome
    assert judged["exchange"][-1]["status"] is None
    assert judged["snippet"] is None, "no header mends that"


def test_closed_connection() -> None:
    with ClosingServer() as server:
        assert_no_answer(*check_json(f"http://127.0.0.1:{server.port}/"), "closed")


def test_closed_port() -> None:
    assert_no_answer(*check_json(f"http://127.0.0.1:{free_port()}/"), "connect")


def test_unknown_host() -> None:
    """A name that no resolver is asked for: it is too long for one."""
    code, judged = check_json(f"http://{'a' * 64}.invalid/")
    assert_no_answer(code, judged, "dns")


def test_silent_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:  # the kernel takes the connection
        port = listening.getsockname()[1]
        code, judged = check_json(f"http://127.0.0.1:{port}/", "--timeout", "0.2")
        assert_no_answer(code, judged, "timeout")


def test_certificate_of_an_unknown_authority(tls_server: BrokenServer) -> None:
    code, judged = check_case(tls_server, BY_NAME["right"])
    assert_no_answer(code, judged, "certificate")
    assert "certificate" in judged["cause"]


def test_certificate_for_another_name(tls_server: BrokenServer, authority: Authority) -> None:
    port = tls_server.api.port
    code, judged = check_json(f"https://api.example:{port}/right", "--resolve",
                              f"api.example:{port}:127.0.0.1", "--cacert",
                              str(authority.certificate))
    assert (code, judged["verdict"]) == (NETWORK, "unknown")
    assert "certificate" in judged["cause"]


@pytest.mark.parametrize("name", ["right", "right-put", "right-redirect-away", "no-headers",
                                  "preflight-redirect-308", "no-origin-500", "star-credentials"])
def test_the_same_over_tls(tls_server: BrokenServer, authority: Authority, name: str) -> None:
    case = BY_NAME[name]
    code, judged = check_case(tls_server, case, "--send", "--cacert", str(authority.certificate))
    assert judged["code"] == case.code, judged["cause"]
    assert code == (ALLOWED if case.allowed else BLOCKED)


def test_plain_http_where_tls_is_spoken(tls_server: BrokenServer) -> None:
    code, judged = check_json(f"http://127.0.0.1:{tls_server.api.port}/right")
    assert (code, judged["verdict"]) == (NETWORK, "unknown")


NGINX_TLS = """
        ssl_certificate %(certificate)s;
        ssl_certificate_key %(key)s;
"""


def tls_nginx(folder: Path, pair: Pair, server: str, port: int) -> str:
    """A server block with TLS and HTTP/2 beside the one that NginxServer writes."""
    return f"""
    log_format versions '$request_method $server_protocol $status';
    server {{
        listen 127.0.0.1:{port} ssl http2;
        access_log {folder}/versions.log versions;
        {NGINX_TLS % {"certificate": pair.certificate, "key": pair.key}}
        {server}
    }}
"""


def test_http2(tmp_path: Path, localhost: Pair, authority: Authority) -> None:
    port = free_port()
    with NginxServer(tmp_path, "", tls_nginx(tmp_path, localhost, """
            cors_allow_origins https://localhost:3000;
            cors_allow_methods PUT;
            location / { return 200 fine; }""", port)):
        code, judged = check_json(f"https://localhost:{port}/", "--origin", PAGE, "-X", "PUT",
                                  "--send", "--cacert", str(authority.certificate))
        assert (code, judged["verdict"]) == (ALLOWED, "allowed"), judged["cause"]
    assert (tmp_path / "versions.log").read_text().splitlines() == [
        "OPTIONS HTTP/2.0 200", "PUT HTTP/2.0 200"]


WANTS_CERTIFICATE = """
            cors_allow_origins https://localhost:3000;
            cors_accept_risks loopback-in-production;
            cors_allow_methods PUT;
            cors_allow_credentials on;
            ssl_client_certificate %(authority)s;
            ssl_verify_client %(verify)s;
            %(more)s
            location / { return 200 fine; }
"""


# Has all but preflights bring one.
DEMANDED = """
    map $request_method:$ssl_client_verify $without_certificate {
        default 1;
        ~^OPTIONS: 0;
        ~:SUCCESS$ 0;
    }
"""


def client_nginx(folder: Path, localhost: Pair, authority: Authority, port: int, verify: str,
                 more: str = "") -> NginxServer:
    text = WANTS_CERTIFICATE % {"authority": authority.certificate, "verify": verify, "more": more}
    return NginxServer(folder, "", DEMANDED + tls_nginx(folder, localhost, text, port))


def test_preflight_that_is_asked_for_a_client_certificate(
        tmp_path: Path, localhost: Pair, authority: Authority) -> None:
    client = authority.sign("client")
    port = free_port()
    with client_nginx(tmp_path, localhost, authority, port, "on"):
        code, judged = check_json(
            f"https://localhost:{port}/", "--origin", PAGE, "-X", "PUT", "--credentials", "--send",
            "--cacert", str(authority.certificate), "--cert", str(client.certificate),
            "--key", str(client.key))
    assert (code, judged["verdict"], judged["preflight"]) == (BLOCKED, "blocked", True)
    assert "client certificate" in "\n".join(judged["notes"])
    assert [entry["method"] for entry in judged["exchange"] if not entry["beyond"]] == ["OPTIONS"]


@pytest.mark.parametrize("credentials", [True, False])
def test_request_that_brings_a_client_certificate(
        tmp_path: Path, localhost: Pair, authority: Authority, credentials: bool) -> None:
    client = authority.sign("client")
    port = free_port()
    with client_nginx(tmp_path, localhost, authority, port, "optional",
                      "if ($without_certificate) { return 403; }"):
        code, judged = check_json(
            f"https://localhost:{port}/", "--origin", PAGE, "-X", "PUT", "--send",
            *(["--credentials"] if credentials else []),
            "--cacert", str(authority.certificate), "--cert", str(client.certificate),
            "--key", str(client.key))
    assert (code, judged["verdict"]) == (ALLOWED, "allowed"), judged["cause"]
    assert [entry["status"] for entry in judged["exchange"]] == [200, 200 if credentials else 403]
    assert "client certificate" not in "\n".join(judged["notes"])


def test_proxy(server: BrokenServer) -> None:
    def forward(seen: Seen) -> Answer:
        assert seen.target == "http://api.example/right"
        return Answer(200, [("Access-Control-Allow-Origin", "http://app.example")])
    with Application(forward) as proxy:
        code, judged = check_json("http://api.example/right", "--origin", "http://app.example",
                                  "--proxy", proxy.url)
        assert proxy.methods() == ["GET"]
    assert (code, judged["verdict"]) == (ALLOWED, "allowed"), judged["cause"]


def test_proxy_that_asks_the_preflight_to_log_in() -> None:
    with Application(lambda _: Answer(407, [("Proxy-Authenticate", "Basic realm=p")])) as proxy:
        code, judged = check_json("http://api.example/right", "--origin", "http://app.example",
                                  "-X", "PUT", "--proxy", proxy.url)
    assert code in (BLOCKED, NETWORK)
    assert "407" in "\n".join(judged["notes"])


def test_a_host_that_is_elsewhere(server: BrokenServer) -> None:
    port = server.api.port
    code, judged = check_json(f"http://api.example:{port}/right", "--origin", server.page,
                              "--resolve", f"api.example:{port}:127.0.0.1")
    assert (code, judged["verdict"]) == (ALLOWED, "allowed")
    [seen] = server.seen("right")
    assert seen.values("Host") == [f"api.example:{port}"]


@pytest.mark.parametrize("options, words", [
    (["--origin", "http://localhost/"], "--origin"),
    (["--origin", "localhost"], "--origin"),
    (["--timeout", "0"], "--timeout"),
    (["-H", "no colon"], "-H"),
    (["--browser", "netscape"], "--browser"),
    (["--key", "/nowhere"], "--cert"),
    (["--resolve", "x"], "--resolve"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_usage(server: BrokenServer, options: list[str], words: str) -> None:
    done = check(server.url("right"), *options)
    assert (done.code, done.stdout) == (USAGE, "")
    assert words in done.stderr
    assert server.seen("right") == []


# What a server on another site sets, with what is said of it; "" is nothing. On this machine
# browsers keep Secure cookies without TLS too.
CROSS_SITE_COOKIES = [
    ("a=1", "has no SameSite"),
    ("a=1; SameSite=Lax", "has SameSite=Lax"),
    ("a=1; samesite=STRICT; Secure", "has SameSite=Strict"),
    ("a=1; SameSite=None", "without Secure"),
    ("a=1; SameSite=None; Secure", ""),
]
# What one on the page's own site sets, not over TLS.
SAME_SITE_COOKIES = [
    ("a=1", ""),
    ("a=1; SameSite=Strict", ""),
    ("a=1; Secure", "is Secure, and the URL is not https"),
]


def cookie_notes(page: str, host: str, cookie: str, *options: str) -> list[str]:
    """The notes on an answer of `host` that allows everything and sets a cookie.

    As Firefox does: Chromium asks the visitor before a page calls a server on this machine.
    """
    def answer(_: Seen) -> Answer:
        return Answer(200, [("Access-Control-Allow-Origin", page), ("Vary", "Origin"),
                            ("Access-Control-Allow-Credentials", "true"), ("Set-Cookie", cookie)])
    with Application(answer) as application:
        code, judged = check_json(
            f"http://{host}:{application.port}/", "--origin", page, "--browser", "firefox",
            "--resolve", f"{host}:{application.port}:127.0.0.1", *options)
    assert (code, judged["verdict"]) == (ALLOWED, "allowed"), judged["cause"]
    notes: list[str] = judged["notes"]
    return notes


@pytest.mark.parametrize("cookie, words", CROSS_SITE_COOKIES)
def test_cookies_of_another_site(cookie: str, words: str) -> None:
    notes = cookie_notes("http://localhost:3000", "127.0.0.1", cookie, "--credentials")
    about = [note for note in notes if "cookie a " in note]
    assert bool(about) == bool(words) and all(words in note for note in about), notes
    assert any("third-party" in note for note in notes)


@pytest.mark.parametrize("cookie, words", SAME_SITE_COOKIES)
def test_cookies_of_the_same_site(cookie: str, words: str) -> None:
    notes = cookie_notes("http://app.site.example", "api.site.example", cookie,
                         "--credentials")
    about = [note for note in notes if "cookie a " in note]
    assert bool(about) == bool(words) and all(words in note for note in about), notes
    assert not any("third-party" in note for note in notes)


def test_cookies_without_credentials_are_ignored() -> None:
    notes = cookie_notes("http://app.site.example", "api.other.example", "a=1")
    assert any("ignores" in note for note in notes), notes


def test_cookie_values_are_not_shown() -> None:
    def answer(_: Seen) -> Answer:
        return Answer(200, [("Set-Cookie", "session=correct-horse; Path=/")])
    with Application(answer) as application:
        for options in (["--json"], ["--credentials"], ["--json", "--credentials"]):
            done = check(application.url, "--origin", "http://localhost:3000", *options)
            assert "correct-horse" not in done.stdout + done.stderr
            assert "missing-allow-origin" in done.stdout
