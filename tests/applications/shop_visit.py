# SPDX-License-Identifier: MIT
"""A browser visits the shop: all is started, each page opened in turn, all ended again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from json_server import serving
from page_server import FOLDER as PAGES_FOLDER
from page_server import PageServer, serving_pages
from request_recorder import Exchange, Recorder, recording
from shop_gateway import Gateway, gateway
from shop_verdicts import API_HOST, APP, CASES, HOSTS, Case, Setting
from tests.support.browser import Browser, opened

PAGES_SECONDS = 150.0  # for all the pages of a browser; they take some 5


@dataclass(frozen=True)
class Shop:
    """The API with all that stands before it."""

    setting: Setting
    gateway: Gateway
    recorder: Recorder
    pages: PageServer

    def page_origin(self, page: str) -> str:
        port = self.gateway.port if self.setting.one_origin else self.pages.port
        return f"http://{HOSTS[page]}:{port}"

    def plan(self) -> dict[str, str]:
        api = "/api" if self.setting.one_origin else f"http://{API_HOST}:{self.gateway.port}"
        plan = {}
        for slot, page in enumerate(self.setting.pages):
            query = urlencode({"page": page, "api": api, "slot": slot})
            plan[page] = f"{self.page_origin(page)}/shop.html?{query}"
        return plan


@dataclass(frozen=True)
class Visit:
    """What came of a browser that opened all pages of a shop."""

    browser: Browser
    setting: Setting
    seen: dict[str, dict[str, str]]  # by page, by case
    exchanges: list[Exchange]  # with the application
    waiting: list[str]  # targets of requests that it left without an answer
    log: str  # what the gateway printed
    origins: dict[str, str]  # of each page, as browsers serialize it

    @property
    def own_origin(self) -> str:
        return self.origins[APP]

    def log_of(self, request: str, page: str) -> str:
        """The lines of the gateway's log about a page's requests of a method and a path, each with
        what it says of a near miss. They show no query."""
        lines = self.log.splitlines()
        told = []
        for line, following in zip(lines, [*lines[1:], ""]):
            if f" {request}?... " in line and f" {self.origins[page]} " in line:
                told += [line, following] if following.startswith(" ") else [line]
        return "\n".join(told)

    def of_case(self, case: Case, page: str) -> list[Exchange]:
        return [exchange for exchange in self.exchanges
                if exchange.query("case") == case.name and exchange.query("page") == page]


def open_shop(stack: ExitStack, setting: Setting, folder: Path) -> Shop:
    """Starts everything; the stack ends it."""
    application = stack.enter_context(serving(folder, setting.own_cors))
    recorder = stack.enter_context(recording(application.port))
    pages = stack.enter_context(serving_pages())
    upstream = f"http://127.0.0.1:{recorder.port}"
    if setting.one_origin:
        collector = f"http://127.0.0.1:{pages.port}/collector"
        backends = ["--mount", f"/={PAGES_FOLDER}", "--mount", f"/api={upstream}",
                    "--mount", f"/collector={collector}"]
        prefix = "/api"
    else:
        backends = ["--upstream", upstream]
        prefix = ""
    entrance = stack.enter_context(
        gateway(folder, pages.origin(HOSTS[APP]), backends, setting.enforce, prefix))
    return Shop(setting, entrance, recorder, pages)


def visit(browser: Browser, setting: Setting, folder: Path) -> Visit:
    with ExitStack() as stack:
        shop = open_shop(stack, setting, folder)
        with opened(browser, shop.pages.begin(shop.plan())) as process:
            try:
                process.wait_until(shop.pages.all_seen, f"pages in {browser.name}", PAGES_SECONDS)
            except (TimeoutError, ChildProcessError) as error:
                told = shop.gateway.process.said()
                raise type(error)(f"{error}\nThe gateway said:\n{told}") from None
        seen, exchanges, waiting = (
            shop.pages.seen, shop.recorder.exchanges(), shop.recorder.waiting())
    log = shop.gateway.process.said()
    return Visit(browser, setting, seen, exchanges, waiting, log,
                 {page: shop.page_origin(page) for page in setting.pages})


def table(result: Visit) -> Iterator[str]:
    """What script saw on each page, and in brackets what the application got of it."""
    pages = result.setting.pages
    rows = [("", *pages)]
    for case in CASES:
        rows.append((case.name, *(cell(result, case, page) for page in pages)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(pages) + 1)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip()


def cell(result: Visit, case: Case, page: str) -> str:
    got = " ".join(exchange.method for exchange in result.of_case(case, page))
    return f"{result.seen[page].get(case.name, '-')} [{got}]"
