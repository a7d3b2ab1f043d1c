# SPDX-License-Identifier: MIT
"""A server whose URLs say what it answers, for real_calls.mjs; it notes each request by its run."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import threading
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.browsers.scripted_server import Request, read_request, written

HERE = Path(__file__).resolve().parent
HOSTS = {"page": "app.shop.localhost", "sibling": "api.shop.localhost",
         "stranger": "other.localhost"}
KINDS = {".html": "text/html; charset=utf-8", ".mjs": "text/javascript"}
NOTED = ("origin", "access-control-request-method", "access-control-request-headers", "cookie",
         "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "content-type", "accept",
         "range", "cache-control", "pragma", "content-length", "x-a")
BOUNDARY = re.compile(r"boundary=.*|-+[\w-]*(?:oundary|undici)[\w-]*")

Json = dict[str, Any]


class RealServer:
    """All three hosts, on one free port; used with `with`."""

    def __init__(self) -> None:
        self.run = ""  # that of the page that is open now
        self.report: list[Json] | None = None
        self.sent: dict[str, list[Json]] = defaultdict(list)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> RealServer:
        self._thread.start()
        self._server = self._wait(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.origins = {name: f"http://{host}:{port}" for name, host in HOSTS.items()}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await read_request("http", reader)
                writer.write(self._answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the browser closed the connection
        finally:
            writer.close()

    def _answer(self, request: Request) -> bytes:
        parts = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if "run" in query:
            self.sent[query["run"]].append(noted(request, parts.path, query["run"]))
            return self._scripted(request, query)
        if parts.path == "/origins.json":
            return own("application/json", json.dumps(
                {"origins": self.origins, "run": self.run}).encode())
        if parts.path == "/report":
            self.report = json.loads(request.body)
            return own("text/plain", b"")
        file = HERE / (parts.path.removeprefix("/") or "real_page.html")
        return own(KINDS[file.suffix], file.read_bytes())

    def _scripted(self, request: Request, query: dict[str, str]) -> bytes:
        answer: Json = json.loads(query["answer"])
        preflight = request.value("access-control-request-method") is not None
        if request.method == "OPTIONS" and preflight and "preflight" in answer:
            answer = answer["preflight"]
        lines: list[list[str]] = list(answer.get("headers", ()))
        body: bytes = answer.get("body", "hello").encode()
        status = answer.get("status", 200)
        if "to" in answer:
            then = urlencode({"run": query["run"], "answer": json.dumps(answer["then"])})
            lines.append(["Location", f"{answer['to']}/then?{then}"])
        if answer.get("gzip"):
            body = gzip.compress(body, mtime=0)
            lines.append(["Content-Encoding", "gzip"])
        if status == 204:
            return written(status, lines, b"")
        lines += [["Content-Type", "text/plain"], ["Cache-Control", "no-store"],
                  ["Content-Length", str(len(body))]]
        return written(status, lines, b"" if request.method == "HEAD" else body)


def own(kind: str, body: bytes) -> bytes:
    return written(200, [["Content-Type", kind], ["Content-Length", str(len(body))],
                         ["Cache-Control", "no-store"]], body)


def noted(request: Request, path: str, run: str) -> Json:
    """What both browsers have to send alike."""
    fields = {name: BOUNDARY.sub("boundary", value).replace(run, "") for name in NOTED
              if (value := request.value(name)) is not None}
    body = BOUNDARY.sub("boundary", request.body.decode())
    if "multipart/form-data" in fields.get("content-type", ""):
        del fields["content-length"]  # boundaries differ in length
    return {"method": request.method, "path": path, "body": body} | fields
