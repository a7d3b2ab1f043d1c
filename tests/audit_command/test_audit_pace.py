# SPDX-License-Identifier: MIT
"""What a server is spared: dead ones, overloaded ones, ones that break off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from audited_hosts import after, audit_json, only, refuses, trusts_anybody, trusts_nobody
from tests.support.https_server import (Answer, Behaviour, HttpsServer, Raw, Request, reset,
                                        silence)
from tests.support.started import free_port

HOST = "api.shop-one.com"


@contextmanager
def serving(behave: Behaviour | Raw, folder: Path, **more: Any) -> Iterator[HttpsServer]:
    with HttpsServer({HOST: behave}, folder, **more) as server:
        yield server


def judge(server: HttpsServer, folder: Path, *options: str) -> dict[str, Any]:
    target, = audit_json(server, folder, server.url(HOST), *options)
    return target


def asked(requests: list[Request]) -> list[tuple[str, str | None]]:
    return [(request.method, request.first("Origin")) for request in requests]


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with serving(trusts_nobody, tmp_path) as server:
        gone = f"https://localhost:{free_port()}/"
        target, = audit_json(server, tmp_path, gone)
    assert (target["outcome"], target["reason"]) == ("inconclusive", "connect")
    assert target["requests"] == 1 and target["findings"] == []


def test_a_proxy_that_is_not_there(tmp_path: Path) -> None:
    with serving(trusts_nobody, tmp_path) as server:
        target = judge(server, tmp_path, "--proxy", f"http://127.0.0.1:{free_port()}")
        assert not server.seen(HOST)
    assert target["outcome"] == "inconclusive" and target["reason"] in ("proxy", "connect")
    assert target["requests"] == 1


def test_a_name_without_address(tmp_path: Path) -> None:
    with serving(trusts_nobody, tmp_path) as server:
        target, = audit_json(server, tmp_path, "https://no-such-host.invalid/")
    assert (target["outcome"], target["reason"], target["requests"]) == ("inconclusive", "dns", 1)


def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    with serving(trusts_nobody, tmp_path, untrusted=[HOST]) as server:
        target = judge(server, tmp_path)
        assert server.connections_taken == 1 and not server.seen(HOST)
    assert (target["outcome"], target["reason"], target["requests"]) == ("inconclusive", "tls", 1)


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    with serving(Raw(silence), tmp_path) as server:
        target = judge(server, tmp_path, "--timeout", "0.3")
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("inconclusive", "timeout")
    assert target["requests"] == len(seen) == 2 and asked(seen)[0] == asked(seen)[1]


def test_a_server_that_falls_silent(tmp_path: Path) -> None:
    """It is not waited for again and again."""
    def behave(request: Request, connection: Any) -> None:
        if request.number > 1:
            silence(request, connection)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with serving(Raw(behave), tmp_path) as server:
        target = judge(server, tmp_path, "--timeout", "0.3")
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("inconclusive", "timeout")
    assert 2 <= len(seen) <= target["requests"] <= 10


def test_what_breaks_off_is_tried_once_more(tmp_path: Path) -> None:
    broken = {2, 5}

    def behave(request: Request, connection: Any) -> None:
        if request.number in broken:
            reset(request, connection)
        else:
            answer = trusts_nobody(request)
            head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
            connection.sendall(f"HTTP/1.1 {answer.status} X\r\n{head}Connection: close\r\n"
                               f"Content-Length: {len(answer.body)}\r\n\r\n".encode()
                               + (answer.body if request.method != "HEAD" else b""))
    with serving(Raw(behave), tmp_path) as server:
        target = judge(server, tmp_path)
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("clean", None)
    assert target["requests"] == len(seen) <= 16 + len(broken)
    once = asked([each for each in seen if each.number not in broken])
    assert all(call in once for call in asked([seen[number - 1] for number in broken]))


def test_a_server_that_always_breaks_off(tmp_path: Path) -> None:
    with serving(Raw(reset), tmp_path) as server:
        target = judge(server, tmp_path)
        assert target["requests"] == len(server.seen(HOST)) <= 40
    assert (target["outcome"], target["reason"]) == ("inconclusive", "closed")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", ["0", "1", "Thu, 01 Jan 2026 00:00:01 GMT"])
def test_a_server_that_wants_patience(tmp_path: Path, status: int, wait: str) -> None:
    date = ("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
    tired = refuses(status, ("Retry-After", wait), date)
    with serving(only({3, 7}, tired, trusts_nobody), tmp_path) as server:
        target = judge(server, tmp_path)
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("clean", None)
    assert target["requests"] == len(seen)
    assert all(seen.count(each) == 1 for each in seen)
    repeated = [asked([seen[number - 1]])[0] for number in (3, 7)]
    answered = asked([each for each in seen if each.number not in (3, 7)])
    assert len(answered) == len(set(answered)) or len(answered) <= 16
    assert all(call in answered for call in repeated)


def test_a_server_that_says_no_more_than_too_many(tmp_path: Path) -> None:
    """Without Retry-After it is waited for, too."""
    with serving(only({2}, refuses(429), trusts_nobody), tmp_path) as server:
        target = judge(server, tmp_path)
        assert target["requests"] == len(server.seen(HOST))
    assert (target["outcome"], target["reason"]) == ("clean", None)


@pytest.mark.parametrize("wait", ["31", "3600", "99999999999999999999",
                                  "Fri, 01 Jan 2027 00:00:00 GMT"])
def test_a_server_that_wants_too_much_patience(tmp_path: Path, wait: str) -> None:
    tired = refuses(429, ("Retry-After", wait), ("Date", "Thu, 31 Dec 2026 23:00:00 GMT"))
    with serving(after(3, trusts_nobody, tired), tmp_path) as server:
        target = judge(server, tmp_path)
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("inconclusive", "429")
    assert "seconds" in target["detail"]
    # What was under way already when the first refusal came, and nothing after it.
    assert target["requests"] == len(seen) <= 19


def test_a_server_that_stays_tired(tmp_path: Path) -> None:
    """Three waits, with a single request after each."""
    tired = refuses(429, ("Retry-After", "0"))
    with serving(tired, tmp_path) as server:
        target = judge(server, tmp_path)
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("inconclusive", "429")
    assert target["requests"] == len(seen) == 4
    assert len(set(asked(seen))) == 1


def test_findings_before_a_server_tires_are_kept(tmp_path: Path) -> None:
    tired = refuses(429, ("Retry-After", "3600"))
    with serving(after(3, trusts_anybody, tired), tmp_path) as server:
        target = judge(server, tmp_path)
    assert (target["outcome"], target["reason"]) == ("findings", "429")
    assert target["findings"][0]["severity"] in ("high", "critical")


def test_a_busy_server_is_no_tired_one(tmp_path: Path) -> None:
    """503 without Retry-After is an answer like any other."""
    with serving(lambda _: Answer(503), tmp_path) as server:
        target = judge(server, tmp_path)
        seen = server.seen(HOST)
    assert (target["outcome"], target["reason"]) == ("inconclusive", "server-error")
    assert target["requests"] == len(seen) <= 16


def test_the_rate_of_a_host_and_of_all(tmp_path: Path) -> None:
    """A limit changes the pace, and nothing else."""
    with serving(trusts_nobody, tmp_path) as server:
        fast = judge(server, tmp_path)
        slow = judge(server, tmp_path, "--rate", "200", "--rate-all", "100.5",
                     "--concurrency", "1")
        assert len(server.seen(HOST)) == fast["requests"] + slow["requests"]
    assert {**fast, "requests": 0} == {**slow, "requests": 0}
