# SPDX-License-Identifier: MIT
"""Why a browser kept an answer from script."""
from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from libcors import _engine
from libcors.page_drawing import Fault, clean, draw
from libcors.page_wire import Exchange, text_of

WIDTH = 78
CONSOLES = {"chromium": "Chromium", "firefox": "Firefox", "safari": "Safari"}
NOTHING_SENT = ("Nothing was sent: browsers do not connect to this port, block the call as mixed "
                "content, or take the URL for none.")
STATUS_CODES = ("preflight-status", "preflight-redirect")


@dataclass(frozen=True)
class Repair:
    """What of the answer that failed has to be otherwise: its status, or one header line."""

    preflight: bool
    status: int | None
    name: str | None
    value: str


class Blocked(Exception):
    """A call that the browser blocked: fetch() rejects with a TypeError, and says no more.

    code       why, as `cors explain` names it: "missing-allow-origin"
    preflight  the preflight failed, not the request itself
    cause      the same in a sentence
    fix        what to do about it
    message    what this browser's console prints; "standard" has Chromium's words
    messages   what the consoles print, by browser; None where one prints nothing
    field      the answer's header that is at fault, if one is
    value      what is at fault in it
    header     the call's header that was not allowed, else empty
    repair     the header line, or the status, that would have been right; None: none would help
    exchanges  all that went over the wire

    As text it is the whole story, with the exchange drawn.
    """

    def __init__(self, call: str, method: str, browser: str, outcome: _engine.Outcome,
                 exchanges: Sequence[Exchange], error: Exception | None = None) -> None:
        self.call = call
        self.method = method
        self.code = outcome["code"]
        self.preflight = outcome["preflight"]
        self.cause = outcome["cause"]
        self.fix = outcome["fix"]
        self.messages = {name: None if said is None else text_of(said)
                         for name, said in outcome["messages"].items()}
        self.browser = browser
        self.message = self.messages[browser if browser in self.messages else "chromium"]
        self.field = outcome["field"]
        self.value = text_of(outcome["value"])
        self.header = text_of(outcome["header"])
        self.repair = read_repair(outcome["repair"])
        self.exchanges = tuple(exchanges)
        self._error = error
        super().__init__(self.code)

    __module__ = "libcors.browser"  # where it is imported from, and what tracebacks call it

    def __str__(self) -> str:
        return "\n".join(self._story())

    def _story(self) -> list[str]:
        where = ", at the preflight" if self.preflight else ""
        lines = [f"{self.code}{where}: {clean(self.call)}", *wrapped(self.cause), ""]
        if self.exchanges:
            lines += [*draw(self.method, self.exchanges, self._fault()).splitlines(), ""]
        elif self.code == "network-failure":
            lines += [*wrapped(NOTHING_SENT), ""]
        lines += self._said()
        lines += ["What to do:", *wrapped(self.fix), *self._repair_lines()]
        return lines + self._error_lines()

    def _fault(self) -> Fault:
        last = self.exchanges[-1].response
        of_status = self.code in STATUS_CODES
        field = self.field if last is not None and not of_status else None
        return Fault(self.code, of_status, field, self.value)

    def _said(self) -> list[str]:
        if self.message is None:
            return []
        name = CONSOLES.get(self.browser, "Chromium")
        return [f"{name}'s console:", f"  {clean(self.message)}", ""]

    def _repair_lines(self) -> list[str]:
        repair = self.repair
        if repair is None:
            return []
        which = "preflight" if repair.preflight else "request"
        if repair.name is not None:
            return [f"  This page wants, on the answer to the {which}:",
                    f"  {repair.name}: {clean(repair.value)}"]
        return [f"  This page wants, as the status of the answer to the {which}: {repair.status}"]

    def _error_lines(self) -> list[str]:
        error = self._error
        if error is None:
            return []
        said = "There was no answer" if self.exchanges[-1].response is None else "Behind the answer"
        return ["", *wrapped(f"{said}: {type(error).__name__}: {error}", "")]


def read_repair(repair: _engine.Repair | None) -> Repair | None:
    if repair is None:
        return None
    name = repair["name"]
    return Repair(repair["preflight"], repair["status"], None if name is None else text_of(name),
                  text_of(repair["value"]))


def wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(clean(text), WIDTH, initial_indent=indent, subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)
