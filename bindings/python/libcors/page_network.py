# SPDX-License-Identifier: MIT
"""Where the requests of a browser go: to sockets, or to applications in this process."""
from __future__ import annotations

import asyncio
import functools
import inspect
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Union
from urllib.parse import urlsplit

from libcors.asgi_transport import Lifespan, send_asgi
from libcors.page_wire import NoAnswer, WireRequest, WireResponse, origin_of
from libcors.socket_transport import SocketTransport
from libcors.wsgi_transport import send_wsgi

Application = Callable[..., Any]  # WSGI's or ASGI's
Host = Union[str, Application]


def is_asgi(app: object) -> bool:
    """Whether an application is ASGI's; else WSGI's. TypeError where it is neither."""
    if not callable(app):
        hint = ("; start it, and give fetch() its URL" if hasattr(app, "router") else
                "; give a URL, or a WSGI or ASGI application")
        raise TypeError(f"{type(app).__name__} is no application that can be called{hint}")
    call = app.func if isinstance(app, functools.partial) else app
    if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__):
        return True
    try:
        inspect.signature(app).bind("scope", "receive", "send")
    except (TypeError, ValueError):
        return False
    return not takes_two(app)


def takes_two(app: Callable[..., Any]) -> bool:
    try:
        inspect.signature(app).bind("environ", "start_response")
    except (TypeError, ValueError):
        return False
    return True


class Network:
    """Transports of one browser, with the applications that it has started."""

    def __init__(self, hosts: Mapping[str, Host], timeout: float,
                 ssl_context: ssl.SSLContext | None) -> None:
        self._hosts = dict(hosts)
        self._timeout = timeout
        self._sockets = SocketTransport(timeout, ssl_context)
        self._lifespans: dict[tuple[int, int], Lifespan] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        for name, host in self._hosts.items():
            check_host(name, host)

    def place_of(self, url: str, app: Application | None, base: str | None) -> Host | None:
        """What stands in for the URL's host: the application called, or an entry of `hosts`.

        base  the origin that the application has.
        """
        origin = origin_of(url)
        if app is not None and origin == base:
            return app
        for name in (origin, urlsplit(url).hostname or "", "*"):
            if name in self._hosts:
                return self._hosts[name]
        return None

    def send(self, request: WireRequest, place: Host | None) -> WireResponse:
        """Sends a request and waits for its answer. Raises NoAnswer."""
        if place is None or isinstance(place, str):
            return self._sockets.send(request, place)
        if not is_asgi(place):
            return send_wsgi(place, request)
        if running_loop() is not None:
            raise RuntimeError("an event loop runs here: write `await browser.afetch(...)`")
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(self._send_asgi(place, request))

    async def asend(self, request: WireRequest, place: Host | None) -> WireResponse:
        """The same, without holding the event loop up."""
        if place is None or isinstance(place, str):
            return await asyncio.to_thread(self._sockets.send, request, place)
        if is_asgi(place):
            return await self._send_asgi(place, request)
        return await asyncio.to_thread(send_wsgi, place, request)

    async def _send_asgi(self, app: Application, request: WireRequest) -> WireResponse:
        loop = asyncio.get_running_loop()
        lifespan = self._lifespans.get((id(app), id(loop)))
        if lifespan is None:
            lifespan = self._lifespans[id(app), id(loop)] = Lifespan(app)
        await lifespan.start()
        return await send_asgi(app, request, lifespan.state, self._timeout)

    def close(self) -> None:
        """Shuts down the applications that send() started."""
        if self._loop is not None:
            self._loop.run_until_complete(self.aclose())
            self._loop.close()
            self._loop = None
        self._lifespans.clear()

    async def aclose(self) -> None:
        """Shuts down the applications that were started in this event loop."""
        loop = asyncio.get_running_loop()
        for key, lifespan in list(self._lifespans.items()):
            if lifespan.loop is loop:
                del self._lifespans[key]
                await lifespan.stop()


def check_host(name: str, host: Host) -> None:
    if not isinstance(host, str):
        is_asgi(host)
    elif urlsplit(host).scheme not in ("http", "https"):
        raise ValueError(f"hosts: {name!r} must be at a URL, such as http://127.0.0.1:8000, "
                         f"not {host!r}")


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


__all__ = ["Application", "Host", "Network", "NoAnswer"]
