# SPDX-License-Identifier: MIT
"""Cookies: what Browser keeps of Set-Cookie, and what it sends when the engine lets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from libcors.browser import Browser

from tests.python_browser.recorded_calls import Clock
from tests.support.application import Answer, Application, Seen

ORIGIN_LINE = "Access-Control-Allow-Origin"
CREDENTIALS_LINE = "Access-Control-Allow-Credentials"


def answer(seen: Seen) -> Answer:
    """Allows the page that asks, and sets the cookies that it names in the query."""
    origin = (seen.values("Origin") or ["*"])[0]
    lines = [(ORIGIN_LINE, origin), (CREDENTIALS_LINE, "true"), ("Content-Type", "text/plain")]
    wanted = seen.target.partition("?set=")[2].replace("%20", " ")
    lines += [("Set-Cookie", line) for line in wanted.split("|") if line]
    return Answer(lines=lines, body=(seen.values("Cookie") or ["none"])[0].encode())


@pytest.fixture(scope="module")
def server() -> Iterator[Application]:
    with Application(answer) as started:
        yield started


def browser(server: Application, name: str = "standard", page: str = "https://app.example",
            cookies: dict[str, str | list[str]] | None = None,
            clock: Clock | None = None) -> Browser:
    return Browser(page, name, hosts={"*": server.url}, now=clock or Clock(), cookies=cookies)


def set_and_sent(visitor: Browser, line: str, at: str, to: str | None = None) -> str:
    """Has a server set a cookie, and returns the Cookie header of the next request."""
    visitor.fetch(f"{at}?set={line}", credentials="include")
    return visitor.fetch(to or at, credentials="include").text()


HOME, API, THEIRS = "https://app.example/", "https://api.app.example/", "https://else.test/"
DEEP = f"{HOME}a/b"
KEPT = [
    # the Set-Cookie line, where it is set, where the next request goes, what goes along
    ("a=1", HOME, HOME, "a=1"),
    ("a=1", HOME, API, "none"),
    ("a=1; Domain=app.example", HOME, API, "a=1"),
    ("a=1; Domain=.APP.example", HOME, API, "a=1"),
    ("a=1; Domain=app.example", API, HOME, "a=1"),
    ("a=1; Domain=example", HOME, HOME, "none"),
    ("a=1; Domain=api.app.example", HOME, API, "none"),
    ("a=1; Domain=else.test", HOME, THEIRS, "none"),
    ("a=1", DEEP, f"{HOME}a/c", "a=1"),
    ("a=1", DEEP, f"{HOME}ab", "none"),
    ("a=1; Path=/a", HOME, f"{HOME}a", "a=1"),
    ("a=1; Path=/a", HOME, f"{HOME}a/x", "a=1"),
    ("a=1; Path=/a", HOME, f"{HOME}ax", "none"),
    ("a=1; Path=a", DEEP, f"{HOME}a/z", "a=1"),
    ("a=1; Secure", HOME, HOME, "a=1"),
    ("a=1; Max-Age=0", HOME, HOME, "none"),
    ("a=1; Max-Age=-1", HOME, HOME, "none"),
    ("a=1; Max-Age=60", HOME, HOME, "a=1"),
    ("a=1; Max-Age=x", HOME, HOME, "a=1"),
    ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", HOME, HOME, "none"),
    ("a=1; Expires=Wednesday, 09-Nov-99 23:12:40 GMT", HOME, HOME, "none"),
    ("a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", HOME, HOME, "a=1"),
    ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9", HOME, HOME, "a=1"),
    ("a=1; HttpOnly", HOME, HOME, "a=1"),
    ("a", HOME, HOME, "a"),
    ("=1", HOME, HOME, "1"),
    ("=", HOME, HOME, "none"),
    (" a = 1 2 ;x", HOME, HOME, "a=1 2"),
    ("a=b=c", HOME, HOME, "a=b=c"),
    ("__Secure-a=1", HOME, HOME, "none"),
    ("__Secure-a=1; Secure", HOME, HOME, "__Secure-a=1"),
    ("__Host-a=1; Secure", DEEP, DEEP, "none"),
    ("__Host-a=1; Secure; Path=/", HOME, HOME, "__Host-a=1"),
    ("__Host-a=1; Secure; Path=/; Domain=app.example", HOME, HOME, "none"),
    ("__host-a=1", HOME, HOME, "none"),
    ("a=1|a=2", HOME, HOME, "a=2"),
    ("a=1|b=2; Path=/a|c=3", HOME, DEEP, "b=2; a=1; c=3"),
]


@pytest.mark.parametrize("line,at,to,wanted", KEPT)
def test_kept(server: Application, line: str, at: str, to: str, wanted: str) -> None:
    assert set_and_sent(browser(server), line, at, to) == wanted


SITES = [
    # line, page, server, what standard and chromium send, what firefox and safari do
    ("a=1", "https://app.example", THEIRS, "none", "a=1"),
    ("a=1; SameSite=None", "https://app.example", THEIRS, "none", "a=1"),
    ("a=1; SameSite=None; Secure", "https://app.example", THEIRS, "a=1", "a=1"),
    ("a=1; SameSite=Lax", "https://app.example", THEIRS, "none", "none"),
    ("a=1; SameSite=Strict", "https://app.example", THEIRS, "none", "none"),
    ("a=1; SameSite=Strict", "https://app.example", "https://api.app.example/", "a=1", "a=1"),
    ("a=1; SameSite=Strict", "https://app.example", "https://api.example/", "none", "none"),
    ("a=1; SameSite=Strict", "https://app.shop.example", "https://api.shop.example/", "a=1", "a=1"),
    ("a=1; SameSite=lax", "https://app.shop.co.uk", "https://api.shop.co.uk/", "a=1", "a=1"),
    ("a=1; SameSite=Lax", "https://one.github.io", "https://two.github.io/", "none", "none"),
    ("a=1; SameSite=odd", "https://app.example", THEIRS, "none", "a=1"),
    ("a=1", "http://app.example", "https://app.example/", "none", "a=1"),
    ("a=1", "http://app.example", "http://app.example:8080/", "a=1", "a=1"),
    ("a=1; Secure", "http://app.example", "http://app.example:8080/", "none", "none"),
    ("a=1; Secure", "http://localhost:1234", "http://localhost:5678/", "a=1", "a=1"),
    ("a=1; Secure", "http://127.0.0.1:1234", "http://127.0.0.1:5678/", "a=1", "a=1"),
    ("a=1; Domain=1.0.0.127", "http://127.0.0.1:1234", "http://127.0.0.1:5678/", "none", "none"),
    ("a=1; SameSite=Lax", "null", HOME, "none", "none"),
]


@pytest.mark.parametrize("line,page,at,strict,lenient", SITES)
def test_same_site(server: Application, line: str, page: str, at: str, strict: str,
                   lenient: str) -> None:
    for name, wanted in {"standard": strict, "chromium": strict, "firefox": lenient,
                         "safari": lenient}.items():
        assert set_and_sent(browser(server, name, page), line, at) == wanted, name


@pytest.mark.parametrize("credentials", ["omit", "same-origin", "include"])
def test_only_with_credentials(server: Application, credentials: str) -> None:
    """Without credentials a cookie is neither sent nor kept."""
    theirs = "https://api.else.test/"
    visitor = browser(server, cookies={theirs: "had=1; Secure; SameSite=None"})
    wanted = "had=1" if credentials == "include" else "none"
    visitor.fetch(f"{theirs}?set=new=1;Secure;SameSite=None", credentials=credentials)
    assert visitor.fetch(theirs, credentials=credentials).text() == (
        "had=1; new=1" if credentials == "include" else wanted)
    kept = {cookie.name for cookie in visitor.cookies}
    assert kept == ({"had", "new"} if credentials == "include" else {"had"})


def test_same_origin_needs_no_asking(server: Application) -> None:
    visitor = browser(server, cookies={HOME: ["a=1", "b=2; HttpOnly"]})
    assert visitor.fetch("/x").text() == "a=1; b=2"


def test_preflights_carry_none(server: Application) -> None:
    visitor = browser(server, cookies={THEIRS: "a=1; Secure; SameSite=None"})
    before = len(server.seen)
    with pytest.raises(Exception):
        visitor.fetch(THEIRS, method="PUT", credentials="include")
    assert [seen.method for seen in server.seen[before:]] == ["OPTIONS"]
    assert server.seen[-1].values("Cookie") == []


@pytest.mark.parametrize("name,sent", [("standard", "a=1"), ("chromium", "a=1"),
                                       ("firefox", "none"), ("safari", "a=1")])
def test_page_of_no_origin(server: Application, name: str, sent: str) -> None:
    """Firefox has a jar of its own for it."""
    visitor = browser(server, name, "null", {THEIRS: "a=1; Secure; SameSite=None"})
    assert visitor.fetch(THEIRS, credentials="include").text() == sent


def test_page_in_a_frame(server: Application) -> None:
    """What is same-site is so to the page at the top."""
    cookies: dict[str, str | list[str]] = {HOME: "a=1; SameSite=Lax"}
    framed = Browser("https://app.example", top="https://else.test", cookies=cookies,
                     hosts={"*": server.url})
    assert framed.fetch(HOME).text() == "none"
    assert browser(server, cookies=cookies).fetch(HOME).text() == "a=1"


def test_cookies_run_out(server: Application) -> None:
    clock = Clock()
    visitor = browser(server, clock=clock)
    assert set_and_sent(visitor, "a=1; Max-Age=60", HOME) == "a=1"
    clock.seconds += 61
    assert visitor.fetch(HOME, credentials="include").text() == "none"


def test_without_tls_no_secure_cookie_is_overwritten(server: Application) -> None:
    visitor = browser(server, "firefox", "http://app.example", {HOME: "a=1; Secure"})
    visitor.fetch("http://app.example/?set=a=evil|b=fine")
    kept = [(cookie.name, cookie.value) for cookie in visitor.cookies]
    assert kept == [("a", "1"), ("b", "fine")]


def test_clear_leaves_what_it_began_with(server: Application) -> None:
    visitor = browser(server, cookies={HOME: "a=1"})
    assert set_and_sent(visitor, "b=2", HOME) == "a=1; b=2"
    visitor.clear()
    assert visitor.exchanges == []
    assert visitor.fetch(HOME).text() == "a=1"


@pytest.mark.parametrize("cookies,said", [
    ({"sid": "1"}, "cookies are given by URL"),
    ({"https://app.example": "a=1; Domain=else.test"}, "a browser does not keep the cookie"),
    ({"http://app.example": "a=1; Secure"}, "a browser does not keep the cookie"),
])
def test_cookies_that_cannot_be(cookies: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Browser("https://app.example", cookies=cookies)
