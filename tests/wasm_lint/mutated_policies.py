# SPDX-License-Identifier: MIT
"""Policies with the mistakes of hands: characters and lines lost, doubled, moved and added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

PIECES = [*"abc \t\n\r:-?[]{},#&*!|>'\"%@`\\~.0123+/<^=", "\n  ", "\n- ", ": ", "- ", "---\n",
          "...\n", "--- ", "%YAML 1.1\n", "%TAG ! !\n", "|\n", ">-\n", "|2\n", "\\x4", "\\u00e9",
          "é", "😀", "\ufeff", "\r\n", "\x85", "? ", "!!str ", "!<a> ", "&a ", "*a ", "<<: x",
          "\n\n", "https://", "xn--", "localhost:*", ":443", "true", "null", "Ü", "ß", "日本", "ａ",
          "\x00", "\x01", "\x7f", "\ud800", "'", '"', "''", "\t", "\n\t", "\n \t- "]
INDENTS = ["  ", " ", "\t", "    ", " \t"]

Change = Callable[[Random, str], str]


def drop_character(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + text[at + 1:]


def double_character(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at + 1] + text[at:]


def add_piece(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    piece: str = random.choice(PIECES)
    return f"{text[:at]}{piece}{text[at:]}"


def drop_some(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + text[at + random.randrange(8):]


def cut(random: Random, text: str) -> str:
    return text[:random.randrange(len(text) + 1)]


def change_line(random: Random, text: str, change: Callable[[list[str], int], None]) -> str:
    lines = text.split("\n")
    change(lines, random.randrange(len(lines)))
    return "\n".join(lines)


def double_line(random: Random, text: str) -> str:
    return change_line(random, text, lambda lines, at:
                       lines.insert(random.randrange(len(lines)), lines[at]))


def drop_line(random: Random, text: str) -> str:
    return change_line(random, text, lambda lines, at: lines.__delitem__(at))


def indent_line(random: Random, text: str) -> str:
    return change_line(random, text, lambda lines, at:
                       lines.__setitem__(at, random.choice(INDENTS) + lines[at]))


def outdent_line(random: Random, text: str) -> str:
    return change_line(random, text, lambda lines, at:
                       lines.__setitem__(at, lines[at][random.randrange(1, 4):]))


def quote_line(random: Random, text: str) -> str:
    quote = random.choice("'\"")
    return change_line(random, text, lambda lines, at:
                       lines.__setitem__(at, lines[at].replace(" ", f" {quote}", 1)))


def other_line_ends(random: Random, text: str) -> str:
    return text.replace("\n", random.choice(["\r\n", "\r\n", "\r"]))


CHANGES: list[Change] = [drop_character, double_character, add_piece, add_piece, add_piece,
                         drop_some, double_line, drop_line, indent_line, outdent_line, quote_line]
RARE_CHANGES: list[Change] = [cut, other_line_ends]


def mutate(random: Random, text: str) -> str:
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        text = random.choice(CHANGES)(random, text)
    if random.random() < 0.1:
        text = random.choice(RARE_CHANGES)(random, text)
    return text


def mutated_policies(texts: Sequence[str], count: int, seed: int) -> list[str]:
    random = Random(seed)
    return [mutate(random, random.choice(texts)) for _ in range(count)]
