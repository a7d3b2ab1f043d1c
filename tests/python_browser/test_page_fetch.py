# SPDX-License-Identifier: MIT
"""libcors._engine.PageFetch: what it refuses, what it keeps alive, and that it gives all back."""

from __future__ import annotations

import gc
import resource
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from libcors import _engine
from libcors.browser import Blocked, Browser

PAGE: dict[str, Any] = {"page": b"https://app.example", "url": b"https://api.example/x"}
ORIGIN_FIELD, METHODS_FIELD = _engine.FIELDS["ALLOW_ORIGIN"], _engine.FIELDS["ALLOW_METHODS"]
ALLOWED = [(ORIGIN_FIELD, b"https://app.example"), (METHODS_FIELD, b"PUT")]


def begin(**more: Any) -> _engine.PageFetch:
    browser = _engine.create_page_browser("standard")
    return _engine.PageFetch(browser, 0, **(PAGE | more))


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "a page that is text": ({"page": "https://app.example"}, TypeError, "bytes"),
    "a URL that is none": ({"url": None}, TypeError, "bytes"),
    "a method that is text": ({"method": "GET"}, TypeError, "bytes"),
    "an unknown mode": ({"mode": "navigate"}, ValueError, "no mode named 'navigate'"),
    "an unknown initiator": ({"initiator": "Fetch"}, ValueError, "no initiator named"),
    "unknown credentials": ({"credentials": "all"}, ValueError, "no credentials named"),
    "an unknown redirect": ({"redirect": ""}, ValueError, "no redirect named"),
    "an unknown cache": ({"cache": "never"}, ValueError, "no cache named"),
    "an unknown body": ({"body": "json"}, ValueError, "no body named"),
    "a name with a NUL": ({"mode": "co\0rs"}, ValueError, "null character"),
    "a header of one": ({"headers": [(b"a",)]}, TypeError, "pairs of name and value"),
    "a header of text": ({"headers": [(b"a", "b")]}, TypeError, "must be bytes"),
    "a header that is none": ({"headers": [7]}, TypeError, "not iterable"),
    "headers that are none": ({"headers": 7}, TypeError, "not iterable"),
    "a host that is text": ({"upgraded_hosts": ["a"]}, TypeError, "must be bytes"),
    "hosts that are none": ({"upgraded_hosts": 7}, TypeError, "not iterable"),
    "a member of no call": ({"window": b""}, TypeError, "window"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused(name: str) -> None:
    more, kind, said = WRONG[name]
    with pytest.raises(kind, match=said):
        begin(**more)


def test_a_call_needs_a_browser_page_and_url() -> None:
    browser = _engine.create_page_browser("standard")
    with pytest.raises(TypeError, match="create_page_browser"):
        _engine.PageFetch(object(), 0, **PAGE)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a page and a url"):
        _engine.PageFetch(browser, 0, page=b"https://app.example")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        _engine.PageFetch()  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="no browser named 'lynx'"):
        _engine.create_page_browser("lynx")


def test_the_order_of_things() -> None:
    call = begin(method=b"PUT")
    with pytest.raises(RuntimeError, match="not done"):
        call.outcome()
    with pytest.raises(ValueError, match="99 is no status"):
        call.answer(99, [], None, 0)
    with pytest.raises(TypeError, match="must be bytes"):
        call.answer(200, [(b"a", "b")], None, 0)  # type: ignore[list-item]
    assert call.request()["preflight"]
    call.answer(204, ALLOWED, None, 0)
    assert not call.request()["preflight"] and not call.exposes(b"content-type")
    call.answer(200, [*ALLOWED, (b"Content-Type", b"text/plain")], b"127.0.0.1", 0)
    assert call.exposes(b"content-type") and not call.exposes(b"x-other")
    uses: list[Callable[[], object]] = [call.request, call.fail,
                                        lambda: call.answer(200, [], None, 0)]
    for use in uses:
        with pytest.raises(RuntimeError, match="the call is done"):
            use()
    assert call.outcome()["ok"] and call.outcome()["readable"] == [b"Content-Type"]


def test_no_answer() -> None:
    call = begin()
    call.fail()
    outcome = call.outcome()
    assert (outcome["code"], outcome["failed_step"]) == ("network-failure", 0)
    assert outcome["repair"] is None and outcome["messages"]["firefox"]


def test_lines_that_end_the_call_while_they_are_read() -> None:
    """An iterator of lines may do anything, also answer the call."""
    call = begin()

    def lines() -> Iterator[tuple[bytes, bytes]]:
        call.answer(200, ALLOWED, None, 0)
        yield b"X-A", b"1"
    with pytest.raises(RuntimeError, match="the call is done"):
        call.answer(200, lines(), None, 0)
    assert call.outcome()["ok"]


