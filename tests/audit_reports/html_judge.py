# SPDX-License-Identifier: MIT
"""What a real browser makes of HTML pages, and what it asks their server for."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.browser import CHROMIUM, opened

SECONDS = 60.0
JUDGE = Path(__file__).resolve().parent / "judge.html"


@dataclass
class Judged:
    """By the page's name, as judge.html tells it."""
    pages: dict[str, Any] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)  # paths, the judge's own left out


class JudgeServer(ThreadingHTTPServer):
    def __init__(self, pages: dict[str, bytes], judged: Judged) -> None:
        super().__init__(("127.0.0.1", 0), JudgeHandler)
        self.pages = {f"/{name}": page for name, page in pages.items()}
        self.judged = judged


class JudgeHandler(BaseHTTPRequestHandler):
    server: JudgeServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/judge.html":
            self._answer(200, JUDGE.read_bytes())
            return
        self.server.judged.requested.append(path)
        page = self.server.pages.get(path)
        self._answer(200 if page else 404, page or b"")

    def do_POST(self) -> None:
        self.server.judged.pages = json.loads(
            self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept, not printed."""


def judge(pages: dict[str, bytes]) -> Judged:
    judged = Judged()
    with JudgeServer(pages, judged) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/judge.html?pages={','.join(pages)}"
            with opened(CHROMIUM, url) as browser:
                browser.wait_until(lambda: bool(judged.pages), "what the browser saw", SECONDS)
        finally:
            server.shutdown()
            thread.join()
    assert "error" not in judged.pages, judged.pages["error"]
    return judged
