# SPDX-License-Identifier: MIT
"""Many requests through a pool, to real servers over HTTP/1.1: what is sent, and in which order."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.probe.pool_runs import at, fnv, run_pool
from tests.support.https_server import Answer, HttpsServer, Request

SECONDS = 20.0  # far above what an answer takes
BODIES = {size: bytes(i * 7 % 251 for i in range(size)) for size in (0, 1, 4096, 4097, 300_000)}


def greets(request: Request) -> Answer:
    return Answer(200, [("Vary", "Origin")], b"hello " + request.host.encode())


def sized(request: Request) -> Answer:
    return Answer(200, [], BODIES[int(request.query)])


class Meeting:
    """Answers only once as many requests are there as are expected, and counts them."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size, timeout=SECONDS)
        self.lock = threading.Lock()
        self.inside = 0
        self.most = 0

    def __call__(self, _: Request) -> Answer:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.barrier.wait()
        with self.lock:
            self.inside -= 1
        return Answer(204)


def names(count: int) -> list[str]:
    return [f"h{number}.shop.example" for number in range(count)]


def test_nothing_is_lost_and_each_host_has_one_connection(tmp_path: Path) -> None:
    hosts = names(20)
    with HttpsServer({host: greets for host in hosts}, tmp_path) as server:
        lines = [f"GET\t{server.url(host, f'/{number}')}" for number in range(10) for host in hosts]
        done = run_pool(lines, *at(server))
        assert sorted(done.order) == list(range(200))
        assert done.left == 0
        for number in range(200):
            answer = done.outcomes[number]
            body = b"hello " + hosts[number % 20].encode()
            assert (answer.outcome, answer.status, answer.version) == ("answered", 200, "1.1")
            assert (answer.total, answer.digest) == (len(body), fnv(body))
        assert server.connections_taken == 20
        for host in hosts:
            assert [request.target for request in server.seen(host)] == [f"/{n}" for n in range(10)]


def test_each_address_may_be_named(tmp_path: Path) -> None:
    hosts = names(12)
    with HttpsServer({host: greets for host in hosts}, tmp_path) as server:
        named = [part for host in hosts
                 for part in ("--resolve", f"{host}:{server.port}:127.0.0.1")]
        done = run_pool([f"GET\t{server.url(host)}" for host in hosts * 3],
                        "--ca", str(server.ca_file), *named)
        assert {answer.status for answer in done.outcomes.values()} == {200}
        assert len(done.outcomes) == 36


@pytest.mark.parametrize("connections", [1, 4])
def test_no_more_connections_than_allowed(connections: int, tmp_path: Path) -> None:
    meeting = Meeting(connections)
    hosts = names(32)
    with HttpsServer({host: meeting for host in hosts}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url(host)}" for host in hosts], *at(server),
                        "--connections", str(connections))
        assert [answer.status for answer in done.outcomes.values()] == [204] * 32
        assert meeting.most == connections
        assert server.connections_taken == 32


def test_a_host_is_done_with_before_its_connection_makes_room(tmp_path: Path) -> None:
    """But for a few: which connection was used last, libcurl tells by the millisecond only."""
    hosts = names(16)
    with HttpsServer({host: greets for host in hosts}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url(host)}" for host in hosts * 8], *at(server),
                        "--connections", "3")
        assert len(done.outcomes) == 128
        assert server.connections_taken < 32


def test_hosts_do_not_wait_for_one_another(tmp_path: Path) -> None:
    meeting = Meeting(24)
    hosts = names(24)
    with HttpsServer({host: meeting for host in hosts}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url(host)}" for host in hosts], *at(server))
        assert [answer.status for answer in done.outcomes.values()] == [204] * 24


def test_digest_and_size_are_of_the_whole_body(tmp_path: Path) -> None:
    with HttpsServer({"api.example": sized}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url('api.example', f'/?{size}')}" for size in BODIES],
                        *at(server))
        for number, (size, body) in enumerate(BODIES.items()):
            answer = done.outcomes[number]
            assert (answer.kept, answer.total) == (min(size, 4096), size)
            assert answer.digest == fnv(body)


def test_the_lines_are_sent_as_they_are_and_no_others(tmp_path: Path) -> None:
    with HttpsServer({"api.example": greets}, tmp_path) as server:
        url = server.url("api.example", "/a/../b%2e?q=%zz")
        done = run_pool([f"GET\t{url}\tx-b:1\tX-A: 2\tX-B:3\tX-Empty:\tOrigin:null"], *at(server))
        assert done.of(0) == "answered"
        request = server.seen("api.example")[0]
        assert request.target == "/a/../b%2e?q=%zz"
        assert request.headers == [
            ("Host", f"api.example:{server.port}"), ("x-b", "1"), ("X-A", "2"), ("X-B", "3"),
            ("X-Empty", ""), ("Origin", "null")]


