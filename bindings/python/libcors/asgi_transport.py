# SPDX-License-Identifier: MIT
"""Requests to an ASGI application in this process, as a server would make them."""
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from libcors.page_wire import NoAnswer, WireRequest, WireResponse, target_of
from libcors.wsgi_transport import BODILESS, CLIENT, server_error

Message = MutableMapping[str, Any]
AsgiApplication = Callable[[Any, Any, Any], Awaitable[None]]

CLIENT_PORT = 50000
VERSIONS = {"version": "3.0", "spec_version": "2.3"}


class Lifespan:
    """The application's startup before its first request, and its shutdown at the end."""

    def __init__(self, app: AsgiApplication) -> None:
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._asked: asyncio.Queue[Message] = asyncio.Queue()
        self._said: asyncio.Queue[Message] = asyncio.Queue()
        self.state: dict[str, Any] = {}
        self.loop = asyncio.get_running_loop()
        self._startup: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns once the application has started; starts it if nobody did.

        Raises RuntimeError where the application says that it cannot start.
        """
        if self._startup is None:
            self._startup = asyncio.create_task(self._start())
        await asyncio.shield(self._startup)

    async def _start(self) -> None:
        self._task = asyncio.create_task(self._run())
        said = await self._exchange("startup")
        if said is not None and said["type"] == "lifespan.startup.failed":
            raise RuntimeError(f"the application could not start: {said.get('message', '')}")

    async def stop(self) -> None:
        """Returns once the application has shut down."""
        if self._task is not None and not self._task.done():
            await self._exchange("shutdown")
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _exchange(self, what: str) -> Message | None:
        """Says something; an application that knows no lifespan ends, which is fine."""
        assert self._task is not None
        self._asked.put_nowait({"type": f"lifespan.{what}"})
        said = asyncio.create_task(self._said.get())
        await asyncio.wait({said, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if said.done():
            return said.result()
        said.cancel()
        return None

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": VERSIONS, "state": self.state}
        try:
            await self._app(scope, self._asked.get, self._said.put)
        except Exception:  # "If an exception is raised", servers go on without a lifespan
            pass


class Answer:
    """What an application sends."""

    def __init__(self, request: WireRequest) -> None:
        self._request = request
        self._received = False
        self._over = asyncio.Event()
        self.status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.body = bytearray()

    async def receive(self) -> Message:
        """The whole body at once; then, when the answer is over, that the client has gone."""
        if not self._received:
            self._received = True
            return {"type": "http.request", "body": self._request.body or b"", "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self.status:
                raise RuntimeError("the application started its answer a second time")
            self.status = int(message["status"])
            self.headers = tuple((name.decode("latin-1"), value.decode("latin-1"))
                                 for name, value in message.get("headers", ()))
        elif message["type"] == "http.response.body":
            if not self.status:
                raise RuntimeError("the application sent a body before it started its answer")
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._over.set()

    def complete(self) -> bool:
        return self._over.is_set()


async def send_asgi(app: AsgiApplication, request: WireRequest, state: dict[str, Any],
                    timeout: float) -> WireResponse:
    """Calls the application. What it raises becomes a 500, unless an answer was under way."""
    answer = Answer(request)
    error: Exception | None = None

    async def run() -> None:
        nonlocal error
        try:
            await app(scope_of(request, state), answer.receive, answer.send)
        except Exception as raised:
            error = raised

    try:
        await asyncio.wait_for(run(), timeout)
    except asyncio.TimeoutError as late:
        if not answer.complete():
            reason = TimeoutError(f"the application did not answer within {timeout:g} s")
            raise NoAnswer(reason) from late
    if error is None and not answer.complete():
        error = RuntimeError("the application returned before its answer was whole")
    if answer.status == 0:
        return server_error(error or RuntimeError("the application sent nothing"))
    bodiless = request.method == "HEAD" or answer.status in BODILESS
    return WireResponse(answer.status, answer.headers, b"" if bodiless else bytes(answer.body),
                        error=error)


def scope_of(request: WireRequest, state: dict[str, Any]) -> dict[str, Any]:
    """The connection scope of the ASGI specification."""
    parts = urlsplit(request.url)
    path, _, query = target_of(request.url).partition("?")
    return {
        "type": "http",
        "asgi": VERSIONS,
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1"))
                    for name, value in request.headers],
        "client": (CLIENT, CLIENT_PORT),
        "server": (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)),
        "state": dict(state),
    }
