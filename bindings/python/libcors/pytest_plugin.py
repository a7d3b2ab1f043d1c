# SPDX-License-Identifier: MIT
"""The pytest plugin: a fixture that opens browsers, and failures that tell what CORS did.

Projects that have libcors and test no CORS load nothing but this file.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from libcors.browser import Browser

OpenBrowser = Callable[..., "Browser"]


@pytest.fixture
def cors_browser() -> Iterator[OpenBrowser]:
    """Opens browsers: cors_browser("https://app.example", browser="chromium").

    It takes what libcors.browser.Browser takes; all browsers are closed when the test ends.
    """
    import libcors.browser as client
    opened: list[Browser] = []

    def open_browser(origin: str, browser: str = "standard", **options: Any) -> Browser:
        opened.append(client.Browser(origin, browser, **options))
        return opened[-1]

    yield open_browser
    for one in reversed(opened):
        one.close()


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """What a comparison with a response of a browser shows: the exchange that led to it."""
    if "libcors.browser" not in sys.modules:
        return None
    from libcors.page_expectations import told
    from libcors.page_response import CorsResponse
    response = left if isinstance(left, CorsResponse) else right
    if not isinstance(response, CorsResponse) or not response.exchanges:
        return None
    return [f"{left!r} {op} {right!r}", *told(response).splitlines()]
