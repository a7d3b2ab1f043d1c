# SPDX-License-Identifier: MIT
"""Browser over sockets: TLS, names, connections that fail, and what is on the wire."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from libcors.browser import Blocked, Browser

from tests.support.application import Answer, Application, Seen
from tests.support.https_server import Answer as TlsAnswer
from tests.support.https_server import HttpsServer, Request
from tests.support.started import free_port

PAGE = "https://app.example"
ALLOW = ("Access-Control-Allow-Origin", "*")
PUBLIC = "203.0.113.1"


def echo(seen: Seen) -> Answer:
    text = "".join(f"{name}: {value}\n" for name, value in seen.lines)
    return Answer(lines=[ALLOW], body=f"{seen.method} {seen.target}\n{text}".encode() + seen.body)


@pytest.fixture(scope="module")
def server() -> Iterator[Application]:
    with Application(echo) as started:
        yield started


@contextmanager
def answering(*pieces: bytes) -> Iterator[str]:
    """A server that reads one request, sends these bytes and closes the connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            while b"\r\n\r\n" not in connection.recv(1 << 16):
                pass
            for piece in pieces:
                connection.sendall(piece)
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        thread.join()
        listening.close()


def blocked(browser: Browser, url: str) -> Blocked:
    with pytest.raises(Blocked) as caught:
        browser.fetch(url)
    return caught.value


def test_what_is_on_the_wire(server: Application) -> None:
    text = Browser(PAGE).fetch(f"{server.url}/a%20b?c=%C3%A9", method="POST", body="é").text()
    first, *lines = text.split("\n")
    assert first == "POST /a%20b?c=%C3%A9" and lines.pop() == "é"
    assert dict(line.split(": ", 1) for line in lines if "User-Agent" not in line) == {
        "Host": f"127.0.0.1:{server.port}", "Accept": "*/*", "Origin": PAGE,
        "Content-Type": "text/plain;charset=UTF-8", "Content-Length": "2"}


@pytest.mark.parametrize("target", ["/?", "/x?", "/a//b", "/a/../b", "/%2F", "/a;b?c=d&e", "/#x"])
def test_targets(server: Application, target: str) -> None:
    wanted = {"/a/../b": "/b", "/#x": "/"}.get(target, target)
    assert Browser(PAGE).fetch(server.url + target).text().startswith(f"GET {wanted}\n")


def test_relative_targets(server: Application) -> None:
    inside = Browser("https://app.example", hosts={"app.example": server.url})
    assert inside.fetch("/x").url == "https://app.example/x"
    assert Browser(PAGE, base_url=f"{server.url}/v1/").fetch("x").url == f"{server.url}/v1/x"
    assert Browser(PAGE).fetch(f"{server.url}/v1/", "x?y").url == f"{server.url}/v1/x?y"


