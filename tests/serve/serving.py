# SPDX-License-Identifier: MIT
"""`cors serve` as a person starts it, and requests to it byte for byte."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.started import Started, children_of, processes_of_session, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = str(ROOT / os.environ.get("CORS_COMMAND", "build/cors"))
MODULE = str(ROOT / os.environ.get("CORS_NGINX_MODULE", "build/ngx_http_cors_module.so"))

# Far above what anything here takes: only a failure waits so long.
SECONDS = 30.0

ADDRESS = re.compile(r"^cors serve: https?://(?:127\.0\.0\.1|\[::1\]):(\d+)/\S* serves ",
                     re.MULTILINE)
READY = re.compile(r"^cors serve: policy ", re.MULTILINE)
LISTED = "https://app.example.com"

POLICY = f"""\
policies:
  - path: /api/*
    allow_origins: ["{LISTED}"]
    allow_methods: [PUT, DELETE]
    allow_headers: [Content-Type]
    max_age: 10m
"""


@dataclass(frozen=True)
class Answer:
    status: int
    lines: list[tuple[str, str]]  # names in lower case
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.lines if key == name.lower()]
        assert len(values) < 2, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None


def effective_capabilities(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("CapEff:")[2].split()[0], 16)


def read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head of a message, and what came after it."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        assert piece, f"the connection was closed after {data!r}"
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def parse_answer(head: bytes, body: bytes) -> Answer:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(":", 1) for line in lines]
    return Answer(int(first.split()[1]),
                  [(name.lower(), value.strip()) for name, value in pairs], body)


def connect(port: int, host: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection((host, port), timeout=SECONDS)


def exchange(connection: socket.socket, request: bytes) -> Answer:
    """Sends a request that asks for the connection to be closed, and reads to its end."""
    connection.sendall(request)
    head, body = read_head(connection)
    while piece := connection.recv(65536):
        body += piece
    return parse_answer(head, body)


def simple_request(target: str, method: str = "GET", *headers: str,
                   origin: str | None = LISTED, body: bytes = b"") -> bytes:
    """A request whose answer ends with the connection."""
    lines = [f"{method} {target} HTTP/1.1", "Host: gateway.test", "Connection: close", *headers]
    if origin is not None:
        lines.append(f"Origin: {origin}")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Gateway(Started):
    """A running `cors serve`; decisions and complaints go to one file, as on a terminal."""

    def __init__(self, folder: Path, arguments: list[str],
                 environment: dict[str, str] | None = None, before: Sequence[str] = ()) -> None:
        """`before` is a command that starts the one behind it."""
        self.folder = folder
        self.scratch = folder / "tmp"
        self.scratch.mkdir(exist_ok=True)
        super().__init__(
            [*before, COMMAND, "serve", *arguments], folder / "gateway.log", folder=folder,
            environment={"CORS_NGINX_MODULE": MODULE, "TMPDIR": str(self.scratch),
                         **(environment or {})})

    def __enter__(self) -> Gateway:
        return self

    def wait_until_said(self, text: str, times: int = 1) -> None:
        self.wait_until(lambda: self.said().count(text) >= times, f"{text!r} in the log", SECONDS)

    def wait_until_ready(self) -> None:
        self.wait_until(lambda: READY.search(self.said()) is not None, "the gateway", SECONDS)

    @property
    def port(self) -> int:
        found = ADDRESS.search(self.said())
        assert found is not None, self.said()
        return int(found[1])

    def ask(self, target: str, origin: str | None = None, method: str = "GET",
            headers: tuple[str, ...] = (), body: bytes = b"") -> Answer:
        with connect(self.port) as connection:
            request = simple_request(target, method, *headers, origin=origin, body=body)
            return exchange(connection, request)

    def ask_tls(self, target: str, authority: Path) -> Answer:
        context = ssl.create_default_context(cafile=str(authority))
        with connect(self.port) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as connection:
            return exchange(connection, simple_request(target))

    def allows(self, origin: str, target: str = "/api/x") -> bool:
        return self.ask(target, origin).header("Access-Control-Allow-Origin") == origin

    def wait_until_allows(self, origin: str, allowed: bool = True) -> None:
        """Until each of several new connections finds it so: old workers may take a last one."""
        def steady() -> bool:
            return all(self.allows(origin) == allowed for _ in range(5))
        try:
            wait_for(steady, f"{origin} {'allowed' if allowed else 'denied'}", SECONDS)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it said:\n{self.said()}") from None

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait_for_end(self) -> int:
        """Waits for the end of the command and of everything that it started."""
        code = self.process.wait(SECONDS)
        wait_for(lambda: not processes_of_session(self.process.pid), "the end of all processes",
                 SECONDS)
        return code

    def master(self) -> int:
        """The process of nginx that the gateway started."""
        found = children_of(self.process.pid)
        assert len(found) == 1, found
        return found[0]

    def workers(self) -> list[int]:
        return children_of(self.master())

    def processes(self) -> list[int]:
        return processes_of_session(self.process.pid)

    def left_behind(self) -> list[str]:
        return sorted(os.listdir(self.scratch))


@contextmanager
def gateway(folder: Path, *arguments: str, policy: str = POLICY,
            environment: dict[str, str] | None = None,
            listen: str = "127.0.0.1:0", before: Sequence[str] = ()) -> Iterator[Gateway]:
    """A gateway that is ready; the policy is in cors.yaml below `folder`."""
    (folder / "cors.yaml").write_text(policy)
    started = Gateway(folder, ["--policy", "cors.yaml", "--listen", listen, *arguments],
                      environment, before)
    with started:
        started.wait_until_ready()
        yield started


def run_serve(folder: Path, *arguments: str,
              environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A `cors serve` that is expected to end by itself."""
    return subprocess.run(
        [COMMAND, "serve", *arguments], cwd=folder, capture_output=True, text=True,
        timeout=SECONDS, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "CORS_NGINX_MODULE": MODULE, **(environment or {})})
