# SPDX-License-Identifier: MIT
"""Many host names on one TLS port of 127.0.0.1, each answered by a Python callable.

    def greets(request: Request) -> Answer:
        return Answer(200, [("Vary", "Origin")], b"hello " + request.host.encode())

    with HttpsServer({"api.example.com": greets, "broken.test": Raw(reset)}, folder) as server:
        audited = run_audit(COMMAND, server, [server.url("api.example.com", "/me")])
        assert audited.code == 0
        assert server.seen("api.example.com")[0].first("Origin") is None

The certificate names all the hosts, and its authority is made on the spot: server.ca_file. Answers
go out over HTTP/1.1 connections that are kept. A host is told from the Host header, whatever its
port; a name that starts with `*.` stands for all names that end so and have no host of their own.
"""

from __future__ import annotations

import ipaddress
import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol

from tests.support.certificates import Authority
from tests.support.cors_command import run_cors

END_SECONDS = 10.0  # for connections to end with the server
LINE_MAX = 1 << 16
BODILESS = (204, 304)


@dataclass(frozen=True)
class Request:
    host: str  # in lower case, without its port
    method: str
    target: str  # as it was sent
    path: str  # of the target, up to its query
    query: str  # without the question mark
    headers: list[tuple[str, str]]  # in their order, nothing joined
    body: bytes
    number: int  # of the requests to this host: 1 is the first

    def first(self, name: str) -> str | None:
        """The value of the first header of that name, in any case of letters."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True)
class Answer:
    """Content-Length is added where it is missing. `Connection: close` is done, too."""
    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


Behaviour = Callable[[Request], Answer]


@dataclass(frozen=True)
class Raw:
    """Answers in bytes: gets the request and its connection, which is closed afterwards."""
    behave: Callable[[Request, socket.socket], None]


def reset(_: Request, connection: socket.socket) -> None:
    """Ends the connection in the middle, as a crashed server's kernel does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silence(_: Request, connection: socket.socket) -> None:
    """Says nothing until the other side hangs up, or the server ends."""
    while connection.recv(1 << 12):
        pass


@dataclass
class _Host:
    behave: Behaviour | Raw
    requests: list[Request] = field(default_factory=list)


class HttpsServer:
    """A server for the time of a `with` block.

    behaviours  of each host.
    folder      for the certificates.
    untrusted   hosts that show a certificate of an authority that is in no file.
    tls         False: plain HTTP.

    What a behaviour raises is raised again at the end of the block.
    """

    def __init__(self, behaviours: Mapping[str, Behaviour | Raw], folder: Path,
                 untrusted: Collection[str] = (), tls: bool = True) -> None:
        self.connections_taken = 0
        self.ca_file = folder / "authority.pem"
        self._scheme = "https" if tls else "http"
        self._hosts = {host.lower(): _Host(behave) for host, behave in behaviours.items()}
        self._context = _context(folder, list(self._hosts), frozenset(untrusted)) if tls else None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._failures: list[BaseException] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._accepting = threading.Thread(target=self._accept)

    def url(self, host: str, path: str = "/") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def origin(self, host: str) -> str:
        """As browsers write it."""
        return f"{self._scheme}://{host}:{self.port}"

    def seen(self, host: str) -> list[Request]:
        """The requests to a host, in the order in which they came."""
        with self._lock:
            return list(self._hosts[host.lower()].requests)

    def forget(self) -> None:
        """As if nothing had been asked yet."""
        with self._lock:
            for host in self._hosts.values():
                host.requests.clear()

    def __enter__(self) -> HttpsServer:
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._wake_writer.close()
        self._accepting.join(END_SECONDS)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                _shut(connection)
        for thread in self._threads:
            thread.join(END_SECONDS)
        self._wake_reader.close()
        if self._failures and error is None:
            raise self._failures[0]

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._listener, self._wake_reader], [], [])
            if self._wake_reader in ready:
                return
            connection, _ = self._listener.accept()
            thread = threading.Thread(target=self._serve, args=(connection,))
            with self._lock:
                self.connections_taken += 1
                self._open.add(connection)
                self._threads = [each for each in self._threads if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        taken = connection
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context:
                with self._lock:
                    self._open.discard(connection)
                    taken = self._context.wrap_socket(connection, server_side=True,
                                                      do_handshake_on_connect=False)
                    self._open.add(taken)
                assert isinstance(taken, ssl.SSLSocket)
                taken.do_handshake()
            with taken.makefile("rb") as stream:
                while self._answer_one(taken, stream):
                    pass
        except OSError:
            pass  # the other side left, which is its right
        except Exception as failure:  # pylint: disable=broad-except
            self._failures.append(failure)
        finally:
            with self._lock:
                self._open.discard(taken)
            _shut(taken)
            taken.close()

    def _answer_one(self, connection: socket.socket, stream: BinaryIO) -> bool:
        """Returns whether the connection goes on."""
        read = _read(stream)
        if read is None:
            return False
        method, target, headers, body = read
        name = _host_of(headers)
        with self._lock:
            host = self._host(name)
            path, _, query = target.partition("?")
            request = Request(name, method, target, path, query, headers, body,
                              len(host.requests) + 1)
            host.requests.append(request)
        if isinstance(host.behave, Raw):
            host.behave.behave(request, connection)
            return False
        answer = host.behave(request)
        connection.sendall(_written(answer, method))
        return not any("close" in value.lower() for key, value in [*headers, *answer.headers]
                       if key.lower() == "connection")

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            for pattern, host in self._hosts.items():
                if pattern.startswith("*.") and name.endswith(pattern[1:]):
                    return host
            self._hosts[name] = _Host(lambda _: Answer(421))
        return self._hosts[name]


def _shut(connection: socket.socket) -> None:
    try:
        # Of the socket below TLS: whoever reads from it stops, and nobody waits for an answer.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


def _context(folder: Path, hosts: list[str], untrusted: frozenset[str]) -> ssl.SSLContext:
    names = [f"{'IP' if _is_address(host) else 'DNS'}:{host}" for host in hosts]
    context = _signed_context(Authority(folder), names)
    if untrusted:
        elsewhere = folder / "untrusted"
        elsewhere.mkdir()
        stranger = _signed_context(Authority(elsewhere), names)

        def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None,
                   _: ssl.SSLContext) -> None:
            if name in untrusted:
                connection.context = stranger
        context.sni_callback = choose
    return context


