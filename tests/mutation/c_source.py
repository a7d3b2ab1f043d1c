# SPDX-License-Identifier: MIT
"""C read as tokens: as much of the language as it takes to say where a change makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

TOKEN = re.compile(r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<directive>(?<![^\n])[ ]*\#(?:\\\n|/\*.*?\*/|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])+')
  | (?P<number>\d[\w.]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|.)
""", re.VERBOSE | re.DOTALL)

OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Token:
    kind: str  # string, char, number, word or mark
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Region:
    """What stands between braces of the outermost level, as positions in the list of tokens."""

    kind: str  # function, table or enum
    name: str
    head: int  # where what comes before the braces begins
    first: int
    last: int  # the closing brace


def read_tokens(text: str) -> list[Token]:
    """All but comments and directives."""
    tokens = []
    for found in TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind not in ("blank", "directive"):
            tokens.append(Token(kind, found.group(), found.start(), found.end()))
    return tokens


class Source:
    """A file's tokens, which bracket closes which, and its outermost regions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = read_tokens(text)

    def is_at(self, place: int, *texts: str) -> bool:
        """Whether the tokens from a place on are these."""
        found = self.tokens[place:place + len(texts)] if place >= 0 else []
        return [token.text for token in found] == list(texts)

    @cached_property
    def partners(self) -> dict[int, int]:
        """Each bracket's other one, both ways."""
        partners: dict[int, int] = {}
        open_ones: list[int] = []
        for place, token in enumerate(self.tokens):
            if token.text in OPENING.values() and token.kind == "mark":
                open_ones.append(place)
            elif token.text in OPENING and token.kind == "mark":
                opened = open_ones.pop()
                if self.tokens[opened].text != OPENING[token.text]:
                    raise ValueError(f"brackets do not match: {self.line_at(token.start)}")
                partners[opened], partners[place] = place, opened
        return partners

    def statement_end(self, place: int) -> int | None:
        """Where the semicolon after a place is, unless a bracket around the place ends first."""
        while not self.is_at(place, ";"):
            if self.tokens[place].kind == "mark" and self.tokens[place].text in OPENING:
                return None
            place = self.partners.get(place, place) + 1
        return place

    @cached_property
    def regions(self) -> list[Region]:
        return list(self._read_regions())

    def _read_regions(self) -> Iterator[Region]:
        place = head = 0
        while place < len(self.tokens):
            text = self.tokens[place].text
            if text == "{":
                last = self.partners[place]
                yield self._region(head, place, last)
                place = last
                head = last + 1
            elif text == ";":
                head = place + 1
            place += 1

    def _region(self, head: int, opening: int, last: int) -> Region:
        before = [token.text for token in self.tokens[head:opening]]
        kind, name = "type", ""
        if before[-1:] == [")"]:
            kind = "function"
            name = self.tokens[self.partners[opening - 1] - 1].text
        elif "=" in before:
            kind = "table"
            words = [word for word in before[:before.index("=")] if word.isidentifier()]
            name = words[-1]
        elif "enum" in before:
            kind = "enum"
            name = before[-1]
        return Region(kind, name, head, opening + 1, last)

    def line_at(self, position: int) -> str:
        """The text of a position's line, without what it is indented by."""
        start = self.text.rfind("\n", 0, position) + 1
        return self.text[start:(self.text + "\n").index("\n", position)].strip()

    def line_number(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1
