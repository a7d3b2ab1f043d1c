# SPDX-License-Identifier: MIT
"""Inputs of a fuzzing target as text, one a line, so that they can be read, compared and reviewed.

Printable ASCII stands as it is; any other byte, a backslash, a space at an end and a "#" at the
start are \\xNN. A line that begins with "#" says something about the inputs below it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.fuzz_files import replace_text

LICENCE = "# SPDX-License-Identifier: MIT\n"
ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


@dataclass(frozen=True)
class Input:
    data: bytes
    comment: str = ""

    @property
    def name(self) -> str:
        """What libFuzzer calls the file."""
        return hashlib.sha1(self.data).hexdigest()


def escape_byte(byte: int) -> str:
    return f"\\x{byte:02x}"


def to_line(data: bytes) -> str:
    """The one way to write an input."""
    shown = [chr(byte) if 0x20 <= byte < 0x7f and byte != 0x5c else escape_byte(byte)
             for byte in data]
    if shown and shown[0] in (" ", "#"):
        shown[0] = escape_byte(data[0])
    if shown and shown[-1] == " ":
        shown[-1] = escape_byte(data[-1])
    return "".join(shown)


def from_line(line: str) -> bytes:
    data = ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), line.encode("ascii"))
    if to_line(data) != line:
        raise ValueError(f"not the way to write an input, which is {to_line(data)!r}: {line!r}")
    return data


def parse_inputs(text: str) -> Iterator[Input]:
    """A file's inputs, each with the comment that stands right above it."""
    comment: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            comment.append(line[1:].strip())
            continue
        if line:
            yield Input(from_line(line), " ".join(comment))
        comment = []


def read_inputs(path: Path) -> list[Input]:
    return list(parse_inputs(path.read_text(encoding="ascii"))) if path.exists() else []


def write_corpus(path: Path, inputs: Iterable[bytes]) -> None:
    """The smallest first, so that what is new stands among its like."""
    lines = [to_line(data) for data in sorted(set(inputs), key=lambda data: (len(data), data))]
    replace_text(path, LICENCE + "".join(line + "\n" for line in lines if line))


def unpack(inputs: Iterable[Input], folder: Path) -> int:
    """Writes each input to a file of its own, as libFuzzer wants them; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    names = set()
    for entry in inputs:
        (folder / entry.name).write_bytes(entry.data)
        names.add(entry.name)
    return len(names)


def packed(folder: Path) -> list[bytes]:
    """The inputs of a folder that libFuzzer keeps."""
    return [path.read_bytes() for path in folder.iterdir() if path.is_file()]
