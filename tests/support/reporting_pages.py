# SPDX-License-Identifier: MIT
"""Pages that make calls and report what script could see of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Opens the other page once it is done, on which all is the same but its host name.
PAGE = """<!doctype html><meta charset="utf-8"><title>calls</title><script type="module">
const {apis, next} = await (await fetch('/plan?' + location.hostname)).json();
const credentials = 'include';
const headers = {'x-a': '1'};
const calls = {
    read: (api) => fetch(`${api}/items`, {credentials}),
    write: (api) => fetch(`${api}/items`, {method: 'PUT', headers, credentials}),
    failing: (api) => fetch(`${api}/failing`, {credentials}),
    nowhere: (api) => fetch(`${api}/nowhere`, {headers, credentials}),
    stream: (api) => fetch(`${api}/stream`, {credentials}),
    redirect: (api) => fetch(`${api}/redirect`, {headers, credentials}),
    refused: (api) => fetch(`${api}/private`, {headers, credentials}),
    method: (api) => fetch(`${api}/items`, {method: 'DELETE', credentials}),
    header: (api) => fetch(`${api}/items`, {headers: {'x-b': '1'}, credentials}),
};
async function look(call) {
    try {
        const response = await call();
        const text = response.ok ? ` ${await response.text()}` : '';
        return `${response.status}${text}`;
    } catch (error) {
        return error.name;
    }
}
const seen = {};
for (const [name, api] of Object.entries(apis)) {
    seen[name] = {};
    for (const [what, call] of Object.entries(calls)) {
        seen[name][what] = await look(() => call(api));
    }
}
await fetch('/report?' + location.hostname, {method: 'POST', body: JSON.stringify(seen)});
if (next) {
    location.href = next;
}
</script>"""


class ReportingPages:
    """The same page on several host names, which are opened one after the other."""

    def __init__(self, hosts: tuple[str, ...], page: str = PAGE) -> None:
        self.hosts = hosts
        self.page = page
        self.apis: dict[str, str] = {}
        self.seen: dict[str, Any] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.port: int = self.server.server_address[1]

    def url(self, host: str) -> str:
        return f"http://{host}:{self.port}/"

    def begin(self, apis: dict[str, str]) -> None:
        self.apis = apis
        self.seen = {}

    def done(self) -> bool:
        return set(self.seen) == set(self.hosts)

    def plan(self, host: str) -> dict[str, Any]:
        later = self.hosts[self.hosts.index(host) + 1:]
        return {"apis": self.apis, "next": self.url(later[0]) if later else None}


def handler_for(pages: ReportingPages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, host = self.path.partition("?")
            if path == "/plan":
                self.answer(json.dumps(pages.plan(host)).encode())
            else:
                self.answer(pages.page.encode())

        def do_POST(self) -> None:
            report = self.rfile.read(int(self.headers["Content-Length"]))
            pages.seen[self.path.partition("?")[2]] = json.loads(report)
            self.answer(b"")

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """What counts is reported by the pages."""

    return Handler


@contextmanager
def reporting_pages(hosts: tuple[str, ...], page: str = PAGE) -> Iterator[ReportingPages]:
    pages = ReportingPages(hosts, page)
    thread = threading.Thread(target=pages.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield pages
    finally:
        pages.server.shutdown()
        pages.server.server_close()
        thread.join()
