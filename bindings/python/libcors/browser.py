# SPDX-License-Identifier: MIT
"""A fetch that obeys CORS as a browser does, for tests.

    from libcors.browser import Browser, expect_blocked

    browser = Browser("https://app.example")
    response = browser.fetch(app, "/items", method="PUT", json={"name": "tea"})
    blocked = expect_blocked(lambda: browser.fetch("http://127.0.0.1:8000/admin"))

`app` is a WSGI application (Flask, Django) or an ASGI application (FastAPI, Starlette, Django)
in this process. Preflights, their cache, redirects, cookies and what script may read are as on a
page of the origin; a call that the browser blocks raises Blocked, which tells why.
"""
from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Generator, Mapping
from types import TracebackType
from typing import Any, Union

from libcors import _engine
from libcors.cookie_jar import Cookie, CookieJar, set_cookies
from libcors.page_blocked import Blocked, Repair
from libcors.page_call import (Blob, Body, FormData, Headers, PreparedBody, Stream, absolute_url,
                               header_lines, header_pairs, prepare_body)
from libcors.page_expectations import expect_allowed, expect_blocked
from libcors.page_network import Application, Host, Network
from libcors.page_response import CorsResponse, ReadableHeaders
from libcors.page_wire import (Exchange, NoAnswer, Why, WireRequest, WireResponse, authority_of,
                               joined, origin_of, text_of)

__all__ = ["Blob", "Blocked", "Browser", "Cookie", "CorsResponse", "Exchange", "FormData",
           "ReadableHeaders", "Repair", "Stream", "Why", "WireRequest", "WireResponse",
           "expect_allowed", "expect_blocked"]

USER_AGENT = f"Mozilla/5.0 (compatible; libcors/{_engine.VERSION})"
APPLICATION_URL = "https://api.test"
# The page counts as one of this machine, so that servers of tests are no "local network" to it.
PAGE_ADDRESS = "127.0.0.1"

Steps = Generator[tuple[WireRequest, Union[Host, None]],
                  Union[WireResponse, NoAnswer], CorsResponse]

# So many of the last are remembered: a test looks at a few, and some make millions of calls.
EXCHANGES_MAX = 1000


