# SPDX-License-Identifier: MIT
"""Reloading: a bad policy leaves the old one at work, and a good one loses no request."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.nginx.conftest import Serve
from tests.support.application import Application
from tests.support.nginx_server import NginxServer
from tests.support.raw_client import Connection, Lines, Response, ask

APP = "https://app.example"
NEW = "https://new.example"

ENOUGH = 30  # requests of each client between two reloads


def allowed(nginx: NginxServer) -> list[str]:
    """Which of the two origins the policy lets in now."""
    return [origin for origin in (APP, NEW)
            if ask(nginx.port, "GET", "/", [("Origin", origin)]).allowed_origin() == origin]


def write(policy: Path, *origins: str) -> None:
    policy.write_text("policies:\n  - allow_origins:\n" +
                      "".join(f"      - '{origin}'\n" for origin in origins))


def test_policy_file(serve: Serve, tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    write(policy, APP)
    nginx = serve(f"cors_policy {policy}; return 200;")
    assert allowed(nginx) == [APP]
    for bad in ("https://new.example/", "*.example", "https://*.com"):
        write(policy, NEW, bad)
        workers = nginx.workers()
        assert not nginx.reload()
        assert f"in {policy}:4:9" in nginx.errors()
        assert nginx.workers() == workers
        assert allowed(nginx) == [APP]
    policy.unlink()
    assert not nginx.reload()
    assert allowed(nginx) == [APP]
    write(policy, NEW)
    assert nginx.reload()
    assert allowed(nginx) == [NEW]
    forget_refusals(nginx)


def test_inline_policy(serve: Serve) -> None:
    nginx = serve(f"cors_allow_origins {APP}; return 200;")
    nginx.configure("cors_allow_origins *; cors_allow_credentials on; return 200;")
    assert not nginx.reload()
    assert "[wildcard-with-credentials]" in nginx.errors()
    assert allowed(nginx) == [APP]
    nginx.configure(f"cors_allow_origins {NEW}; return 200;")
    assert nginx.reload()
    assert allowed(nginx) == [NEW]
    nginx.configure("return 200;")
    assert nginx.reload()
    assert allowed(nginx) == []
    nginx.configure(f"cors_allow_origins {APP}; return 200;")
    assert nginx.reload()
    assert allowed(nginx) == [APP]
    forget_refusals(nginx)


def forget_refusals(nginx: NginxServer) -> None:
    """The refusals were wanted; the end of a test looks for others."""
    log = nginx.folder / "error.log"
    log.write_text(nginx.errors().replace("[emerg]", "[refused]"))


class Client:
    """Asks again and again; a request has failed if it fails on a second, new connection too."""

    def __init__(self, port: int, method: str, lines: Lines, keeps: bool) -> None:
        self.port = port
        self.request = method, "/", lines
        self.keeps = keeps
        self.done = 0
        self.reused = 0
        self.failed: list[str] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        connection: Connection | None = None
        while not self.stop.is_set():
            try:
                if connection is None:
                    connection = Connection(self.port)
                else:
                    self.reused += 1
                self.check(connection.ask(*self.request))
            except OSError:
                self.retry()
                connection = None
            self.done += 1
            if connection is not None and not self.keeps:
                connection.socket.close()
                connection = None
        if connection is not None:
            connection.socket.close()

    def retry(self) -> None:
        try:
            with Connection(self.port) as connection:
                self.check(connection.ask(*self.request))
        except OSError as error:
            self.failed.append(str(error))

    def check(self, response: Response) -> None:
        if response.status not in (200, 204) or response.allowed_origin() != APP:
            self.failed.append(f"{response.status} {response.cors()}")


def test_under_load(serve: Serve, application: Application, tmp_path: Path) -> None:
    policy = tmp_path / "cors.yaml"
    write(policy, APP)
    nginx = serve(f"cors_policy {policy}; location / {{ proxy_pass {application.url}; }}")
    origin = ("Origin", APP)
    preflight = ("Access-Control-Request-Method", "GET")
    clients = [Client(nginx.port, method, lines, keeps)
               for method, lines in (("GET", [origin]), ("OPTIONS", [origin, preflight]))
               for keeps in (True, False)]
    for client in clients:
        client.thread.start()
    try:
        for number in range(6):
            marks = [client.done + ENOUGH for client in clients]
            while any(client.done < mark for client, mark in zip(clients, marks)):
                clients[0].thread.join(0.01)
            write(policy, APP, f"https://t{number}.example")
            assert nginx.reload()
    finally:
        for client in clients:
            client.stop.set()
        for client in clients:
            client.thread.join()
    assert [client.failed for client in clients] == [[]] * len(clients)
    assert all(client.reused > 0 for client in clients if client.keeps)
