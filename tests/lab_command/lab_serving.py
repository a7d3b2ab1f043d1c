# SPDX-License-Identifier: MIT
"""`cors lab` as a person starts it, with a page of the test's own."""

from __future__ import annotations

import gzip
import json
import os
import re
import secrets
import signal
import socket
from pathlib import Path
from typing import Any

from tests.support.cors_command import COMMAND, cors_environment
from tests.support.raw_client import Connection, Lines, Response, ask
from tests.support.started import Started

SECONDS = 30.0  # far above what anything here takes: only a failure waits so long
READY = re.compile(r"^cors lab: serving (http://\S+?)(?::(\d+))?$", re.MULTILINE)
JSON: Lines = [("Content-Type", "application/json")]

SCRIPT = b"document.title = 'script';\n" * 100


def make_page(folder: Path) -> Path:
    """A folder with a page, and with files that must never be served."""
    (folder / "source").mkdir(parents=True)
    (folder / "frame").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>page</title>\n")
    (folder / "engine.wasm").write_bytes(b"\0asm\x01\0\0\0")
    (folder / "unknown.thing").write_text("?")
    (folder / "empty.css").write_text("")
    (folder / "a b%.txt").write_text("strange name")
    (folder / ".hidden").write_text("secret")
    (folder / "source" / "app.js").write_bytes(SCRIPT)
    (folder / "source" / "app.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "source" / ".secret.js").write_text("secret")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    (folder / "frame" / "frame.html").write_text("<script src=/-/frame.js></script>\n")
    (folder / "frame" / "frame.js").write_text("document.title = 'frame';\n")
    (folder.parent / "outside.txt").write_text("secret")
    (folder / "link.txt").symlink_to(folder.parent / "outside.txt")
    (folder / "linked").symlink_to(folder.parent)
    (folder / "inner.txt").symlink_to(folder / "index.html")
    os.mkfifo(folder / "pipe.txt")
    return folder


def new_id() -> str:
    return secrets.token_hex(16)


class Lab(Started):
    """A running `cors lab`; leaving the `with` block demands that it ended as it should."""

    def __init__(self, page: Path, log: Path, listen: str = "localhost:0",
                 arguments: tuple[str, ...] = (),
                 environment: dict[str, str] | None = None) -> None:
        super().__init__([COMMAND, "lab", "--page", str(page), "--listen", listen, *arguments],
                         log, environment=cors_environment(environment))

    def __enter__(self) -> Lab:
        return self

    def wait_until_ready(self) -> Lab:
        self.wait_until(lambda: READY.search(self.said()) is not None, "the lab", SECONDS)
        return self

    @property
    def url(self) -> str:
        found = READY.search(self.said())
        assert found is not None, self.said()
        return found[0].removeprefix("cors lab: serving ")

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def ask(self, method: str, target: str, lines: Lines | None = None, body: bytes | None = None,
            host: str | None = None) -> Response:
        return ask(self.port, method, target, lines, body, self.host if host is None else host)

    def connect(self) -> Connection:
        connection = Connection(self.port)
        # As browsers have it: a body does not wait until the head before it was acknowledged.
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def script(self, server: dict[str, Any], name: str) -> Response:
        """Puts a script down."""
        body = json.dumps({"server": server}).encode()
        return self.ask("PUT", f"/-/scripts/{name}", JSON, body)

    def scripted(self, lines: list[list[str]] | None = None, status: int = 200,
                 host: str = "api.localhost", rest: str = "x",
                 preflight: dict[str, Any] | None = None) -> str:
        """The target of a URL that answers so; its script's name is new."""
        name = new_id()
        target = f"/-/run/{name}/{rest}"
        parts: dict[str, Any] = {"response": {"status": status, "headers": lines or []}}
        if preflight is not None:
            parts["preflight"] = preflight
        answer = self.script({f"http://{host}:{self.port}{target}": parts}, name)
        assert answer.status == 204, answer
        return target

    def sent(self, target: str) -> list[dict[str, Any]]:
        """What the log says of the script that a target belongs to."""
        answer = self.ask("GET", "/-/log/" + target.split("/")[3])
        assert answer.status == 200, answer
        sent: list[dict[str, Any]] = json.loads(answer.body)["sent"]
        return sent

    def finish(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)
