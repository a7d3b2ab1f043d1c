# SPDX-License-Identifier: MIT
"""What a run is told about its fault, and tells of it: struct fault_state of fault_state.h."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

NAME_SIZE = 16
WORD = struct.Struct("=q")
WORDS = ("enabled", "fail_at", "stays", "error", "pause_at", "paused", "clock_shift", "seen",
         "failed", "left", "ended_by")
PLACES_AT = 3 * NAME_SIZE + WORD.size * len(WORDS)
PLACES_MAX = 1 << 16
SIZE = PLACES_AT + WORD.size * PLACES_MAX


@dataclass(frozen=True)
class Fault:
    """The N-th call of a kind fails, or the N-th and all after it; with N = 0 they are counted."""

    call: str
    error: int
    number: int = 0
    stays: bool = False


class FaultState:
    """The file that a supervisor, its program and we have in memory together."""

    def __init__(self, path: Path, fault: Fault, program: str = "", enabled: bool = True) -> None:
        self.path = path
        names = (text.encode().ljust(NAME_SIZE, b"\0") for text in (program, fault.call))
        path.write_bytes(b"".join(names))
        with path.open("r+b") as file:
            file.truncate(SIZE)
            self.memory = mmap.mmap(file.fileno(), SIZE)
        self.set("fail_at", fault.number)
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
        """The library in which a deadly signal came, or the program."""
        return self.memory[2 * NAME_SIZE:3 * NAME_SIZE].rstrip(b"\0").decode()

    def places(self) -> list[int]:
        """Where no call was to fail: the numbers of those that counted, one of each place."""
        seen = 0 if self.get("fail_at") else self.get("seen")
        places = [self.memory[at:at + WORD.size] for at in range(
            PLACES_AT, PLACES_AT + WORD.size * min(seen, PLACES_MAX), WORD.size)]
        if not any(map(any, places)):
            return list(range(1, seen + 1))
        firsts = {place: number for number, place in reversed(list(enumerate(places, 1)))}
        return sorted(firsts.values())

    def set(self, word: str, value: int) -> None:
        WORD.pack_into(self.memory, place_of(word), value)


def place_of(word: str) -> int:
    return 3 * NAME_SIZE + WORD.size * WORDS.index(word)
