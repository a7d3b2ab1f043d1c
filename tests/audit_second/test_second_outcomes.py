# SPDX-License-Identifier: MIT
"""Clean, findings, or inconclusive with its reason; and the exit status of each."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit_second.second_answers import ORIGIN, allows_any, allows_own, always
from tests.audit_second.second_api import Api
from tests.audit_second.second_behaviour import Call, Reply, Server
from tests.audit_second.second_stage import playing
from tests.support.cors_command import COMMAND, Finished, run_cors
from tests.support.https_server import (
    Audited, HttpsServer, Raw, Request, reset, run_audit, silence)
from tests.support.started import free_port

PATH = "/v1/items"
CHALLENGE = (b"<html><title>Just a moment...</title><h1>Attention Required! | Cloudflare</h1>"
             b"<p>Sorry, you have been blocked. Ray ID: 8c1d</p></html>")


def waf(_: Call) -> Reply:
    return Reply(403, [("Server", "cloudflare"), ("CF-Ray", "8c1d-FRA"),
                       ("Content-Type", "text/html")], CHALLENGE)


def waf_of_origins(call: Call) -> Reply:
    """Turns away what carries an Origin, with the page of a firewall."""
    return waf(call) if call.origin else Api(allows_own)(call)


def wants_token(_: Call) -> Reply:
    return Reply(401, [("WWW-Authenticate", "Bearer realm=api")], b"{}")


def wants_session(call: Call) -> Reply:
    if call.path == PATH:
        return Reply(302, [("Location", "/login?next=/v1/items")])
    return Reply(200, [("Content-Type", "text/html")],
                 b"<form method=post><input type=password name=password></form>")


def wants_sign_on(_: Call) -> Reply:
    return Reply(302, [("Location", "https://login.elsewhere.io/authorize?client=1")])


def limited(_: Call) -> Reply:
    return Reply(429, [("Retry-After", "3600")])


def broken(_: Call) -> Reply:
    return Reply(500, [], b"oops")


class LimitedAfter:
    """Takes so many requests, and no more."""

    def __init__(self, count: int, server: Server) -> None:
        self.left = count
        self.server = server

    def __call__(self, call: Call) -> Reply:
        self.left -= 1
        return self.server(call) if self.left >= 0 else limited(call)


class LimitedOnce:
    """Asks for a second's rest before the fourth request."""

    def __init__(self) -> None:
        self.requests = 0

    def __call__(self, call: Call) -> Reply:
        self.requests += 1
        if self.requests == 4:
            return Reply(429, [("Retry-After", "1")])
        return Api(allows_own)(call)


def at_random(_: Request, connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


HOSTS: dict[str, Any] = {
    "clean.io": playing(Api(lambda origin: False)),
    "reflecting.io": playing(Api(allows_any)),
    "public.io": playing(always((ORIGIN, "*"))),
    "untrusted.io": playing(Api(allows_any)),
    "silent.io": Raw(silence),
    "resetting.io": Raw(reset),
    "ssh.io": Raw(at_random),
    "limiting.io": playing(limited),
    "waf.io": playing(waf),
    "waf-of-origins.io": playing(waf_of_origins),
    "token.io": playing(wants_token),
    "session.io": playing(wants_session),
    "sign-on.io": playing(wants_sign_on),
    "broken.io": playing(broken),
    "login.elsewhere.io": playing(Api(allows_any)),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    with HttpsServer(HOSTS, tmp_path_factory.mktemp("outcomes"), untrusted=["untrusted.io"]) as it:
        yield it


def audited(server: HttpsServer, *hosts: str, options: tuple[str, ...] = ()) -> Audited:
    return run_audit(COMMAND, server, [server.url(host, PATH) for host in hosts], "--timeout", "2",
                     *options)


@pytest.mark.parametrize(("host", "reasons"), [
    ("silent.io", "timeout"),
    ("untrusted.io", "tls"),
    ("limiting.io", "429"),
    ("waf.io", "waf"),
    ("waf-of-origins.io", "waf"),
    ("token.io", "login"),
    ("session.io", "login"),
    ("sign-on.io", "login redirect"),
    ("resetting.io", "closed connect"),
    ("ssh.io", "not-http closed"),
    ("broken.io", "server-error"),
])
def test_is_inconclusive_and_says_why(host: str, reasons: str, server: HttpsServer) -> None:
    done = audited(server, host)
    target = done.targets[0]
    assert (target["outcome"], target["findings"]) == ("inconclusive", []), target
    assert target["reason"] in reasons.split(), target
    assert target["detail"]
    assert done.code == 3


def test_nothing_listens(server: HttpsServer, tmp_path: Path) -> None:
    done = run_cors(["audit", f"https://127.0.0.1:{free_port()}/", "--json"], tmp_path)
    target = json.loads(done.stdout)["targets"][0]
    assert (target["outcome"], target["reason"]) == ("inconclusive", "connect")
    assert done.code == 3


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
def test_a_limit_reached_is_not_clean(count: int, tmp_path: Path) -> None:
    """Half an answer is none: what was not tried may be allowed."""
    limited_server = LimitedAfter(count, Api(allows_own))
    with HttpsServer({"api.io": playing(limited_server)}, tmp_path) as server:
        target = audited(server, "api.io").targets[0]
    assert (target["outcome"], target["reason"]) == ("inconclusive", "429"), target


def test_waits_when_it_is_asked_to(tmp_path: Path) -> None:
    with HttpsServer({"api.northwind.com": playing(LimitedOnce())}, tmp_path) as server:
        done = audited(server, "api.northwind.com")
    assert done.targets[0]["outcome"] == "clean", done.targets[0]
    assert done.code == 0


def test_exit_statuses(server: HttpsServer) -> None:
    assert audited(server, "clean.io").code == 0
    assert audited(server, "public.io").code == 0  # info alone
    assert audited(server, "reflecting.io").code == 1
    assert audited(server, "clean.io", "token.io").code == 3
    assert audited(server, "token.io", "reflecting.io", "clean.io").code == 1
    assert audited(server, "public.io", "limiting.io").code == 3


def test_targets_keep_their_order(server: HttpsServer) -> None:
    hosts = ["token.io", "reflecting.io", "clean.io", "public.io"]
    done = audited(server, *hosts)
    assert [target["url"] for target in done.targets] == [
        server.url(host, PATH) for host in hosts]


def test_fail_on(server: HttpsServer) -> None:
    worst = audited(server, "reflecting.io").targets[0]["findings"][0]["severity"]
    order = ["info", "low", "medium", "high", "critical"]
    for severity in order:
        code = audited(server, "reflecting.io", options=("--fail-on", severity)).code
        assert code == (1 if order.index(severity) <= order.index(worst) else 0), severity
    assert audited(server, "public.io", options=("--fail-on", "info")).code == 1
    assert audited(server, "public.io", options=("--fail-on", "low")).code == 0


def wrong(tmp_path: Path, *arguments: str) -> Finished:
    return run_cors(["audit", *arguments], tmp_path)


def test_wrong_usage(tmp_path: Path) -> None:
    cases: list[list[str]] = [
            [], ["--fail-on", "dire", "https://a.io"], ["--no-such-option", "https://a.io"],
            ["--targets", "no-such-file"], ["--rate", "fast", "https://a.io"],
            ["--baseline", "no-such-file", "https://a.io"], ["-H", "no colon", "https://a.io"]]
    for arguments in cases:
        done = wrong(tmp_path, *arguments)
        assert done.code == 2, arguments
        assert done.stderr.strip() and not done.stdout, arguments
