# SPDX-License-Identifier: MIT
"""The files of the page: which, with what lines, and nothing beside them."""

from __future__ import annotations

import gzip
import json

import pytest

from lab_serving import SCRIPT, Lab

LOCAL = "http://localhost:* http://*.localhost:* http://127.0.0.1:*"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; "
    f"frame-src {LOCAL}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

TYPES = [
    ("/", "text/html; charset=utf-8"),
    ("/index.html", "text/html; charset=utf-8"),
    ("/?room=exchange", "text/html; charset=utf-8"),
    ("/source/app.js", "text/javascript; charset=utf-8"),
    ("/source/app.js.gz", "application/gzip"),
    ("/engine.wasm", "application/wasm"),
    ("/empty.css", "text/css; charset=utf-8"),
    ("/unknown.thing", "application/octet-stream"),
    ("/a%20b%25.txt", "text/plain; charset=utf-8"),
    ("/%69ndex.html", "text/html; charset=utf-8"),
]


@pytest.mark.parametrize("target, content_type", TYPES)
def test_types(lab: Lab, target: str, content_type: str) -> None:
    answer = lab.ask("GET", target)
    assert answer.status == 200
    assert answer.values("Content-Type") == [content_type]
    assert answer.values("Cache-Control") == ["no-cache"]


def test_lines_of_the_page(lab: Lab) -> None:
    answer = lab.ask("GET", "/")
    assert answer.body == b"<!doctype html><title>page</title>\n"
    assert answer.values("Content-Security-Policy") == [PAGE_POLICY]
    assert answer.values("X-Content-Type-Options") == ["nosniff"]
    assert answer.values("Referrer-Policy") == ["no-referrer"]
    assert answer.values("Cross-Origin-Opener-Policy") == ["same-origin"]
    assert answer.values("Cross-Origin-Resource-Policy") == ["same-origin"]
    version = json.loads(lab.ask("GET", "/-/info").body)["version"]
    assert answer.values("CORS-Lab") == [version]
    assert answer.cors() == {}
    assert answer.values("Date") == [] and answer.values("Server") == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_page_hosts(lab: Lab, host: str) -> None:
    assert lab.ask("GET", "/", host=f"{host}:{lab.port}").status == 200


@pytest.mark.parametrize("target", ["/", "/index.html", "/source/app.js", "/.hidden", "/frame/x"])
def test_other_hosts_have_no_page(lab: Lab, target: str) -> None:
    answer = lab.ask("GET", target, host=f"api.localhost:{lab.port}")
    assert answer.status == 404
    assert b"The page is at localhost" in answer.body


def test_head(lab: Lab) -> None:
    got = lab.ask("GET", "/source/app.js")
    head = lab.ask("HEAD", "/source/app.js")
    assert (head.status, head.lines, head.body) == (200, got.lines, b"")
    assert head.values("Content-Length") == [str(len(SCRIPT))]


@pytest.mark.parametrize("accepted, compressed", [
    ("gzip", True), ("GZIP", True), ("br, gzip;q=0.5", True), ("deflate,gzip ; q=0.01", True),
    ("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000", False), ("xgzip", False),
    ("*", False), (",,,;;gzip", False)])
def test_compressed(lab: Lab, accepted: str, compressed: bool) -> None:
    answer = lab.ask("GET", "/source/app.js", [("Accept-Encoding", accepted)])
    assert answer.status == 200
    assert answer.values("Vary") == ["Accept-Encoding"]
    assert answer.values("Content-Type") == ["text/javascript; charset=utf-8"]
    assert answer.values("Content-Encoding") == (["gzip"] if compressed else [])
    assert (gzip.decompress(answer.body) if compressed else answer.body) == SCRIPT


def test_nothing_compressed_beside_it(lab: Lab) -> None:
    answer = lab.ask("GET", "/", [("Accept-Encoding", "gzip")])
    assert answer.values("Content-Encoding") == [] and answer.values("Vary") == []


def test_tags(lab: Lab) -> None:
    plain = lab.ask("GET", "/source/app.js").values("ETag")[0]
    packed = lab.ask("GET", "/source/app.js", [("Accept-Encoding", "gzip")]).values("ETag")[0]
    assert plain != packed and plain[0] == plain[-1] == '"'
    for known in (plain, f'"x", {plain}', f"W/{plain}", "*"):
        answer = lab.ask("GET", "/source/app.js", [("If-None-Match", known)])
        assert (answer.status, answer.body) == (304, b""), known
        assert answer.values("ETag") == [plain]
        assert answer.values("Content-Security-Policy") == [PAGE_POLICY]
    for other in (packed, '""', '"x"', "", plain[:-1], plain.strip('"')):
        answer = lab.ask("GET", "/source/app.js", [("If-None-Match", other)])
        assert (answer.status, answer.body) == (200, SCRIPT), other


