# SPDX-License-Identifier: MIT
"""Chromium with its console read over the DevTools protocol, through a pair of pipes."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.browsers.console_lines import ConsoleLines
from tests.support.browser import CHROMIUM, CHROMIUM_FLAGS, opened

MESSAGE_BYTES_MAX = 1 << 24

Json = dict[str, Any]

# Chromium reads commands from descriptor 3 and writes to 4.
WITH_PIPES = 'exec "$@" 3<{commands} 4>{events}'
WATCHED = ("Log.enable", "Runtime.enable")


class DevTools:
    """A connection to the browser; every page and frame in it has its console watched."""

    def __init__(self, commands: int, events: asyncio.StreamReader, lines: ConsoleLines) -> None:
        self.commands = commands
        self.events = events
        self.lines = lines
        self.number = 0
        self.answers: dict[int, asyncio.Future[Json]] = {}

    def send(self, method: str, session: str | None = None, **parameters: Any) -> int:
        self.number += 1
        message: Json = {"id": self.number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        return self.number

    async def call(self, method: str, session: str | None = None, **parameters: Any) -> Json:
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.answers[self.send(method, session, **parameters)] = future
        answer = await future
        if "error" in answer:
            raise RuntimeError(f"Chromium refused {method}: {answer['error']}")
        result: Json = answer["result"]
        return result

    async def listen(self) -> None:
        while True:
            message = json.loads((await self.events.readuntil(b"\0"))[:-1])
            if "id" in message:
                waiting = self.answers.pop(message["id"], None)
                if waiting is not None:
                    waiting.set_result(message)
            else:
                self.take_event(message["method"], message["params"], message.get("sessionId"))

    def take_event(self, method: str, parameters: Json, session: str | None) -> None:
        if method == "Target.attachedToTarget":
            self.watch(parameters["sessionId"])
        elif method == "Log.entryAdded":
            entry = parameters["entry"]
            self.lines.take(entry["text"], entry.get("url", ""))
        elif method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.lines.take(str(details.get("exception", {}).get("value", details["text"])))
        elif method == "Runtime.consoleAPICalled":
            self.lines.take(" ".join(str(part.get("value", "")) for part in parameters["args"]))

    def watch(self, session: str) -> None:
        for method in WATCHED:
            self.send(method, session)
        self.send("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True,
                  flatten=True)
        self.send("Runtime.runIfWaitingForDebugger", session)

    async def open(self, url: str) -> str:
        await self.call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True,
                        flatten=True)
        target: str = (await self.call("Target.createTarget", url=url))["targetId"]
        return target

    async def visit(self, url: str) -> str | None:
        """Has a new page go there; returns how that failed, or None once the page has come."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        came = await self.call("Page.navigate", attached["sessionId"], url=url)
        error: str | None = came.get("errorText")
        return error

    async def close(self, target: str) -> None:
        await self.call("Target.closeTarget", targetId=target)

    async def flush(self) -> None:
        """Returns once the events of all that has happened are taken."""
        await self.call("Browser.getVersion")

    async def version(self) -> str:
        product: str = (await self.call("Browser.getVersion"))["product"]
        return product


async def reader_of(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=MESSAGE_BYTES_MAX)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0))
    return reader


@asynccontextmanager
async def chromium(lines: ConsoleLines,
                   flags: tuple[str, ...] = CHROMIUM_FLAGS) -> AsyncIterator[DevTools]:
    with TemporaryDirectory(prefix="cors-devtools-") as folder:
        commands, events = Path(folder) / "commands", Path(folder) / "events"
        os.mkfifo(commands)
        os.mkfifo(events)
        writer = os.open(commands, os.O_RDWR)  # so that nobody waits for the other end
        reader = os.open(events, os.O_RDONLY | os.O_NONBLOCK)
        script = WITH_PIPES.format(commands=shlex.quote(str(commands)),
                                   events=shlex.quote(str(events)))

        def command(program: str, profile: Path, url: str) -> list[str]:
            return ["sh", "-c", script, "sh", program, *flags,
                    "--remote-debugging-pipe", "--ignore-certificate-errors",
                    f"--user-data-dir={profile}", url]
        try:
            with opened(replace(CHROMIUM, command=command), "about:blank"):
                devtools = DevTools(writer, await reader_of(reader), lines)
                listening = asyncio.create_task(devtools.listen())
                try:
                    yield devtools
                finally:
                    listening.cancel()
        finally:
            os.close(writer)