def _signed_context(authority: Authority, names: list[str]) -> ssl.SSLContext:
    pair = authority.sign("servers", *names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read(stream: BinaryIO) -> tuple[str, str, list[tuple[str, str]], bytes] | None:
    """A request, or None where the connection ended before there was one."""
    start = stream.readline(LINE_MAX).split()
    if len(start) != 3:
        return None
    headers = []
    while line := stream.readline(LINE_MAX).rstrip(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip(" \t")))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return start[0].decode("latin-1"), start[1].decode("latin-1"), headers, stream.read(length)


def _host_of(headers: list[tuple[str, str]]) -> str:
    value = next((value for name, value in headers if name.lower() == "host"), "")
    name, colon, port = value.rpartition(":")
    return (name if colon and port.isdigit() else value).lower()


def _written(answer: Answer, method: str) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Answer"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    has_length = any(name.lower() == "content-length" for name, _ in answer.headers)
    if not has_length and answer.status not in BODILESS:
        lines.append(f"Content-Length: {len(answer.body)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if method == "HEAD" or answer.status in BODILESS else head + answer.body


@dataclass(frozen=True)
class Audited:
    """What `cors audit --json` said: one object for each target, in their order."""
    code: int
    targets: list[dict[str, Any]]
    stdout: str
    stderr: str

    def rules(self, number: int = 0) -> list[str]:
        """The rules of a target's findings, the worst first."""
        return [finding["rule"] for finding in self.targets[number]["findings"]]


class Reached(Protocol):
    """A server on a port of 127.0.0.1, and the file of the authority of its certificate."""
    @property
    def port(self) -> int: ...

    @property
    def ca_file(self) -> Path: ...


def audit_arguments(server: Reached) -> list[str]:
    """What leads every host name to the server and has its certificate trusted."""
    return ["--cacert", str(server.ca_file), "--resolve", f"*:{server.port}:127.0.0.1"]


def run_audit(command: str, server: Reached, urls: Sequence[str], *options: str) -> Audited:
    """Audits the URLs with `--json`; other output than JSON fails."""
    done = run_cors(["audit", *urls, "--json", *audit_arguments(server), *options], Path.cwd(),
                    command=command)
    try:
        document = json.loads(done.stdout)
    except ValueError as error:
        raise AssertionError(f"exit {done.code}, no JSON ({error}): {done.stdout[:2000]}\n"
                             f"{done.stderr}") from None
    return Audited(done.code, document["targets"], done.stdout, done.stderr)