def test_hosts(server: Application) -> None:
    """By origin before by name before by *; Host is the one that was asked for."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    browser = Browser(PAGE, hosts={"https://api.test": server.url, "api.test": nowhere,
                                   "http://[::1]:8080": server.url, "other.test": server.url,
                                   "*": nowhere})
    assert "Host: api.test\n" in browser.fetch("https://api.test/").text()
    assert "Host: [::1]:8080\n" in browser.fetch("http://[::1]:8080/").text()
    assert "Host: other.test:444\n" in browser.fetch("https://other.test:444/").text()
    for url in ("https://api.test:8443/", "https://unknown.test/"):
        assert "ConnectionRefusedError" in str(blocked(browser, url))
    with pytest.raises(ValueError, match="must be at a URL"):
        Browser(PAGE, hosts={"api.test": "127.0.0.1:80"})


def test_names_below_localhost_are_this_machine(server: Application) -> None:
    url = f"http://deep.api.localhost:{server.port}/"
    assert f"Host: deep.api.localhost:{server.port}" in Browser(PAGE).fetch(url).text()


def test_tls(tmp_path: Path) -> None:
    def greet(request: Request) -> TlsAnswer:
        return TlsAnswer(200, [ALLOW], f"hello {request.host}".encode())
    with HttpsServer({"api.localhost": greet, "api.example": greet}, tmp_path) as server:
        trusting = ssl.create_default_context(cafile=str(server.ca_file))
        place = f"https://127.0.0.1:{server.port}"
        browser = Browser(PAGE, ssl_context=trusting, hosts={"*": place})
        assert browser.fetch("https://api.example/").text() == "hello api.example"
        assert Browser(PAGE, ssl_context=trusting).fetch(
            server.url("api.localhost")).text().startswith("hello api.localhost")
        assert "certificate" in str(blocked(browser, "https://wrong.example/"))
        assert "certificate" in str(blocked(Browser(PAGE), server.url("api.localhost")))


def test_no_answers() -> None:
    nobody = blocked(Browser(PAGE), f"http://127.0.0.1:{free_port()}/")
    assert nobody.code == "network-failure" and isinstance(nobody.__cause__, ConnectionRefusedError)
    assert nobody.exchanges[0].response is None and "✗ no answer" in str(nobody)
    with answering() as url:
        assert "RemoteDisconnected" in str(blocked(Browser(PAGE), url))
    with answering(b"SSH-2.0-OpenSSH_9.2\r\n") as url:
        assert "BadStatusLine" in str(blocked(Browser(PAGE), url))
    too_long = blocked(Browser(PAGE), f"http://{'a' * 64}.test/")
    assert too_long.code == "network-failure"


def test_timeouts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        late = blocked(Browser(PAGE, timeout=0.05), url)
    assert late.code == "network-failure" and isinstance(late.__cause__, TimeoutError)


def test_bodies_cut_short_are_read_as_far_as_they_came() -> None:
    head = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 9\r\n\r\n"
    with answering(head, b"hel") as url:
        assert Browser(PAGE).fetch(url).text() == "hel"


def test_early_hints_are_no_answer() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nhi"
    with answering(hints, hints, head) as url:
        assert Browser(PAGE).fetch(url).text() == "hi"


def test_nothing_is_sent_where_browsers_refuse(server: Application) -> None:
    before = len(server.seen)
    hosts = {"*": server.url}
    for url in ("http://api.test/", "https://api.test:25/", "https://[", "https://a:b@api.test/"):
        failed = blocked(Browser(PAGE, hosts=hosts), url)
        assert failed.exchanges == () and str(failed).startswith(failed.code)
    assert len(server.seen) == before


@pytest.mark.parametrize("name,page_address,code", [
    ("chromium", "127.0.0.1", None), ("chromium", PUBLIC, "local-network-denied"),
    ("chromium", None, "local-network-denied"), ("firefox", PUBLIC, None),
    ("standard", PUBLIC, None)])
def test_local_servers_are_open_unless_asked(server: Application, name: str,
                                             page_address: str | None, code: str | None) -> None:
    browser = Browser(PAGE, name, page_address=page_address)
    if code is None:
        assert browser.fetch(f"{server.url}/").ok
    else:
        assert blocked(browser, f"{server.url}/").code == code


def test_local_network_access_goes_by_the_real_address(server: Application) -> None:
    """A name that leads to this machine does not hide it; `hosts` makes a server another."""
    url = f"http://api.localhost:{server.port}/"
    assert blocked(Browser(PAGE, "chromium", page_address=PUBLIC), url).code == (
        "local-network-denied")
    there = Browser(PAGE, "chromium", page_address=PUBLIC, hosts={"api.example": server.url})
    assert there.fetch("https://api.example/").ok


def test_exchanges_tell_all(server: Application) -> None:
    browser = Browser(PAGE, hosts={"*": server.url})
    with pytest.raises(Blocked) as caught:
        browser.fetch("https://api.test/x", method="PUT", headers={"X-A": "1"})
    (exchange,) = caught.value.exchanges
    assert exchange.kind == "preflight" and exchange.request.method == "OPTIONS"
    assert [(why.why, why.what) for why in exchange.whys] == [("method", "PUT"), ("header", "x-a")]
    assert exchange.response is not None and exchange.response.header("access-control-allow-origin")
    assert caught.value.code == "method-not-allowed" and browser.exchanges == [exchange]


def test_secrets_are_not_drawn(server: Application) -> None:
    browser = Browser(PAGE, hosts={"*": server.url},
                      cookies={"https://api.test": "sid=hush; Secure; SameSite=None"})
    with pytest.raises(Blocked) as caught:
        browser.fetch("https://api.test/", credentials="include")
    assert "Cookie: (hidden)" in str(caught.value) and "hush" not in str(caught.value)


def test_strangers_text_does_not_reach_the_terminal() -> None:
    head = b"HTTP/1.1 200 \x1b[31mOK\r\nAccess-Control-Allow-Origin: https://\x1b[2Jx\r\n\r\n"
    with answering(head) as url:
        assert "\x1b" not in str(blocked(Browser(PAGE), url))