class Browser:
    """A browser with a page of one origin open.

    origin        the page's: scheme, host and port; "null" for sandboxed frames and files
    browser       whose rules: "standard" (the Fetch Standard), "chromium", "firefox", "safari"
    cookies       cookies that it has already, by URL, written as the server would set them:
                  {"https://api.test": "session=1; Secure; SameSite=None"}
    base_url      what the targets of fetch() start from; applications answer there. Default:
                  https://api.test for applications, the page's own origin for anything else
    hosts         where hosts really are: {"api.example": "http://127.0.0.1:8000"}, or an
                  application; a key is an origin such as "https://api.example", a host name,
                  or "*" for all others, so that no test leaves the machine
    page_address  the page's IP address, for what Chromium calls local network access. The page
                  counts as served from this machine, so that servers on it can be called; give
                  a public address, such as "203.0.113.1", to see what Chromium does to pages of
                  the internet
    top           the origin of the top-level page, where the page is in a frame
    hsts          hosts whose http URLs the browser upgrades to https
    timeout       seconds to wait for an answer
    ssl_context   for https to real servers; default: the system's authorities
    now           the time in seconds, for cookies and the preflight cache; default: time.time

    What it remembers between calls: preflights as long as they may be kept, cookies, and the last
    1000 requests with their answers, in `exchanges`. `with` closes it, which shuts ASGI
    applications down that it started.
    """

    def __init__(self, origin: str, browser: str = "standard", *,
                 cookies: Mapping[str, str | list[str]] | None = None,
                 base_url: str | None = None, hosts: Mapping[str, Host] | None = None,
                 page_address: str | None = PAGE_ADDRESS, top: str | None = None,
                 hsts: tuple[str, ...] | list[str] = (), timeout: float = 30.0,
                 ssl_context: ssl.SSLContext | None = None,
                 now: Callable[[], float] = time.time) -> None:
        self.origin = checked_origin(origin)
        self.browser = browser
        self.base_url = base_url
        self.exchanges: list[Exchange] = []
        self._engine_browser = _engine.create_page_browser(browser)
        self._page: dict[str, Any] = {
            "page": self.origin.encode(),
            "top": checked_origin(top).encode() if top is not None else b"",
            "page_address": (page_address or "").encode(),
            "upgraded_hosts": [host.encode() for host in hsts],
        }
        self._network = Network(hosts or {}, timeout, ssl_context)
        self._clock = now
        self._latest = 0
        self._initial_cookies = dict(cookies or {})
        self._jar = CookieJar(browser, origin if top is None else top)
        set_cookies(self._jar, self._initial_cookies, now())

    def fetch(self, app_or_url: str | Application, target: str | None = None, *,
              method: str = "GET", headers: Headers | None = None, body: Body | None = None,
              json: Any = None, mode: str = "cors", credentials: str = "same-origin",
              redirect: str = "follow", cache: str = "default", initiator: str = "fetch",
              upload_listener: bool = False) -> CorsResponse:
        """fetch() as on a page of the origin. Raises Blocked where script would get an error.

        app_or_url       a URL to call over a socket; or a WSGI or ASGI application, called in
                         this process
        target           what to call there: "/items?page=2"; with an application also a whole
                         URL, whose origin the application then has
        body             text, bytes (an ArrayBuffer), a mapping (URLSearchParams), Blob,
                         FormData or Stream
        json             a body as JSON, with its Content-Type
        mode, credentials, redirect, cache    as fetch() has them
        initiator        who calls, if not fetch(): "xhr", "image", "script", "module",
                         "stylesheet", "font", "eventsource", "beacon"
        upload_listener  whether an xhr has a listener on its upload

        Values that fetch() knows nothing of raise ValueError; calls that it refuses are Blocked.
        """
        __tracebackhide__ = True  # pytest shows the test's own line, and the story
        steps = self._play(app_or_url, target, method, header_pairs(headers), body, json, {
            "mode": mode, "credentials": credentials, "redirect": redirect, "cache": cache,
            "initiator": initiator, "upload_listener": upload_listener})
        try:
            request, place = next(steps)
            while True:
                try:
                    answer: WireResponse | NoAnswer = self._network.send(request, place)
                except NoAnswer as error:
                    answer = error
                request, place = steps.send(answer)
        except StopIteration as done:
            return finished(done)

    async def afetch(self, app_or_url: str | Application, target: str | None = None, *,
                     method: str = "GET", headers: Headers | None = None,
                     body: Body | None = None, json: Any = None, mode: str = "cors",
                     credentials: str = "same-origin", redirect: str = "follow",
                     cache: str = "default", initiator: str = "fetch",
                     upload_listener: bool = False) -> CorsResponse:
        """fetch() for coroutines: it takes the same, and applications run in this event loop."""
        __tracebackhide__ = True  # pytest shows the test's own line, and the story
        steps = self._play(app_or_url, target, method, header_pairs(headers), body, json, {
            "mode": mode, "credentials": credentials, "redirect": redirect, "cache": cache,
            "initiator": initiator, "upload_listener": upload_listener})
        try:
            request, place = next(steps)
            while True:
                try:
                    answer: WireResponse | NoAnswer = await self._network.asend(request, place)
                except NoAnswer as error:
                    answer = error
                request, place = steps.send(answer)
        except StopIteration as done:
            return finished(done)

    def _play(self, app_or_url: str | Application, target: str | None, method: str,
              headers: list[tuple[str, str]], body: Body | None, json: Any,
              options: dict[str, Any]) -> Steps:
        """The call without I/O: yields requests and where they go, takes answers."""
        __tracebackhide__ = True
        app = None if isinstance(app_or_url, str) else app_or_url
        url = self._address(app_or_url, target)
        app_origin: str | None = None
        prepared = prepare_body(body, json, headers)
        call = _engine.PageFetch(
            self._engine_browser, self._now(), url=url.encode("utf-8", "surrogatepass"),
            method=method.encode(), headers=header_lines(headers), body=prepared.kind,
            body_type=prepared.type, **self._page, **options)
        exchanges: list[Exchange] = []
        error: Exception | None = None
        while not call.done:
            exchange = self._prepare(call.request(), prepared)
            app_origin = app_origin or origin_of(exchange.request.url)
            place = self._network.place_of(exchange.request.url, app, app_origin)
            answer = yield exchange.request, place
            error = self._take(call, exchange, answer, exchanges)
        return self._end(call, url, method, exchanges, error)

    def _address(self, app_or_url: str | Application, target: str | None) -> str:
        if isinstance(app_or_url, str):
            url = absolute_url(app_or_url, self.base_url)
            return url if target is None else absolute_url(target, url)
        return absolute_url(target or "/", self.base_url or APPLICATION_URL)

    def _prepare(self, sent: _engine.SentRequest, body: PreparedBody) -> Exchange:
        """The request with what depends on the connection: Host, Cookie and the like."""
        url = sent["url"].decode("ascii")
        lines = tuple((name.decode("latin-1"), value.decode("latin-1"))
                      for name, value in sent["fields"])
        data = body.bytes_for(joined(lines, "Content-Type")) if sent["body"] else None
        more = [("Host", authority_of(url))]
        if joined(lines, "User-Agent") is None:
            more.append(("User-Agent", USER_AGENT))
        if joined(lines, "Accept") is None:
            more.append(("Accept", "*/*"))
        cookies = self._jar.header(url, self._clock()) if sent["credentials"] else None
        rest = [("Cookie", cookies)] if cookies is not None else []
        if data is not None or (sent["method"] in (b"POST", b"PUT") and not sent["preflight"]):
            rest.append(("Content-Length", str(len(data or b""))))
        whys = tuple(Why(why, text_of(what), advice) for why, what, advice in sent["whys"])
        request = WireRequest(text_of(sent["method"]), url, (*more, *lines, *rest), data)
        return Exchange(sent["preflight"], request, None, sent["credentials"], whys)

    def _take(self, call: _engine.PageFetch, exchange: Exchange,
              answer: WireResponse | NoAnswer, exchanges: list[Exchange]) -> Exception | None:
        """Hands an answer to the engine and its cookies to the jar; returns what went wrong."""
        if isinstance(answer, NoAnswer):
            call.fail()
            self._note(exchange, None, exchanges)
            return answer.reason
        self._note(exchange, answer, exchanges)
        if exchange.credentials:
            for name, value in answer.headers:
                if name.lower() == "set-cookie":
                    self._jar.receive(exchange.request.url, value, self._clock())
        address = answer.address.encode() if answer.address is not None else None
        try:
            call.answer(answer.status, header_lines(answer.headers), address, self._now())
        except ValueError as error:  # a redirect whose URL is too long: the call has failed
            if not call.done:
                raise
            return error
        return answer.error

    def _note(self, exchange: Exchange, answer: WireResponse | None,
              exchanges: list[Exchange]) -> None:
        whole = Exchange(exchange.preflight, exchange.request, answer, exchange.credentials,
                         exchange.whys)
        exchanges.append(whole)
        self.exchanges.append(whole)
        del self.exchanges[:-EXCHANGES_MAX]

    def _end(self, call: _engine.PageFetch, url: str, method: str, exchanges: list[Exchange],
             error: Exception | None) -> CorsResponse:
        __tracebackhide__ = True
        outcome = call.outcome()
        if not outcome["ok"]:
            story = f"{method} {url} from a page of {self.origin}"
            raise Blocked(story, method, self.browser, outcome, exchanges, error) from error
        response = exchanges[-1].response if exchanges else None
        hidden = response is None or outcome["type"] in ("opaque", "opaqueredirect")
        readable = {name.lower() for name in outcome["readable"]}
        fields = () if response is None else tuple(
            (name, value) for name, value in response.headers
            if name.encode("latin-1").lower() in readable)
        return CorsResponse(outcome["type"], outcome["status"], text_of(outcome["url"]),
                            outcome["redirected"], fields,
                            b"" if hidden or response is None else response.body,
                            tuple(exchanges))

    def _now(self) -> int:
        """Milliseconds that never go back."""
        self._latest = max(self._latest, int(self._clock() * 1000))
        return self._latest

    @property
    def cookies(self) -> list[Cookie]:
        """The cookies that it has now."""
        return self._jar.all(self._clock())

    def clear(self) -> None:
        """Forgets preflights, exchanges and cookies but those that it began with."""
        self.exchanges.clear()
        self._engine_browser = _engine.create_page_browser(self.browser)
        self._jar.clear()
        set_cookies(self._jar, self._initial_cookies, self._clock())

    def close(self) -> None:
        """Shuts down the ASGI applications that fetch() started."""
        self._network.close()

    async def aclose(self) -> None:
        """Shuts down the ASGI applications that afetch() started in this event loop."""
        await self._network.aclose()

    def __repr__(self) -> str:
        return f"<Browser {self.browser}, {self.origin}>"

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.aclose()


def finished(done: StopIteration) -> CorsResponse:
    response: CorsResponse = done.value
    return response


def checked_origin(origin: str) -> str:
    """The origin; ValueError with what to write instead where it is none."""
    parsed = _engine.parse_origin(origin)
    if parsed is None:
        bare = origin.rstrip("/")
        hint = f"write {bare!r}" if bare != origin and _engine.parse_origin(bare) else \
            "write scheme, host and port alone, such as 'https://app.example', or 'null'"
        raise ValueError(f"{origin!r} is no origin: {hint}")
    return origin
