# SPDX-License-Identifier: MIT
"""Many requests through a pool to nginx over HTTP/2."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.probe.pool_runs import Done, run_pool
from tests.support.certificates import Authority
from tests.support.https_server import Answer, HttpsServer, Request
from tests.support.nginx_server import NginxServer

SECONDS = 20.0  # far above what an answer takes
STREAMS = 16  # that a pool shares a connection between
LOG = "log_format probes '$connection $host $server_protocol $request_uri';"


class Nginx:
    def __init__(self, nginx: NginxServer, authority: Authority) -> None:
        self.nginx = nginx
        self.options = ["--ca", str(authority.certificate), "--resolve",
                        f"*:{nginx.port}:127.0.0.1"]

    def url(self, host: str, path: str = "/") -> str:
        return f"https://{host}:{self.nginx.port}{path}"

    def seen(self, count: int) -> list[tuple[str, str, str, str]]:
        """Connection, host, protocol and target of each request, once there are that many."""
        lines = [line.split(" ") for line in self.nginx.access_lines(count)]
        return [(connection, host, protocol, target)
                for connection, host, protocol, target in lines]


@contextmanager
def running(folder: Path, server: str, http: str = "") -> Iterator[Nginx]:
    authority = Authority(folder)
    pair = authority.sign("servers", "DNS:*.shop.example")
    logged = f"access_log {folder}/access.log probes;\n{server}"
    with NginxServer(folder, logged, f"{LOG}\n{http}", http2=True, tls=pair) as nginx:
        yield Nginx(nginx, authority)


def all_answered(done: Done, count: int, status: int = 200) -> bool:
    return done.left == 0 and sorted(done.order) == list(range(count)) and all(
        (answer.outcome, answer.status, answer.version) == ("answered", status, "2")
        for answer in done.outcomes.values())


def test_a_host_has_one_connection_for_all(tmp_path: Path) -> None:
    hosts = [f"h{number}.shop.example" for number in range(10)]
    with running(tmp_path, 'return 200 "hello";') as nginx:
        lines = [f"GET\t{nginx.url(host, f'/{number}')}" for number in range(30) for host in hosts]
        done = run_pool(lines, *nginx.options)
        assert all_answered(done, 300)
        seen = nginx.seen(300)
        assert {protocol for _, _, protocol, _ in seen} == {"HTTP/2.0"}
        assert len({connection for connection, *_ in seen}) == 10
        assert Counter(host for _, host, *_ in seen) == dict.fromkeys(hosts, 30)
        assert len({(host, target) for _, host, _, target in seen}) == 300


def test_requests_share_a_connection_at_the_same_time(tmp_path: Path) -> None:
    """The first goes alone; none of the others is answered before all of them are there."""
    meeting = threading.Barrier(STREAMS, timeout=SECONDS)

    def meets(request: Request) -> Answer:
        if request.path != "/first":
            meeting.wait()
        return Answer(204)
    with HttpsServer({"upstream.example": meets}, tmp_path, tls=False) as upstream:
        server = (f"location / {{ proxy_pass http://127.0.0.1:{upstream.port};"
                  " proxy_set_header Host upstream.example; }")
        with running(tmp_path, server) as nginx:
            paths = ["/first", *[f"/{number}" for number in range(2 * STREAMS)]]
            done = run_pool([f"GET\t{nginx.url('api.shop.example', path)}" for path in paths],
                            *nginx.options)
            assert all_answered(done, len(paths), 204)
            assert len({connection for connection, *_ in nginx.seen(len(paths))}) == 1


def test_a_server_that_takes_one_stream_at_a_time(tmp_path: Path) -> None:
    with running(tmp_path, 'http2_max_concurrent_streams 1; return 200 "hello";') as nginx:
        done = run_pool([f"GET\t{nginx.url('api.shop.example')}"] * 60, *nginx.options)
        assert all_answered(done, 60)


def test_a_server_that_ends_connections_after_a_few_requests(tmp_path: Path) -> None:
    """It says so with GOAWAY, while others are under way."""
    with running(tmp_path, 'keepalive_requests 7; return 200 "hello";') as nginx:
        done = run_pool([f"GET\t{nginx.url('api.shop.example', f'/{number}')}"
                         for number in range(100)], *nginx.options)
        assert all_answered(done, 100)
        per_connection = Counter(connection for connection, *_ in nginx.seen(100))
        assert len(per_connection) > 10


def test_one_stream_that_fails_harms_no_other(tmp_path: Path) -> None:
    """nginx resets the streams of /closed, and the others go on over the same connection."""
    server = 'location /closed { return 444; } location / { return 200 "hello"; }'
    with running(tmp_path, server) as nginx:
        paths = ["/", *["/closed" if number % 5 == 0 else f"/{number}" for number in range(40)]]
        done = run_pool([f"GET\t{nginx.url('api.shop.example', path)}" for path in paths],
                        *nginx.options)
        assert done.left == 0
        expected = ["closed" if path == "/closed" else "answered" for path in paths]
        assert [done.of(number) for number in range(len(paths))] == expected


def test_a_server_that_dies(tmp_path: Path) -> None:
    """In the middle of many: those under way end, and those that wait find nobody."""
    victims: list[int] = []

    def kills(request: Request) -> Answer:
        if request.path == "/20":
            for pid in victims:
                os.kill(pid, signal.SIGKILL)
        return Answer(204)
    with HttpsServer({"upstream.example": kills}, tmp_path, tls=False) as upstream:
        server = (f"location / {{ proxy_pass http://127.0.0.1:{upstream.port};"
                  " proxy_set_header Host upstream.example; }")
        with running(tmp_path, server) as nginx:
            victims += [nginx.nginx.process.process.pid, *nginx.nginx.workers()]
            done = run_pool([f"GET\t{nginx.url('api.shop.example', f'/{number}')}"
                             for number in range(60)], *nginx.options)
    assert sorted(done.order) == list(range(60))
    assert done.of(0) == "answered"
    assert done.of(20) in ("closed", "connect")
    assert done.of(59) == "connect"


@pytest.mark.parametrize("lines, outcomes", [
    (5, ["answered"]), (25, ["answered"]), (400, ["too-large", "closed"])])
def test_large_heads(lines: int, outcomes: list[str], tmp_path: Path) -> None:
    """For one that is too large libcurl gives the connection up; what comes later has another."""
    added = "".join(f'add_header X-Large-{n} "{"x" * 3500}";' for n in range(lines))
    with running(tmp_path, f'location /large {{ {added} return 200 "hello"; }}'
                 ' location / { return 200 "hello"; }') as nginx:
        large, small = (f"GET\t{nginx.url('api.shop.example', path)}" for path in ("/large", "/"))
        done = run_pool([small, large, "then", small, small], *nginx.options)
        assert done.left == 0
        assert done.of(1) in outcomes
        assert [done.of(number) for number in (0, 2, 3)] == ["answered"] * 3


def test_bodies_and_methods(tmp_path: Path) -> None:
    with running(tmp_path, 'location / { return 200 "$request_method $content_length"; }') as nginx:
        url = nginx.url("api.shop.example")
        done = run_pool([f"HEAD\t{url}", f"POST\t{url}\t+hello", f"OPTIONS\t{url}",
                         f"PUT\t{url}\t+{'x' * 700}", f"GET\t{url}"], *nginx.options)
        assert all_answered(done, 5)
        sizes = [len(text) for text in ("", "POST 5", "OPTIONS ", "PUT 700", "GET ")]
        assert [done.outcomes[number].total for number in range(5)] == sizes
