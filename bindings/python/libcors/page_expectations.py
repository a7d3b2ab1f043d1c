# SPDX-License-Identifier: MIT
"""What tests expect of a call."""
from __future__ import annotations

from collections.abc import Callable

from libcors.page_blocked import Blocked
from libcors.page_drawing import draw
from libcors.page_response import CorsResponse


def expect_allowed(call: Callable[[], CorsResponse]) -> CorsResponse:
    """Makes the call, and fails with the whole story if the browser blocks it.

        response = expect_allowed(lambda: browser.fetch(app, "/items"))
    """
    __tracebackhide__ = True
    try:
        return call()
    except Blocked as blocked:
        story, error = str(blocked), blocked.__cause__
    raise AssertionError(f"the browser blocked the call:\n{story}") from error


def expect_blocked(call: Callable[[], CorsResponse], code: str | None = None) -> Blocked:
    """Makes the call, and fails unless the browser blocks it; by this code, where one is given.

        expect_blocked(lambda: browser.fetch(app, "/admin"), "missing-allow-origin")
    """
    __tracebackhide__ = True
    try:
        response = call()
    except Blocked as blocked:
        if code is None or blocked.code == code:
            return blocked
        said, error = f"blocked the call, but not for {code}:\n{blocked}", blocked.__cause__
    else:
        said, error = f"let the call through, and script has the answer:\n{told(response)}", None
    raise AssertionError(f"the browser {said}") from error


def told(response: CorsResponse) -> str:
    """An answer with the exchanges that led to it."""
    if not response.exchanges:
        return repr(response)
    last = response.exchanges[-1]
    return f"{response!r}\n\n{draw(last.request.method, response.exchanges, None)}"
