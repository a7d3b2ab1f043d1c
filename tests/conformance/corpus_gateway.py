# SPDX-License-Identifier: MIT
"""nginx with the module before an application, all on Unix sockets.

Each policy of the corpus is a server of one nginx. The application answers each case with what the
case says, and remembers which cases reached it.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.conformance.corpus import Case, Policy
from tests.support.started import Started

DEADLINE = 30.0

CONFIGURATION = """\
{user}
load_module {module};
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
worker_processes 1;
daemon off;
{variables}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    # Cases hold field lines of 1 MiB, and thousands of lines.
    large_client_header_buffers 16 2m;
    client_header_timeout {deadline}s;
    server_names_hash_bucket_size 128;
    server_names_hash_max_size 4096;
    proxy_http_version 1.1;
    proxy_set_header Connection $http_connection;
    proxy_set_header Upgrade $http_upgrade;
    # The application does not see it; the decision must not need it any more by then.
    proxy_set_header Origin "";
{servers}}}
"""

SERVER = """\
    server {{
        listen unix:{folder}/nginx.sock;
        server_name {name}.example;
        cors_policy {policy} {environment};
        location / {{ proxy_pass http://unix:{folder}/application.sock:; }}
    }}
"""


@dataclass(frozen=True)
class Response:
    status: int
    fields: list[tuple[bytes, bytes]]
    body: bytes

    def values(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key.lower() == name.lower().encode()]

    def owned(self) -> list[tuple[bytes, bytes]]:
        """The Access-Control-* lines."""
        prefix = b"access-control-"
        return sorted(item for item in self.fields if item[0].lower().startswith(prefix))

    def vary(self) -> list[bytes]:
        names = b",".join(self.values("Vary")).lower().split(b",")
        return sorted(name.strip() for name in names if name.strip())


def parse_response(text: bytes) -> Response:
    head, end, body = text.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", lines[0])
    assert end and status, f"no HTTP response: {text[:200]!r}"
    fields = [(name, value.strip()) for name, _, value in
              (line.partition(b":") for line in lines[1:])]
    return Response(int(status[1]), fields, body)


def application_response(case: Case) -> Response:
    return parse_response(case.application.replace(b"\n", b"\r\n") + b"\r\n")


class Application:
    """Answers each case as the corpus says; a case is known by the field X-Case."""

    def __init__(self, path: Path, cases: list[Case]) -> None:
        self.cases = cases
        self.reached: list[int] = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        path.chmod(0o666)
        self.socket.listen(64)
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self) -> Application:
        self.thread.start()
        return self

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(DEADLINE)
                self.answer(connection)

    def answer(self, connection: socket.socket) -> None:
        request = bytearray()
        while b"\r\n\r\n" not in request[-70000:]:
            chunk = connection.recv(65536)
            if not chunk:
                return
            request += chunk
        number = re.search(rb"\r\nX-Case: (\d+)\r\n", request)
        assert number
        self.reached.append(int(number[1]))
        response = self.cases[int(number[1])].application.replace(b"\n", b"\r\n")
        status = int(response.split(b" ")[1])
        length = b"" if status in (101, 204, 304) else b"Content-Length: 0\r\n"
        connection.sendall(response + length + b"\r\n")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(DEADLINE)


def configuration(folder: Path, module: Path, policies: list[tuple[Policy, Path]]) -> str:
    names = sorted(variables([policy for policy, _ in policies]))
    servers = [SERVER.format(folder=folder, name=policy.name, policy=path,
                             environment=policy.environment) for policy, path in policies]
    return CONFIGURATION.format(
        user="user root;" if os.geteuid() == 0 else "", module=module, folder=folder,
        deadline=int(DEADLINE), variables="".join(f"env {name};\n" for name in names),
        servers="".join(servers))


def variables(policies: list[Policy]) -> dict[str, str]:
    return {name: value for policy in policies for name, value in policy.variables.items()}


def check_configuration(folder: Path, module: Path, policy: Policy,
                        path: Path) -> subprocess.CompletedProcess[str]:
    """What `nginx -t` says to a policy."""
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, module, [(policy, path)]))
    return subprocess.run(["nginx", "-t", "-p", str(folder), "-c", str(file)], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=os.environ | variables([policy]))


class Gateway(Started):
    """A running nginx."""

    def __init__(self, folder: Path, module: Path, policies: list[tuple[Policy, Path]]) -> None:
        self.path = folder / "nginx.sock"
        file = folder / "nginx.conf"
        file.write_text(configuration(folder, module, policies))
        super().__init__(["nginx", "-p", str(folder), "-c", str(file)], folder / "nginx.log",
                         environment=variables([policy for policy, _ in policies]))

    def __enter__(self) -> Gateway:
        try:
            self.wait_until(self.listens, "nginx listens", DEADLINE)
        except BaseException:
            self.end()
            raise
        return self

    def listens(self) -> bool:
        try:
            self.connect().close()
        except OSError:
            return False
        return True

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(DEADLINE)
            connection.connect(str(self.path))
        except BaseException:
            connection.close()
            raise
        return connection

    def send(self, case: Case, number: int) -> Response:
        """Sends a case as it stands, and reads to the end."""
        request = case.request
        lines = [b" ".join([request.method, request.target, request.version]),
                 b"Host: %s.example" % case.policy.name.encode(), b"X-Case: %d" % number]
        if not any(name.lower() == b"connection" for name, _ in request.fields):
            lines.append(b"Connection: close")
        lines += [name + b": " + value for name, value in request.fields]
        with self.connect() as connection:
            try:
                connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
            except BrokenPipeError:
                pass  # refused early; the answer says why
            answer = bytearray()
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except (TimeoutError, ConnectionResetError) as error:
                raise AssertionError(f"{case.name}: {error} after {bytes(answer)!r}") from None
        return parse_response(bytes(answer))
