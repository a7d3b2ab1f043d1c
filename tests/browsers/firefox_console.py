# SPDX-License-Identifier: MIT
"""Firefox with its console read over Marionette."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.browsers.console_lines import ConsoleLines
from tests.support.browser import FIREFOX, opened
from tests.support.started import Started

START_SECONDS = 60.0

PREFERENCES: dict[str, bool | int | str] = {
    "dom.min_background_timeout_value": 4,  # tabs in the background are none of our cases
    "dom.timeout.enable_budget_timer_throttling": False,
    "marionette.port": 0,
}

# Console messages are gathered in the browser, whose own list keeps 250.
GATHER = """
window.corsGathered = [];
Services.console.registerListener({observe(message) {
  const error = message instanceof Ci.nsIScriptError;
  window.corsGathered.push([error ? message.errorMessage : message.message,
                            error ? message.sourceName : ""]);
}});
"""
HAND_OVER = "const gathered = window.corsGathered; window.corsGathered = []; return gathered;"


class Marionette:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                 lines: ConsoleLines) -> None:
        self.reader = reader
        self.writer = writer
        self.lines = lines
        self.number = 0
        self.product = ""

    async def receive(self) -> Any:
        length = int((await self.reader.readuntil(b":"))[:-1])
        return json.loads(await self.reader.readexactly(length))

    async def call(self, command: str, **parameters: Any) -> Any:
        self.number += 1
        message = json.dumps([0, self.number, command, parameters]).encode()
        self.writer.write(b"%d:%s" % (len(message), message))
        _, number, error, result = await self.receive()
        if error is not None or number != self.number:
            raise RuntimeError(f"Firefox refused {command}: {error}")
        return result

    async def begin(self, load_strategy: str) -> None:
        await self.receive()  # its greeting
        session = await self.call("WebDriver:NewSession", acceptInsecureCerts=True,
                                  pageLoadStrategy=load_strategy)
        self.product = f"Firefox/{session['capabilities']['browserVersion']}"
        await self.in_chrome(GATHER)

    async def in_chrome(self, script: str) -> Any:
        await self.call("Marionette:SetContext", value="chrome")
        answer = await self.call("WebDriver:ExecuteScript", script=script, args=[])
        await self.call("Marionette:SetContext", value="content")
        return answer["value"]

    async def open(self, url: str) -> str:
        await self.call("WebDriver:Navigate", url=url)
        return url

    async def visit(self, url: str) -> str | None:
        """Goes there; returns how that failed, or None once the page has come."""
        try:
            await self.call("WebDriver:Navigate", url=url)
        except RuntimeError as error:
            return str(error)
        return None

    async def close(self, _: str) -> None:
        """The next page takes the window over."""

    async def flush(self) -> None:
        """Takes what the console showed until now."""
        for text, about in await self.in_chrome(HAND_OVER):
            self.lines.take(text, about)

    async def version(self) -> str:
        return self.product


async def connected(process: Started, profile: Path) -> tuple[asyncio.StreamReader,
                                                              asyncio.StreamWriter]:
    port = profile / "MarionetteActivePort"
    process.wait_until(lambda: port.exists() and port.read_text().strip() != "",
                       "Firefox to listen to Marionette", START_SECONDS)
    return await asyncio.open_connection("127.0.0.1", int(port.read_text()), limit=1 << 26)


@asynccontextmanager
async def firefox(lines: ConsoleLines,
                  preferences: Mapping[str, bool | int | str] = MappingProxyType({}),
                  load_strategy: str = "none") -> AsyncIterator[Marionette]:
    profiles: list[Path] = []

    def prepare(profile: Path) -> None:
        FIREFOX.prepare(profile)
        profiles.append(profile)
        with (profile / "user.js").open("a") as settings:
            settings.writelines(f'user_pref("{name}", {json.dumps(value)});\n'
                                for name, value in {**PREFERENCES, **preferences}.items())

    def command(program: str, profile: Path, url: str) -> list[str]:
        return [program, "--headless", "--no-remote", "--marionette",
                "--remote-allow-system-access", "-profile", str(profile), url]

    with opened(replace(FIREFOX, command=command, prepare=prepare), "about:blank") as process:
        reader, writer = await connected(process, profiles[0])
        marionette = Marionette(reader, writer, lines)
        await marionette.begin(load_strategy)
        try:
            yield marionette
        finally:
            writer.close()
