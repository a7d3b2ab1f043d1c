# SPDX-License-Identifier: MIT
"""A server that is every host: its pages tell their origin, and it notes what Origin they send.

Browsers are told to find each name here, or to take this server for their proxy.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browsers.scripted_server import Request, page, read_request, written

PORT = 8805  # as it stands in the recording
ADDRESS = "127.0.0.1"
OWN_URL = f"http://server.test:{PORT}"
PAGES = Path(__file__).resolve().parent / "pages"
REQUEST_BYTES_MAX = 1 << 20

Json = dict[str, Any]


@dataclass
class Visit:
    """What came of a page: the Origin as it stood in the request, and what script saw."""

    sent: list[str] = field(default_factory=list)
    arrived: asyncio.Future[Json] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future())


class HostServer:
    def __init__(self, urls: list[str]) -> None:
        self.urls = urls
        self.parsed: asyncio.Future[list[Json | None]] = (
            asyncio.get_running_loop().create_future())
        self.visits: dict[str, Visit] = {}
        self.server: asyncio.Server | None = None

    async def __aenter__(self) -> HostServer:
        try:
            self.server = await asyncio.start_server(self.serve, ADDRESS, PORT,
                                                     limit=REQUEST_BYTES_MAX)
        except OSError as error:
            raise OSError(f"port {PORT} is taken ({error.strerror}); the recording names it, so "
                          "end what listens there") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.server is not None:
            self.server.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(self.answer(await read_request("http", reader)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the browser closed the connection
        finally:
            writer.close()

    def answer(self, request: Request) -> bytes:
        # A browser writes the path alone to a server, and the whole URL to a proxy.
        _, found, rest = request.url.partition("/@")
        target = urlsplit("/@" + rest)
        name = target.path.removeprefix("/@")
        visit = self.visits.get(parse_qs(target.query).get("visit", [""])[0])
        if not found:
            return written(404, [["Content-Length", "0"]], b"")
        if name == "urls":
            return page("application/json", json.dumps(self.urls).encode())
        if name == "parsed":
            self.parsed.set_result(json.loads(request.body))
            return page("text/plain", b"")
        if name == "private" and visit is not None:
            return private(request, visit)
        if name == "arrived" and visit is not None:
            visit.arrived.set_result(json.loads(request.body))
            return page("text/plain", b"")
        kind = "text/javascript" if name.endswith(".js") else "text/html; charset=utf-8"
        return page(kind, (PAGES / name).read_bytes())


def private(request: Request, visit: Visit) -> bytes:
    """What a server that reflects every origin answers, to the byte."""
    origins = [value for name, value in request.fields if name == "origin"]
    visit.sent.extend(origins)
    lines = [["Content-Type", "text/plain"], ["Content-Length", "7"], ["Vary", "Origin"],
             *([["Access-Control-Allow-Origin", origins[0]],
                ["Access-Control-Allow-Credentials", "true"]] if origins else [])]
    return written(200, lines, b"private")
