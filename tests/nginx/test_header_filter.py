# SPDX-License-Identifier: MIT
"""One owner of the Access-Control-* lines and a whole Vary, on whatever answer there is."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.nginx.conftest import Behind, Serve
from tests.support.application import Answer, Application, Seen
from tests.support.raw_client import Connection, Lines, Response, ask, ask_raw

APP = "https://app.example"
EVIL = "https://evil.example"
FROM_APP: Lines = [("Origin", APP)]
FROM_EVIL: Lines = [("Origin", EVIL)]
FROM_NONE: Lines = []

POLICY = """
    cors_allow_origins https://app.example;
    cors_expose_headers X-Request-Id;
    cors_allow_credentials on;
"""
ALLOWED = {
    "access-control-allow-origin": APP,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "X-Request-Id",
}


def check(port: int, status: int, method: str = "GET", target: str = "/",
          more: Lines | None = None) -> Response:
    """The answer to the allowed origin; the refused one's and that to none are looked at too."""
    for lines in (FROM_EVIL, FROM_NONE):
        response = ask(port, method, target, lines + (more or []))
        assert response.status == status
        assert response.cors() == {}
        assert "origin" in response.vary()
    response = ask(port, method, target, FROM_APP + (more or []))
    assert response.status == status
    assert response.cors() == ALLOWED
    assert "origin" in response.vary()
    return response


@pytest.mark.parametrize("status", [
    200, 201, 202, 203, 204, 205, 207, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403,
    404, 405, 409, 410, 411, 412, 413, 415, 416, 418, 422, 425, 429, 431, 451, 499, 500, 501, 502,
    503, 504, 505, 507, 599])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_status_of_the_application(serve: Serve, behind: Behind, status: int, method: str) -> None:
    def answer(_: Seen) -> Answer:
        location = [("Location", "http://elsewhere.example/")] if 300 < status < 309 else []
        return Answer(status, location)
    application = behind(answer)
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    check(nginx.port, status, method)
    assert application.methods() == [method] * 3


