# SPDX-License-Identifier: MIT
"""Firefox steered over WebDriver BiDi: opens a page, runs script in it, takes screenshots.

    with firefox_window() as window:
        window.open("http://localhost:8081/#/real?batch=200&seed=1")
        window.wait_until("document.querySelector('[data-state=done]') !== null", "the batch", 60)
        print(window.evaluate("document.querySelector('.totals').innerText"))
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .browser import FIREFOX, opened
from .started import LOOK_SECONDS, Started
from .web_socket import WebSocket

START_SECONDS = 60.0
ANSWER_SECONDS = 60.0  # far above what any command takes

PREFERENCES: dict[str, bool | int | str] = {
    "dom.min_background_timeout_value": 4,  # windows in the background are none of our cases
    "dom.timeout.enable_budget_timer_throttling": False,
    "remote.active-protocols": 1,  # BiDi
}


class FirefoxWindow:
    """The one window of a Firefox that was started for it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._number = 0
        self.console: list[str] = []  # warnings and errors of pages, as they come
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self._context: str = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **parameters: Any) -> Any:
        """A command of WebDriver BiDi, and its result."""
        self._number += 1
        self._socket.send(json.dumps(
            {"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.receive())
            if message["type"] == "event":
                self._hear(message)
            elif message["type"] == "error":
                raise RuntimeError(f"Firefox refused {method}: {message['message']}")
            else:
                return message["result"]

    def open(self, url: str) -> None:
        """Goes there, and waits until it has loaded."""
        self.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a script's expression, or of the promise that it is; as JSON has it."""
        answer = self.call(
            "script.evaluate", target={"context": self._context}, awaitPromise=True,
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()")
        if answer["type"] == "exception":
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']['text']}")
        return json.loads(answer["result"]["value"])

    def wait_until(self, expression: str, what: str, seconds: float) -> None:
        """Returns once the expression holds; raises TimeoutError, naming `what`."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {seconds:g} s")
            time.sleep(LOOK_SECONDS)

    def size(self, width: int, height: int) -> None:
        self.call("browsingContext.setViewport", context=self._context,
                  viewport={"width": width, "height": height})

    def screenshot(self, file: Path) -> None:
        """The whole page, as PNG."""
        shot = self.call("browsingContext.captureScreenshot", context=self._context,
                         origin="document")
        file.write_bytes(base64.b64decode(shot["data"]))

    def _hear(self, event: dict[str, Any]) -> None:
        entry = event["params"]
        if event["method"] == "log.entryAdded" and entry["level"] in ("warn", "error"):
            self.console.append(entry["text"] or "")


def connected(process: Started, profile: Path) -> WebSocket:
    """Firefox writes into its profile where it listens."""
    place = profile / "WebDriverBiDiServer.json"
    process.wait_until(lambda: place.exists() and place.read_text().endswith("}"),
                       "Firefox to listen to WebDriver BiDi", START_SECONDS)
    return WebSocket(json.loads(place.read_text())["ws_port"], "/session", ANSWER_SECONDS)


@contextmanager
def firefox_window(
        preferences: Mapping[str, bool | int | str] = MappingProxyType({}),
) -> Iterator[FirefoxWindow]:
    """A headless Firefox with a fresh profile, until the end of the `with` block."""
    profiles: list[Path] = []

    def prepare(profile: Path) -> None:
        FIREFOX.prepare(profile)
        profiles.append(profile)
        with (profile / "user.js").open("a") as settings:
            settings.writelines(f'user_pref("{name}", {json.dumps(value)});\n'
                                for name, value in {**PREFERENCES, **preferences}.items())

    def command(program: str, profile: Path, url: str) -> list[str]:
        return [program, "--headless", "--no-remote", "--remote-debugging-port", "0",
                "-profile", str(profile), url]

    with opened(replace(FIREFOX, command=command, prepare=prepare), "about:blank") as process:
        with connected(process, profiles[0]) as socket:
            yield FirefoxWindow(socket)
