# SPDX-License-Identifier: MIT
"""The programs of two pages, one for Node and one for Python, used by pages in real browsers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.framework_pages.page_program import ROOT, read_page, running
from tests.support.browser import BROWSERS, Browser, opened

SECONDS = 60.0

# What the page does: each call with what script could see of it.
PAGE = """<!doctype html><meta charset="utf-8"><title>calls</title><script type="module">
const api = 'http://127.0.0.1:%d/api/orders';
const headers = {Authorization: 'me'};
const calls = {
    read: () => fetch(api, {headers, credentials: 'include'}),
    fails: () => fetch(`${api}/1`, {method: 'PUT', headers, credentials: 'include'}),
    unknown: () => fetch(api, {credentials: 'include'}),
    method: () => fetch(api, {method: 'PATCH', headers}),
};
const seen = {};
for (const [name, call] of Object.entries(calls)) {
    seen[name] = await call().then(({status}) => String(status), (error) => error.name);
}
await fetch('/report', {method: 'POST', body: JSON.stringify(seen)});
</script>"""

LISTED = {"read": "200", "fails": "500", "unknown": "401", "method": "TypeError"}
STRANGER = dict.fromkeys(LISTED, "TypeError")


class PageServer:
    """Serves the page on every host name that comes here, and waits for its report."""

    def __init__(self, api_port: int) -> None:
        self.page = (PAGE % api_port).encode()
        self.seen: dict[str, str] = {}
        self.reported = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.port: int = self.server.server_address[1]


def handler_for(pages: PageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(pages.page)

        def do_POST(self) -> None:
            pages.seen = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(b"")
            pages.reported.set()

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """What counts is reported by the page."""

    return Handler


@contextmanager
def serving(api_port: int) -> Iterator[PageServer]:
    pages = PageServer(api_port)
    thread = threading.Thread(target=pages.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield pages
    finally:
        pages.server.shutdown()
        thread.join()
        pages.server.server_close()


@pytest.mark.parametrize("host, wanted", [("localhost", LISTED), ("evil.localhost", STRANGER)],
                         ids=["listed", "stranger"])
@pytest.mark.parametrize("browser", BROWSERS, ids=lambda browser: str(browser.name))
@pytest.mark.parametrize("name", ["framework_express", "framework_flask"])
def test_program(name: str, browser: Browser, host: str, wanted: dict[str, str], tmp_path: Path,
                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ENV", "development")
    folder = tmp_path / name
    folder.mkdir()
    with running(read_page(ROOT / "docs" / f"{name}.md"), folder) as port, serving(port) as pages:
        url = f"http://{host}:{pages.port}/"
        with opened(browser, url):
            assert pages.reported.wait(SECONDS), f"{browser.name} did not report"
    assert pages.seen == wanted
