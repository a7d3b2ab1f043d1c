# SPDX-License-Identifier: MIT
"""What goes on while the gateway is soaked, in a page that all processes of the run share.

A kind of trouble is a pair of counts: how often it was begun, and how often it was over. A request
that notes the second before it is sent, and looks at the first once it is answered, knows whether
any trouble touched it. A policy being replaced is such a trouble, too.
"""

from __future__ import annotations

import enum
import mmap
from pathlib import Path


class Gateways(enum.IntEnum):
    """Each runs in front of the same upstream."""
    PLAIN = 0
    TLS = 1
    STEADY = 2  # with TLS; new policies and good clients, and no other trouble: its workers live


class Slot(enum.IntEnum):
    """Each a number of 64 bits with one writer; reading and writing it is one access to memory."""
    STOPPING = 0  # 1: clients end, and write what they counted
    CROWD_WANTED = 1  # idle connections
    CROWD_HELD = 2
    UPSTREAM = 3  # a pair
    POLICIES = 5  # a pair for each gateway
    KILLS = POLICIES + 2 * len(Gateways)
    COUNT = KILLS + 2 * len(Gateways)


class Changes:
    """Something that happens again and again, one after the other; the first is number 1."""

    def __init__(self, slots: memoryview, first: int) -> None:
        self._slots = slots
        self._first = first

    def begin(self) -> int:
        """To be called before it happens. Returns its number."""
        number = self.begun + 1
        self._slots[self._first] = number
        return number

    def finish(self, number: int) -> None:
        """To be called once nothing shows of it that could be taken for its beginning."""
        self._slots[self._first + 1] = number

    @property
    def begun(self) -> int:
        return int(self._slots[self._first])

    @property
    def over(self) -> int:
        return int(self._slots[self._first + 1])

    def since(self, over: int) -> bool:
        """Whether one was under way at any time since `over` was noted."""
        return self.begun > over


class Conditions:
    def __init__(self, page: Path) -> None:
        with page.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), Slot.COUNT * 8)
        self._slots = memoryview(self._map).cast("Q")
        self.upstream = Changes(self._slots, Slot.UPSTREAM)

    @staticmethod
    def create(page: Path) -> Conditions:
        page.write_bytes(bytes(Slot.COUNT * 8))
        return Conditions(page)

    def policies(self, gateway: Gateways) -> Changes:
        return Changes(self._slots, Slot.POLICIES + 2 * gateway)

    def kills(self, gateway: Gateways) -> Changes:
        return Changes(self._slots, Slot.KILLS + 2 * gateway)

    @property
    def stopping(self) -> bool:
        return bool(self._slots[Slot.STOPPING])

    def stop(self) -> None:
        self._slots[Slot.STOPPING] = 1

    @property
    def crowd_wanted(self) -> int:
        return int(self._slots[Slot.CROWD_WANTED])

    @crowd_wanted.setter
    def crowd_wanted(self, count: int) -> None:
        self._slots[Slot.CROWD_WANTED] = count

    @property
    def crowd_held(self) -> int:
        return int(self._slots[Slot.CROWD_HELD])

    @crowd_held.setter
    def crowd_held(self, count: int) -> None:
        self._slots[Slot.CROWD_HELD] = count