def test_one_request_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    with HttpsServer({"api.example": greets}, tmp_path) as server:
        url = server.url("api.example")
        done = run_pool([f"PUT\t{url}\tContent-Type:text/plain\t+hello", f"GET\t{url}",
                         f"POST\t{url}\t+", f"HEAD\t{url}", f"DELETE\t{url}", f"GET\t{url}"],
                        *at(server))
        seen = server.seen("api.example")
        assert [request.method for request in seen] == ["PUT", "GET", "POST", "HEAD", "DELETE",
                                                        "GET"]
        assert [request.body for request in seen] == [b"hello", b"", b"", b"", b"", b""]
        lengths = [request.first("Content-Length") for request in seen]
        assert lengths == ["5", None, "0", None, None, None]
        assert [request.first("Content-Type") for request in seen] == ["text/plain", *[None] * 5]
        assert done.outcomes[3].total == 0
        assert done.outcomes[5].total > 0
        assert server.connections_taken == 1


def test_redirects_are_answers(tmp_path: Path) -> None:
    def moved(request: Request) -> Answer:
        return Answer(302, [("Location", f"https://{request.first('Host')}/elsewhere")])
    with HttpsServer({"api.example": moved}, tmp_path) as server:
        done = run_pool([f"GET\t{server.url('api.example')}"], *at(server))
        assert done.outcomes[0].status == 302
        assert len(server.seen("api.example")) == 1


def test_a_held_host_waits_and_the_others_do_not(tmp_path: Path) -> None:
    with HttpsServer({"slow.example": greets, "api.example": greets}, tmp_path) as server:
        held = server.url("slow.example")
        done = run_pool([f"hold 2000 {held}", f"hold 1 {held}", f"GET\t{held}/a",
                         *[f"GET\t{server.url('api.example')}"] * 20], *at(server))
        assert done.order[-1] == 0
        assert len(done.outcomes) == 21


def test_each_host_has_a_rate(tmp_path: Path) -> None:
    hosts = names(5)
    with HttpsServer({host: greets for host in hosts}, tmp_path) as server:
        lines = [f"GET\t{server.url(host)}" for host in [*hosts, hosts[0].upper()]]
        done = run_pool(lines, *at(server), "--rate-host", "0.001", "--leave", "1")
        assert sorted(done.order) == [0, 1, 2, 3, 4]
        assert done.left == 1


def test_all_hosts_together_have_a_rate(tmp_path: Path) -> None:
    hosts = names(5)
    with HttpsServer({host: greets for host in hosts}, tmp_path) as server:
        lines = [f"GET\t{server.url(host)}" for host in hosts]
        done = run_pool(lines, *at(server), "--rate-all", "0.001", "--leave", "4")
        assert done.order == [0]
        assert done.left == 4


def test_memory_is_that_of_what_is_under_way(tmp_path: Path) -> None:
    """Each host with a connection of its own, and each answer with a body and a large head."""
    def large(_: Request) -> Answer:
        return Answer(200, [("X-Large", "x" * 8000)], b"y" * 20_000)
    peaks = []
    with HttpsServer({"*.shop.example": large}, tmp_path, tls=False) as server:
        for batches in (5, 80):
            lines: list[str] = []
            for batch in range(batches):
                lines += [f"GET\thttp://h{batch}-{number}.shop.example:{server.port}/"
                          for number in range(25)] + ["then"]
            done = run_pool(lines, "--resolve", f"*:{server.port}:127.0.0.1",
                            "--connections", "8")
            assert [answer.total for answer in done.outcomes.values()] == [20_000] * 25 * batches
            peaks.append(done.peak_kib)
    assert peaks[1] < peaks[0] + 1024


def test_a_proxy_is_no_bottleneck(tmp_path: Path) -> None:
    meeting = Meeting(6)
    hosts = names(6)
    with HttpsServer({host: meeting for host in hosts}, tmp_path, tls=False) as proxy:
        done = run_pool([f"GET\thttp://{host}/" for host in hosts],
                        "--proxy", f"http://127.0.0.1:{proxy.port}")
        assert [answer.status for answer in done.outcomes.values()] == [204] * 6
