# SPDX-License-Identifier: MIT
"""Pages in real Chromium and Firefox call a server of each framework."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.reporting_pages import PAGE, reporting_pages
from tests.python_servers.python_framework_server import GOOD, POLICY, FrameworkServer
from tests.support.browser import BROWSERS, Browser, opened

SECONDS = 120.0  # for all calls of both pages, which take some 5
FRIEND, STRANGER = "app.localhost", "stranger.localhost"
FRAMEWORKS = ("flask-werkzeug", "django-uvicorn", "starlette-uvicorn", "fastapi-uvicorn", "aiohttp")

CALLS = """
    read: (api) => fetch(`${api}/data`, {credentials}),
    write: (api) => fetch(`${api}/data`, {method: 'PUT', headers, credentials}),
    failing: (api) => fetch(`${api}/boom`, {credentials}),
    nowhere: (api) => fetch(`${api}/missing`, {headers, credentials}),
    stream: (api) => fetch(`${api}/stream`, {credentials}),
    refused: (api) => fetch(`${api}/private`, {headers, credentials}),
    token: (api) => fetch(`${api}/private`, {headers: {authorization: 'Bearer 1'}, credentials}),
    method: (api) => fetch(`${api}/data`, {method: 'DELETE', credentials}),
    header: (api) => fetch(`${api}/data`, {headers: {'x-b': '1'}, credentials}),
"""
HEAD, _, REST = PAGE.partition("const calls = {")
CALLS_PAGE = f"{HEAD}const calls = {{{CALLS}}};{REST.partition('};')[2]}"

SEEN = {"read": "200 data", "write": "200 data", "failing": "500", "nowhere": "404",
        "stream": "200 one two three", "refused": "401", "token": "200 data",
        "method": "TypeError", "header": "TypeError"}


@pytest.fixture(scope="module", params=BROWSERS, ids=lambda browser: str(browser.name))
def seen(request: pytest.FixtureRequest,
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What script saw, by host of the page, framework and call."""
    browser: Browser = request.param
    with reporting_pages((FRIEND, STRANGER), CALLS_PAGE) as pages, ExitStack() as started:
        origin = pages.url(FRIEND).rstrip("/")
        policy = POLICY.replace(GOOD, f'"{origin}"') + (
            "    accept_risks: [insecure-origin-with-credentials, loopback-in-production]\n")
        servers = [started.enter_context(
            FrameworkServer(name, tmp_path_factory.mktemp("visit"), "off", policy))
            for name in FRAMEWORKS]
        pages.begin({server.framework: f"http://127.0.0.1:{server.port}" for server in servers})
        with opened(browser, pages.url(FRIEND)) as process:
            process.wait_until(pages.done, f"the pages in {browser.name}", SECONDS)
        yield pages.seen


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_listed_page_sees_what_the_policy_grants(seen: dict[str, Any], framework: str) -> None:
    assert seen[FRIEND][framework] == SEEN


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_another_page_sees_nothing(seen: dict[str, Any], framework: str) -> None:
    assert seen[STRANGER][framework] == dict.fromkeys(SEEN, "TypeError")
