# SPDX-License-Identifier: MIT
"""The calls of the table made by script in real browsers, each with what its console said.

A browser opens one page and makes all calls from it, one after the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.broken.broken_cases import Case
from tests.broken.broken_server import BrokenServer
from tests.browsers.chromium_console import chromium
from tests.browsers.console_lines import ConsoleLines
from tests.browsers.firefox_console import firefox

SECONDS = 60.0  # for one call, far above what any takes

MAKE_CALL = """
async function makeCall(url, method, headers, credentials, body) {
  try {
    const answer = await fetch(url, {method, headers, credentials, body: body ?? undefined});
    await answer.text();
    return `answer ${answer.status}`;
  } catch (error) {
    return String(error);
  }
}
"""


@dataclass(frozen=True)
class Made:
    """What came of a call."""

    outcome: str  # "answer 200", or the error that script got
    lines: tuple[str, ...]  # of the console

    @property
    def allowed(self) -> bool:
        return self.outcome.startswith("answer ")


class AllLines(ConsoleLines):
    """The console's lines since they were last taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.gathered: list[str] = []

    def take(self, text: str, about: str = "") -> None:
        self.gathered.append(text)

    def taken_away(self) -> tuple[str, ...]:
        lines, self.gathered = tuple(self.gathered), []
        return lines


def arguments(server: BrokenServer, case: Case) -> str:
    call = case.call
    return ", ".join(json.dumps(value) for value in (
        server.url(case.name), call.method, call.headers,
        "include" if call.credentials else "same-origin", call.body))


def call_in_chromium(server: BrokenServer, cases: Iterable[Case]) -> dict[str, Made]:
    async def run() -> dict[str, Made]:
        lines = AllLines()
        made: dict[str, Made] = {}
        async with chromium(lines) as devtools:
            target = (await devtools.call("Target.createTarget", url=server.page))["targetId"]
            session = (await devtools.call("Target.attachToTarget", targetId=target,
                                           flatten=True))["sessionId"]

            async def evaluate(expression: str) -> Any:
                answer = await asyncio.wait_for(devtools.call(
                    "Runtime.evaluate", session, expression=expression, awaitPromise=True,
                    returnByValue=True), SECONDS)
                assert "exceptionDetails" not in answer, answer
                return answer["result"].get("value")

            while await evaluate("location.origin + document.readyState") != (
                    server.page + "complete"):
                await asyncio.sleep(0.02)
            await evaluate(f"window.makeCall = {MAKE_CALL}; 0")
            lines.taken_away()
            for case in cases:
                outcome = await evaluate(f"makeCall({arguments(server, case)})")
                await settle(lines, evaluate, case.name)
                made[case.name] = Made(outcome, without_marks(lines.taken_away()))
        return made

    return asyncio.run(run())


async def settle(lines: AllLines, evaluate: Any, name: str) -> None:
    """Has the page write a mark, which stands behind all that the call led to."""
    mark = f"{MARK}{name}"
    await evaluate(f"console.log({json.dumps(mark)}); 0")

    async def until_marked() -> None:
        while mark not in lines.gathered:
            await asyncio.sleep(0.01)
    await asyncio.wait_for(until_marked(), SECONDS)


MARK = "end of call "


def without_marks(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if not line.startswith(MARK))


def call_in_firefox(server: BrokenServer, cases: Iterable[Case]) -> dict[str, Made]:
    async def run() -> dict[str, Made]:
        lines = AllLines()
        made: dict[str, Made] = {}
        async with firefox(lines) as marionette:
            await marionette.open(server.page)

            async def evaluate(script: str) -> Any:
                answer = await asyncio.wait_for(marionette.call(
                    "WebDriver:ExecuteAsyncScript", script=script, args=[]), SECONDS)
                return answer["value"]

            while await evaluate("arguments[0](location.origin + document.readyState)") != (
                    server.page + "complete"):
                await asyncio.sleep(0.02)
            await marionette.flush()
            lines.taken_away()
            for case in cases:
                outcome = await evaluate(
                    f"{MAKE_CALL}\nmakeCall({arguments(server, case)}).then(arguments[0]);")
                await marionette.flush()
                made[case.name] = Made(outcome, lines.taken_away())
        return made

    return asyncio.run(run())