def test_redirect_to_a_long_url() -> None:
    call = begin()
    with pytest.raises(ValueError, match="too long"):
        call.answer(302, [*ALLOWED, (b"Location", b"/" + b"x" * 5_000_000)], None, 0)
    assert call.done and call.outcome()["code"] == "network-failure"


def test_browser_survives_a_redirect_to_a_long_url() -> None:
    def app(environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        allow = (ORIGIN_FIELD.decode(), "*")
        start_response("302 Found", [allow, ("Location", "/" + "x" * 5_000_000)])
        return [b""]
    with pytest.raises(Blocked) as caught:
        Browser("https://app.example").fetch(app)
    assert caught.value.code == "network-failure" and "too long" in str(caught.value)


def test_long_calls() -> None:
    call = begin(headers=[(b"x-long", b"y" * 3_000_000)] * 3)
    assert call.request()["preflight"]
    call.answer(204, [*ALLOWED, (_engine.FIELDS["ALLOW_HEADERS"], b"x-long")], None, 0)
    sent = [value for name, value in call.request()["fields"] if name == b"x-long"]
    assert sum(map(len, sent)) >= 9_000_000


def test_texts_live_as_long_as_the_call() -> None:
    """Nobody but the call holds them."""
    call = begin(url=b"https://api.example/" + b"u" * 1000, method=b"P" * 3,
                 headers=((b"x-" + b"%d" % number, b"v" * 50) for number in range(20)))
    gc.collect()
    junk = [bytes([number % 256]) * 1000 for number in range(1000)]
    request = call.request()
    assert request["url"] == b"https://api.example/" + b"u" * 1000 and len(junk) == 1000
    assert request["requested_method"] == b"PPP"
    assert request["requested_headers"] == b",".join(
        sorted(b"x-%d" % number for number in range(20)))


def test_unicode_hosts() -> None:
    assert begin(url="https://b\u00fccher.example/\u00fc".encode()).request()["url"] == (
        b"https://xn--bcher-kva.example/%C3%BC")


def test_preflights_are_shared_by_the_calls_of_a_browser() -> None:
    browser = _engine.create_page_browser("chromium")

    def preflights(now: int) -> bool:
        call = _engine.PageFetch(browser, now, method=b"PUT", **PAGE)
        asked = call.request()["preflight"]
        if asked:
            call.answer(204, [*ALLOWED, (_engine.FIELDS["MAX_AGE"], b"10")], None, now)
        return asked
    assert [preflights(now) for now in (0, 9_000, 10_001, 11_000)] == [True, False, True, False]


def use_everything(browser: Browser, answer: Callable[..., list[bytes]]) -> None:
    """Calls that are let through, blocked, refused, redirected and preflighted."""
    headers = {"X-A": "1"}
    for target, method in (("/", "GET"), ("/move", "GET"), ("/shut", "PUT"), ("/", "PUT"),
                           ("/", "CONNECT"), ("/boom", "GET")):
        try:
            browser.fetch(answer, target, method=method, headers=headers, credentials="include")
        except Blocked as blocked:
            assert str(blocked)
    wrong: list[dict[str, Any]] = [{"mode": "x"}, {"headers": [(b"a",)]},
                                   {"upgraded_hosts": [b"a", 7]}]
    for more in wrong:
        with pytest.raises((TypeError, ValueError)):
            begin(**more)
    begin(method=b"PUT").request()  # and never answered
    browser.exchanges.clear()


def allowing(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    path = environ["PATH_INFO"]
    if path == "/boom":
        raise ValueError("out of tea")
    names = ("ALLOW_ORIGIN", "ALLOW_CREDENTIALS", "ALLOW_METHODS", "ALLOW_HEADERS")
    values = ("https://app.example", "true", "PUT", "x-a")
    lines = [(_engine.FIELDS[name].decode(), value) for name, value in zip(names, values)]
    status = "302 Found" if path == "/move" else "200 OK"
    start_response(status, [*(lines if path != "/shut" else []), ("Location", "/"),
                            ("Set-Cookie", "a=1; Secure; SameSite=None")])
    return [b"hello"]


def resident() -> int:
    """Bytes of memory that the process has now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def test_memory_is_flat() -> None:
    browser = Browser("https://app.example")
    for _ in range(200):
        use_everything(browser, allowing)
    gc.collect()
    tracemalloc.start()
    try:
        use_everything(browser, allowing)
        gc.collect()
        before, resident_before = tracemalloc.get_traced_memory()[0], resident()
        for _ in range(300):
            use_everything(browser, allowing)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        grown_resident = resident() - resident_before
    finally:
        tracemalloc.stop()
    assert grown < 30_000, f"{grown} bytes more after 1,800 calls"
    assert grown_resident < 4_000_000, f"{grown_resident} bytes more after 1,800 calls"
