# SPDX-License-Identifier: MIT
"""A server that answers each URL as a scenario says, byte for byte, and notes what came.

`/` and paths that begin with `/@` are its own: the pages that make the calls, their scenarios, and
the reports of how the calls ended. Everything runs in one asyncio loop.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from tests.browsers.element_bodies import body_for
from tests.browsers.http2_front import BEHIND, PORT as FRONT

PAGES = Path(__file__).resolve().parent / "pages"
PLAIN_PORTS = (8801, 8802, 8803)  # as they stand in the recordings
TLS_PORTS = (8811, 8812, 8813)
ADDRESSES = ("127.0.0.1", "::1")
COOKIE = "page=1"
REQUEST_BYTES_MAX = 1 << 20

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def value(self, name: str) -> str | None:
        """All values of the name, joined as HTTP joins them."""
        values = [value for key, value in self.fields if key == name]
        return ", ".join(values) if values else None

    def noted(self) -> Json:
        """What a recording keeps of it."""
        kept: Json = {"method": self.method, "url": self.url}
        for name in ("origin", "access-control-request-method", "access-control-request-headers"):
            value = self.value(name)
            if value is not None:
                kept[name] = value
        kept["cookie"] = COOKIE in (self.value("cookie") or "").split("; ")
        return kept


@dataclass
class Script:
    """What the server is to answer, what came, and what the pages reported."""

    answers: dict[str, Json] = field(default_factory=dict)  # by URL without fragment
    owners: dict[str, str] = field(default_factory=dict)  # the scenario of a URL
    sent: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    reports: dict[str, list[Json]] = field(default_factory=dict)
    jobs: Json = field(default_factory=dict)  # what the page now open is to do
    finished: Callable[[], None] = lambda: None

    def load(self, scenarios: list[Json]) -> None:
        for scenario in scenarios:
            for url, answer in scenario["server"].items():
                key = urldefrag(url).url
                self.answers[key] = answer
                self.owners[key] = scenario["id"]

    def owner(self, url: str) -> str | None:
        """The scenario a URL belongs to: its first path segment names it."""
        return self.owners.get(url) or next(iter(url.split("/")[3:4]), None)


class ScriptedServer:
    def __init__(self, script: Script, certificate: Path) -> None:
        self.script = script
        self.certificate = certificate
        self.servers: list[asyncio.Server] = []

    async def __aenter__(self) -> ScriptedServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        for port in PLAIN_PORTS:
            await self.listen(port, "http", None)
        for port in TLS_PORTS:
            await self.listen(port, "https", context)
        await self.listen(BEHIND, "https", None)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self.servers:
            server.close()

    async def listen(self, port: int, scheme: str, context: ssl.SSLContext | None) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self.serve_connection(scheme, reader, writer)
        try:
            server = await asyncio.start_server(serve, ADDRESSES, port, ssl=context,
                                                limit=REQUEST_BYTES_MAX)
        except OSError as error:
            raise OSError(f"port {port} is taken ({error.strerror}); recordings name ports "
                          f"{PLAIN_PORTS[0]}-{BEHIND} and {TLS_PORTS[0]}-{FRONT}, so end what "
                          "listens there") from error
        self.servers.append(server)

    async def serve_connection(self, scheme: str, reader: asyncio.StreamReader,
                               writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await read_request(scheme, reader)
                writer.write(self.answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # the browser closed the connection
        finally:
            writer.close()

    def answer(self, request: Request) -> bytes:
        path = "/" + request.url.split("/", 3)[3]
        if path == "/" or path.startswith("/@"):
            return self.own_answer(path, request)
        owner = self.script.owner(request.url)
        if owner is not None:
            self.script.sent[owner].append(request.noted())
        scripted = self.script.answers.get(request.url)
        if scripted is None:
            return written(404, [["Content-Length", "0"]], b"")
        preflight = request.value("access-control-request-method") is not None
        part = scripted["preflight" if preflight and request.method == "OPTIONS" else "response"]
        status = part["status"]
        bodiless = request.method == "HEAD" or status in (204, 304) or part is scripted["preflight"]
        return written(status, part["headers"], b"" if bodiless else body_for(path))

    def own_answer(self, path: str, request: Request) -> bytes:
        if path == "/@jobs":
            return page("application/json", json.dumps(self.script.jobs).encode())
        if path == "/@report":
            report = json.loads(request.body)
            self.script.reports[report["id"]] = report["fetches"]
            return page("text/plain", b"")
        if path == "/@finished":
            self.script.finished()
            return page("text/plain", b"", ["Set-Cookie", f"{COOKIE}; Path=/; Max-Age=0"])
        name = path.removeprefix("/@") if path != "/" else "lane.html"
        kind = "text/javascript" if name.endswith(".js") else "text/html; charset=utf-8"
        lines = [["Set-Cookie", f"{COOKIE}; Path=/"]] if name == "top.html" else []
        return page(kind, (PAGES / name).read_bytes(), *lines)


async def read_request(scheme: str, reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    # A method of a browser is a token, and a target has no space.
    method, target, _ = first.split(" ")
    fields = tuple((name.lower(), value.strip(" \t"))
                   for name, _, value in (line.partition(":") for line in lines))
    by_name = dict(fields)
    if by_name.get("transfer-encoding", "") == "chunked":
        body = await read_chunks(reader)
    else:
        body = await reader.readexactly(int(by_name.get("content-length", "0")))
    return Request(method, f"{scheme}://{by_name.get('host', '')}{target}", fields, body)


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


def written(status: int, lines: list[list[str]], body: bytes) -> bytes:
    """A response with its field lines as they are: in order, repeated, of any bytes."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"
    head = f"HTTP/1.1 {status} {phrase}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines) + "\r\n"
    return head.encode("latin-1") + body


def page(kind: str, body: bytes, *lines: list[str]) -> bytes:
    return written(200, [["Content-Type", kind], ["Content-Length", str(len(body))],
                         ["Cache-Control", "no-store"], ["Access-Control-Allow-Origin", "*"],
                         *lines], body)
