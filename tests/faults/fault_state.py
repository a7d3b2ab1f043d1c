# SPDX-License-Identifier: MIT
"""What a run is told about its fault, and tells of it: struct fault_state of fault_state.h."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

NAME_SIZE = 16
NAMES_SIZE = 160
DIED_IN = slice(2 * NAME_SIZE, 3 * NAME_SIZE)
WORDS_AT = 3 * NAME_SIZE + NAMES_SIZE
DIED_AT = slice(3 * NAME_SIZE, WORDS_AT)
WORD = struct.Struct("=Q")
SIGNED = struct.Struct("=q")
WORDS = ("enabled", "fail_at", "fail_place", "stays", "error", "pause_at", "paused", "clock_shift",
         "clock_reads", "seen", "failed", "left", "ended_by")
PLACES_AT = WORDS_AT + WORD.size * len(WORDS)
PLACES_MAX = 1 << 16
SIZE = PLACES_AT + WORD.size * PLACES_MAX


@dataclass(frozen=True)
class Call:
    """A call that can be failed: the N-th of its kind, or the first from a place."""

    number: int  # in the run that was counted, too, where the place is known
    place: int = 0  # 0: not known


@dataclass(frozen=True)
class Fault:
    """A call of a kind fails, or it and all after it; without one they are counted."""

    call: str
    error: int
    number: int = 0
    stays: bool = False
    place: int = 0  # not 0: it is meant by its place, whatever number it has


class FaultState:
    """The file that a supervisor, its program and we have in memory together."""

    def __init__(self, path: Path, fault: Fault, program: str = "", enabled: bool = True) -> None:
        self.path = path
        names = (text.encode().ljust(NAME_SIZE, b"\0") for text in (program, fault.call))
        path.write_bytes(b"".join(names))
        with path.open("r+b") as file:
            file.truncate(SIZE)
            self.memory = mmap.mmap(file.fileno(), SIZE)
        self.set("fail_at", 0 if fault.place else fault.number)
        self.set("fail_place", fault.place)
        self.set("stays", int(fault.stays))
        self.set("error", fault.error)
        self.set("enabled", int(enabled))

    def __enter__(self) -> FaultState:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.memory.close()

    def get(self, word: str) -> int:
        value: int = WORD.unpack_from(self.memory, place_of(word))[0]
        return value

    def died_in(self) -> str:
        """The library in which a deadly signal came, or the program, and by which functions."""
        library, functions = (self.memory[part].rstrip(b"\0").decode()
                              for part in (DIED_IN, DIED_AT))
        return f"{library}: {functions}" if functions else library

    def places(self) -> list[Call]:
        """Where no call was to fail: the first from each place that was noted."""
        firsts: dict[int, Call] = {}
        for number in range(1, min(self.get("seen"), PLACES_MAX) + 1):
            place = WORD.unpack_from(self.memory, PLACES_AT + WORD.size * (number - 1))[0]
            if place:
                firsts.setdefault(place, Call(number, place))
        return list(firsts.values())

    def set(self, word: str, value: int) -> None:
        (SIGNED if value < 0 else WORD).pack_into(self.memory, place_of(word), value)


def place_of(word: str) -> int:
    return WORDS_AT + WORD.size * WORDS.index(word)
