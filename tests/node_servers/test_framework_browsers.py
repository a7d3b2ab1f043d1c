# SPDX-License-Identifier: MIT
"""Pages in real Chromium and Firefox call a server of each framework."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.node_servers.framework_server import OVER_HTTP1, POLICY, framework_server
from tests.support.reporting_pages import reporting_pages
from tests.support.browser import BROWSERS, Browser, opened

SECONDS = 120.0  # for all calls of both pages, which take some 5
FRIEND, STRANGER = "app.localhost", "stranger.localhost"

SEEN = {
    "read": "200 []",
    "write": "200 []",
    "failing": "500",
    "nowhere": "404",
    "stream": "200 one two three",
    "redirect": "200 []",
    "refused": "401",
    "method": "TypeError",
    "header": "TypeError",
}


@dataclass(frozen=True)
class Visit:
    seen: dict[str, Any]  # by host of the page, framework and call


@pytest.fixture(scope="module", params=BROWSERS, ids=lambda browser: str(browser.name))
def visit(request: pytest.FixtureRequest, installed: None,
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    browser: Browser = request.param
    folder: Path = tmp_path_factory.mktemp("visit")
    with reporting_pages((FRIEND, STRANGER)) as pages, ExitStack() as started:
        policy = POLICY | {"allow_origins": [pages.url(FRIEND).rstrip("/")]}
        servers = [started.enter_context(
            framework_server(name, folder, policy, environment="development"))
            for name in OVER_HTTP1]
        pages.begin({server.name: f"http://127.0.0.1:{server.port}" for server in servers})
        with opened(browser, pages.url(FRIEND)) as process:
            process.wait_until(pages.done, f"the pages in {browser.name}", SECONDS)
        yield Visit(pages.seen)


@pytest.mark.parametrize("name", OVER_HTTP1)
def test_listed_page_sees_what_the_policy_grants(visit: Visit, name: str) -> None:
    assert visit.seen[FRIEND][name] == SEEN


@pytest.mark.parametrize("name", OVER_HTTP1)
def test_other_page_sees_nothing(visit: Visit, name: str) -> None:
    assert visit.seen[STRANGER][name] == dict.fromkeys(SEEN, "TypeError")