MISSING = [
    "/none", "/none/index.html", "/source", "/source/", "/frame/", "//", "//index.html",
    "/index.html/", "/./index.html", "/source/../index.html", "/source/%2e%2e/index.html",
    "/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/%2e%2e%2foutside.txt",
    "/....//outside.txt", "/..\\outside.txt", "/%2E%2E/outside.txt", "/source%2fapp.js",
    "/%252e%252e/outside.txt", "/.hidden", "/%2ehidden", "/.git/config", "/source/.secret.js",
    "/link.txt", "/linked/outside.txt", "/linked/page/index.html", "/inner.txt", "/pipe.txt",
    "/index.html%00", "/index.html%00.js", "/%00", "/index.html%", "/index.html%4", "/%zz",
    "/%+1", "/%0a", "/index.htm%6", "/index.html%2f", "/" + "a" * 300, "/" + "a/" * 5000,
    "/" + "%61" * 10000, "/~root", "/etc/passwd", "/\xff", "/%ff", "/C:/x", "/index.html;x",
]


@pytest.mark.parametrize("target", MISSING)
def test_nothing_else_is_a_file(lab: Lab, target: str) -> None:
    for method in ("GET", "HEAD"):
        answer = lab.ask(method, target)
        assert answer.status == 404, answer
        assert b"secret" not in answer.body
        assert answer.values("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "BREW"])
def test_other_methods(lab: Lab, method: str) -> None:
    answer = lab.ask(method, "/", body=b"")
    assert answer.status == 405
    assert answer.values("Allow") == ["GET, HEAD"]


def test_files_that_change(lab: Lab) -> None:
    """What is built anew is served anew, without a start."""
    page = lab.process.args
    assert isinstance(page, list)
    folder = page[page.index("--page") + 1]
    with open(f"{folder}/growing.txt", "w", encoding="utf-8") as file:
        file.write("one")
    first = lab.ask("GET", "/growing.txt")
    with open(f"{folder}/growing.txt", "w", encoding="utf-8") as file:
        file.write("three")
    second = lab.ask("GET", "/growing.txt", [("If-None-Match", first.values("ETag")[0])])
    assert (first.body, second.body) == (b"one", b"three")


LONG = ("a" * 60 + ".") * 4  # with what follows 253 bytes, the most that a name may have


@pytest.mark.parametrize("host", ["localhost", "api.localhost", "a.b.localhost", "127.0.0.1",
                                  f"{LONG}localhost"])
def test_frame(lab: Lab, host: str) -> None:
    authority = f"{host}:{lab.port}"
    for name, content_type in (("frame.html", "text/html"), ("frame.js", "text/javascript")):
        answer = lab.ask("GET", f"/-/{name}", host=authority)
        assert answer.status == 200
        assert answer.values("Content-Type") == [f"{content_type}; charset=utf-8"]
        assert answer.values("Content-Security-Policy") == [
            f"default-src 'none'; script-src 'self' {LOCAL} http://{authority}; style-src *; "
            "img-src * data:; font-src *; connect-src *; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors {LOCAL}"]
        assert answer.values("X-Frame-Options") == []
        assert answer.values("Cross-Origin-Resource-Policy") == []
        assert answer.values("X-Content-Type-Options") == ["nosniff"]
        assert answer.cors() == {}
    assert lab.ask("POST", "/-/frame.html", body=b"", host=authority).status == 405


def test_frame_at_an_ipv6_address(lab: Lab) -> None:
    answer = lab.ask("GET", "/-/frame.html", host=f"[::1]:{lab.port}")
    assert f"script-src 'self' {LOCAL}; style" in answer.values("Content-Security-Policy")[0]


@pytest.mark.parametrize("target", [
    "/-/", "/-", "/-/frame", "/-/frame.css", "/-/frame/frame.html", "/-/../index.html",
    "/-/index.html", "/-/frame.html/", "/-/frame%2ehtml"])
def test_nothing_else_below_the_dash(lab: Lab, target: str) -> None:
    for host in ("localhost", "api.localhost"):
        assert lab.ask("GET", target, host=f"{host}:{lab.port}").status == 404