OWN_LINES: list[Lines] = [
    [("Access-Control-Allow-Origin", "*")],
    [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", EVIL)],
    [("access-control-allow-origin", EVIL), ("ACCESS-CONTROL-ALLOW-CREDENTIALS", "true")],
    [("Access-Control-Allow-Methods", "*"), ("Access-Control-Allow-Headers", "*"),
     ("Access-Control-Expose-Headers", "*"), ("Access-Control-Max-Age", "86400"),
     ("Access-Control-Allow-Private-Network", "true")],
    # More lines than one part of nginx's list holds.
    [*[(f"X-{number}", "1") for number in range(60)], ("Access-Control-Allow-Origin", EVIL),
     *[(f"X-{number}", "1") for number in range(60, 90)], ("Access-Control-Allow-Origin", "*")],
]


@pytest.mark.parametrize("lines", OWN_LINES)
@pytest.mark.parametrize("status", [200, 304, 404, 500])
def test_lines_of_the_application(serve: Serve, behind: Behind, lines: Lines, status: int) -> None:
    application = behind(lambda _: Answer(status, lines))
    nginx = serve(POLICY + f"""
        proxy_buffer_size 16k; proxy_buffers 8 16k;
        location / {{ proxy_pass {application.url}; }}""")
    check(nginx.port, status)


def test_lines_of_add_header(serve: Serve, application: Application) -> None:
    nginx = serve(POLICY + f"""
        add_header Access-Control-Allow-Origin * always;
        add_header Access-Control-Allow-Origin $http_origin always;
        add_header Access-Control-Allow-Credentials true always;
        add_header X-Other kept always;
        location / {{ proxy_pass {application.url}; }}
        location = /gone {{ return 410; }}""")
    assert check(nginx.port, 200).values("X-Other") == ["kept"]
    assert check(nginx.port, 410, target="/gone").values("X-Other") == ["kept"]


def test_other_access_control_lines_stay(serve: Serve, behind: Behind) -> None:
    """Only what a policy speaks of is its own."""
    application = behind(lambda _: Answer(200, [("Access-Control-Request-Method", "x")]))
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    response = ask(nginx.port, "GET", "/", FROM_APP)
    assert response.values("Access-Control-Request-Method") == ["x"]


@pytest.mark.parametrize(("sent", "expected"), [
    ([], ["Origin"]),
    (["Accept"], ["Accept", "Origin"]),
    (["Accept, Accept-Language", "Cookie"], ["Accept, Accept-Language", "Cookie", "Origin"]),
    (["Origin"], ["Origin"]),
    (["origin"], ["origin"]),
    (["Accept,ORIGIN , Cookie"], ["Accept,ORIGIN , Cookie"]),
    (["Accept", "Origin"], ["Accept", "Origin"]),
    (["*"], ["*"]),
    (["Accept, *"], ["Accept, *"]),
    (["X-Origin, Origin-X"], ["X-Origin, Origin-X", "Origin"]),
    ([""], ["", "Origin"]),
])
def test_vary(serve: Serve, behind: Behind, sent: list[str], expected: list[str]) -> None:
    application = behind(lambda _: Answer(200, [("Vary", value) for value in sent]))
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    for lines in (FROM_APP, FROM_EVIL, FROM_NONE):
        assert ask(nginx.port, "GET", "/", lines).values("Vary") == expected


def test_vary_on_options(serve: Serve, behind: Behind) -> None:
    application = behind(lambda _: Answer(200, [("Vary", "access-control-request-method")]))
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    response = ask(nginx.port, "OPTIONS", "/")
    assert response.values("Vary") == ["access-control-request-method",
                                       "Access-Control-Request-Headers, Origin"]


def test_vary_of_a_public_policy(serve: Serve, behind: Behind) -> None:
    application = behind(lambda _: Answer(200, [("Vary", "Accept")]))
    nginx = serve(f"cors_allow_origins *; location / {{ proxy_pass {application.url}; }}")
    for origin in (APP, EVIL, "null", "junk", None):
        response = ask(nginx.port, "GET", "/", [("Origin", origin)] if origin else [])
        assert response.values("Vary") == ["Accept"]
        assert response.cors() == {"access-control-allow-origin": "*"}


def test_gzip(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("words " * 1000)
    nginx = serve(POLICY + f"""
        root {tmp_path}; default_type text/plain;
        gzip on; gzip_vary on; gzip_min_length 1; gzip_types text/plain;""")
    plain = check(nginx.port, 200, target="/page.txt")
    packed = check(nginx.port, 200, target="/page.txt", more=[("Accept-Encoding", "gzip")])
    assert packed.values("Content-Encoding") == ["gzip"]
    assert gzip.decompress(packed.body) == plain.body
    assert plain.vary() == packed.vary() == ["accept-encoding", "origin"]


def test_files(serve: Serve, tmp_path: Path) -> None:
    """What nginx makes of a file: conditional requests, ranges, what is not there."""
    (tmp_path / "page.txt").write_text("0123456789")
    nginx = serve(POLICY + f"root {tmp_path};")
    etag = check(nginx.port, 200, target="/page.txt").values("ETag")[0]
    check(nginx.port, 304, target="/page.txt", more=[("If-None-Match", etag)])
    check(nginx.port, 412, target="/page.txt", more=[("If-Match", '"other"')])
    part = check(nginx.port, 206, target="/page.txt", more=[("Range", "bytes=2-4")])
    assert part.body == b"234"
    parts = check(nginx.port, 206, target="/page.txt", more=[("Range", "bytes=0-1,4-5")])
    assert b"45" in parts.body
    check(nginx.port, 416, target="/page.txt", more=[("Range", "bytes=90-")])
    check(nginx.port, 200, method="HEAD", target="/page.txt")
    check(nginx.port, 404, target="/missing")
    check(nginx.port, 405, method="POST", target="/page.txt")
    (tmp_path / "folder").mkdir()
    check(nginx.port, 301, target="/folder")
    check(nginx.port, 403, target="/folder/")


def test_cache(serve: Serve, behind: Behind) -> None:
    """What is stored is the application's answer; each client gets the lines that are its own."""
    stored: Lines = [("Cache-Control", "max-age=600"), ("Vary", "Accept"),
                     ("Access-Control-Allow-Origin", EVIL)]
    application = behind(lambda _: Answer(200, stored))
    nginx = serve(POLICY + f"""
        location / {{
            proxy_cache one; proxy_pass {application.url};
            add_header X-Cache $upstream_cache_status;
        }}""", http="proxy_cache_path cache keys_zone=one:1m;")
    states = []
    for lines, origin in ((FROM_EVIL, None), (FROM_APP, APP), (FROM_NONE, None), (FROM_APP, APP)):
        response = ask(nginx.port, "GET", "/", lines)
        assert response.allowed_origin() == origin
        assert response.vary() == ["accept", "origin"]
        states += response.values("X-Cache")
    assert states == ["MISS", "HIT", "HIT", "HIT"]
    assert application.methods() == ["GET"]


def test_upstream_down(serve: Serve, behind: Behind) -> None:
    gone = behind()
    gone.server.server_close()
    nginx = serve(POLICY + f"location / {{ proxy_pass {gone.url}; }}")
    check(nginx.port, 502)


def test_upstream_talks_nonsense(serve: Serve, behind: Behind) -> None:
    application = behind(lambda _: Answer(200, [("Broken\0", "x")]))
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    check(nginx.port, 502)


def test_subrequests(serve: Serve, tmp_path: Path) -> None:
    """Parts that SSI puts into a page have no header of their own."""
    (tmp_path / "page.html").write_text('<!--#include virtual="/part" -->!')
    (tmp_path / "part").write_text("part")
    nginx = serve(f"""
        root {tmp_path};
        location = /page.html {{ {POLICY} ssi on; }}
        location = /part {{
            cors_allow_origins https://other.example; cors_enforce block;
            add_header Access-Control-Allow-Origin *;
        }}""")
    assert check(nginx.port, 200, target="/page.html").body == b"part!"
    assert ask(nginx.port, "GET", "/page.html", FROM_EVIL).body == b"part!"
    nginx.access_lines(4)
    assert "denied" in nginx.errors()


@pytest.mark.parametrize(("request_head", "status"), [
    (b"GET / HTTP/1.1\r\nOrigin: https://app.example\r\n\r\n", 400),  # no Host
    (b"GET /%zz HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n", 400),
    (b"GET /../.. HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n", 400),
    (b"nonsense\r\n\r\n", 400),
    (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
    (b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
     400),
    (b"POST / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\nContent-Length: 10000000\r\n"
     b"\r\n", 413),
    (b"POST / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\nTransfer-Encoding: x\r\n\r\n",
     501),
    (b"TRACE / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n", 405),
])
def test_refused_before_any_phase(serve: Serve, application: Application, request_head: bytes,
                                  status: int) -> None:
    """What nginx refuses while it reads still has a Vary, and lines for a known allowed origin."""
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    response = ask_raw(nginx.port, request_head)
    assert response.status == status
    assert response.vary() == ["origin"]
    known = b"Origin: " in request_head and status in (413, 501)
    assert response.cors() == ALLOWED if known else response.cors() in ({}, ALLOWED)
    assert application.seen == []


def test_chunked_both_ways(serve: Serve, behind: Behind) -> None:
    application = behind(lambda seen: Answer(200, [], [b"a" * 70000, seen.body, b"z"]))
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    response = ask(nginx.port, "POST", "/", FROM_APP, [b"one", b"two" * 1000])
    assert response.body == b"a" * 70000 + b"one" + b"two" * 1000 + b"z"
    assert response.cors() == ALLOWED


def test_large_bodies(serve: Serve, behind: Behind) -> None:
    """100 MB up and 100 MB down, in order and whole."""
    piece = bytes(range(256)) * 4096
    pieces = 100

    def answer(_: Seen) -> Answer:
        return Answer(200, [], (piece for _ in range(pieces)))
    application = behind(answer)
    nginx = serve(POLICY + "client_max_body_size 0;"
                  f"location / {{ proxy_pass {application.url}; }}")
    response = ask(nginx.port, "PUT", "/", FROM_APP, (piece for _ in range(pieces)))
    assert response.cors() == ALLOWED
    assert response.body == piece * pieces
    assert application.seen[0].body_size == len(piece) * pieces


def test_connections_stay_open(serve: Serve, application: Application) -> None:
    """What the module answers itself, bodies unread or not, leaves the connection usable."""
    nginx = serve(POLICY + f"cors_enforce block; location / {{ proxy_pass {application.url}; }}")
    preflight = [("Origin", APP), ("Access-Control-Request-Method", "GET")]
    refused = [("Origin", EVIL), ("Access-Control-Request-Method", "GET")]
    with Connection(nginx.port) as connection:
        for body in (None, b"", b"x" * 100, b"y" * 100000, [b"x" * 100, b"y" * 50000]):
            assert connection.ask("OPTIONS", "/", preflight, body).status == 204
            assert connection.ask("OPTIONS", "/", refused, body).status == 403
            assert connection.ask("POST", "/", FROM_EVIL, body).status == 403
            assert connection.ask("POST", "/", FROM_APP, body).body == b"hello"
    assert application.methods() == ["POST"] * 5


def test_pipelined(serve: Serve, application: Application) -> None:
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    host = b"HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n"
    with Connection(nginx.port) as connection:
        connection.send(b"OPTIONS / " + host + b"Access-Control-Request-Method: GET\r\n\r\n"
                        b"GET / " + host + b"\r\n"
                        b"OPTIONS / " + host + b"Access-Control-Request-Method: PUT\r\n\r\n")
        assert [connection.receive().status for _ in range(3)] == [204, 200, 403]


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_http_versions(serve: Serve, application: Application, version: bytes) -> None:
    nginx = serve(POLICY + f"location / {{ proxy_pass {application.url}; }}")
    response = ask_raw(nginx.port, b"GET / HTTP/" + version + b"\r\nHost: a\r\nOrigin: "
                       b"https://app.example\r\nConnection: close\r\n\r\n")
    assert (response.status, response.body) == (200, b"hello")
    assert response.cors() == ALLOWED
