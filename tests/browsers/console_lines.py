# SPDX-License-Identifier: MIT
"""Which console line belongs to which call.

Lanes run at once, so the lines of several scenarios come mixed. A line names the URL that it is
about, which tells the scenario; the marks that a lane writes before each call tell the call.
"""

from __future__ import annotations

import re
from collections import defaultdict

MARK = re.compile(r"\bcall ([a-z]+\d+) (\d+|end)")
SCENARIO = re.compile(r"localhost:88\d\d/([a-z]+\d+)\b")

# What browsers say of cookies has no bearing on CORS, and does not come each time.
BESIDE_THE_POINT = ("Cookie “",)

END = -1


class ConsoleLines:
    def __init__(self) -> None:
        self.call: dict[str, int] = {}  # the one under way, by scenario
        self.of_call: dict[tuple[str, int], list[str]] = defaultdict(list)

    def take(self, text: str, about: str = "") -> None:
        """A line of the console, in order, and the URL that it is about if the text has none."""
        mark = MARK.search(text)
        if mark is not None:
            self.call[mark[1]] = END if mark[2] == "end" else int(mark[2])
            return
        if text.startswith(BESIDE_THE_POINT):
            return
        named = SCENARIO.search(text) or SCENARIO.search(about)
        if named is not None and named[1] in self.call:
            self.of_call[named[1], self.call[named[1]]].append(text)

    def lines(self, scenario: str, call: int) -> list[str]:
        return self.of_call.get((scenario, call), [])

    def ended(self, scenario: str) -> bool:
        return self.call.get(scenario) == END

    def came_late(self, scenario: str) -> bool:
        """Whether a line came after the last call, so that no call can be told for it."""
        return (scenario, END) in self.of_call
