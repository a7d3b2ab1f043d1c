# SPDX-License-Identifier: MIT
"""The server of the pages under test, which also collects what they saw."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "pages"
REPORT = "/collector/report"


@dataclass
class PageServer:
    """One port, any host name that comes here; pages report one after the other."""

    port: int
    plan: dict[str, str] = field(default_factory=dict)  # URLs by name, in the order to open them
    seen: dict[str, dict[str, str]] = field(default_factory=dict)  # by page

    def origin(self, host: str) -> str:
        return f"http://{host}:{self.port}"

    def take(self, report: dict[str, Any]) -> str:
        """Notes what a page saw; returns the URL of the next page, or ""."""
        self.seen[report["page"]] = report["seen"]
        left = [url for name, url in self.plan.items() if name not in self.seen]
        return left[0] if left else ""

    def begin(self, plan: dict[str, str]) -> str:
        """A new plan; returns the URL of its first page."""
        self.seen = {}
        self.plan = plan
        return next(iter(plan.values()))

    def all_seen(self) -> bool:
        return set(self.plan) <= set(self.seen)


class PageHandler(SimpleHTTPRequestHandler):
    """Files of pages/, and POST to REPORT."""

    extensions_map = {".html": "text/html", ".mjs": "text/javascript"}

    def __init__(self, pages: PageServer, *arguments: Any) -> None:
        self.pages = pages
        super().__init__(*arguments, directory=str(FOLDER))

    def do_POST(self) -> None:
        if self.path != REPORT:
            self.send_error(404)
            return
        report = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.pages.take(report).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """What counts is reported by the pages."""


@contextmanager
def serving_pages() -> Iterator[PageServer]:
    pages = PageServer(0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(PageHandler, pages))
    pages.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield pages
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
