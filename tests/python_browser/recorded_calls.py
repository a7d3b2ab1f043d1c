# SPDX-License-Identifier: MIT
"""Plays recorded calls through libcors.browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libcors.browser import (Blob, Blocked, Browser, CorsResponse, FormData, Stream)

Json = dict[str, Any]


class Clock:
    """A time that goes on when the page waits, and else stands still."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


def body_of(body: Json | None) -> Any:
    if body is None:
        return None
    text, kind = str(body.get("text", "")), str(body.get("type", ""))
    makers: dict[str, Callable[[], Any]] = {
        "text": lambda: text, "params": lambda: {text: ""},
        "form": lambda: FormData({"a": text}),
        "blob": lambda: Blob(text.encode(), kind),
        "bytes": text.encode, "stream": lambda: Stream(text.encode())}
    return makers[body["kind"]]()


def play(browser: Browser, clock: Clock, call: Json) -> Json:
    """What came of a call, as recordings and `cors simulate` tell it."""
    clock.seconds += max(call.get("wait", 0), 0) / 1000
    try:
        response: CorsResponse = browser.fetch(
            call["url"], method=call.get("method", "GET"), headers=call.get("headers", ()),
            body=body_of(call.get("body")), mode=call.get("mode", "cors"),
            credentials=call.get("credentials", "same-origin"),
            redirect=call.get("redirect", "follow"), cache=call.get("cache", "default"),
            initiator=call.get("initiator", "fetch"),
            upload_listener=call.get("upload_listener", False))
    except Blocked as blocked:
        return {"result": "error", "type": None, "status": None, "redirected": None, "url": None,
                "headers": [], "code": blocked.code, "preflight": blocked.preflight,
                "messages": blocked.messages}
    return {"result": "ok", "type": response.type, "status": response.status,
            "redirected": response.redirected, "url": response.url,
            "headers": list(response.headers), "code": "ok", "preflight": False, "messages": {}}
