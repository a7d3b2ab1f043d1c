# SPDX-License-Identifier: MIT
"""explain of the package for Node: JSON and text as the native command prints them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.explain.message_corpus import cases
from tests.node_cli.cli_pair import Use, check_all_same, check_same

MESSAGES = [case.message for case in cases()]
BLOCKED = ("Access to fetch at 'https://api.example/{}' from origin 'https://app.example' has been "
           "blocked by CORS policy: {} is not allowed by Access-Control-Allow-{} in preflight "
           "response.")
HOSTILE = [
    b"", b"\n\n", b"\x00", b"hello", b"\xff" * 100, "\u202e".encode() * 50,
    BLOCKED.format("\u202e\x1b[2J", "Method \x1b[31mPUT", "Methods").encode(),
    BLOCKED.format("\u00fc'\"$(x)", "Method P'UT", "Methods").encode(),
    BLOCKED.format("x", "Request header field x-\u00e9", "Headers").encode(),
    BLOCKED.format("x", "Request header field Content-Type", "Headers").encode(),
    BLOCKED.format("\x00x", "Request header field x-a\x00b", "Headers").encode(),
    BLOCKED.format("\x80\xff", "Method PUT", "Methods").encode("latin-1"),
    BLOCKED.format("\u20ac", "Method PUT", "Methods").encode()[:60] + b"\xe2\x82",
    b"x" * (1 << 20) + BLOCKED.format("x", "Method PUT", "Methods").encode(),
    b"x\n" * ((1 << 19) - 200) + BLOCKED.format("x", "Method PUT", "Methods").encode() * 9,
]


def damaged(count: int) -> list[bytes]:
    dice = random.Random(5)
    found = []
    for _ in range(count):
        message = bytearray(dice.choice(MESSAGES).encode())
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(message) + 1)
            message[at:at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
        found.append(bytes(message))
    return found


@pytest.mark.parametrize("options", [[], ["--json"], ["--color", "always"]], ids=" ".join)
def test_every_message_that_is_known(options: list[str], tmp_path: Path) -> None:
    assert len(MESSAGES) > 50
    messages = MESSAGES if options == [] else MESSAGES[::4]
    check_all_same([Use(["explain", *options], message.encode()) for message in messages],
                   tmp_path)


@pytest.mark.parametrize("options", [[], ["--json"]], ids=" ".join)
def test_hostile_messages(options: list[str], tmp_path: Path) -> None:
    check_all_same([Use(["explain", *options], message) for message in HOSTILE + damaged(80)],
                   tmp_path)


def test_words_of_the_command_line(tmp_path: Path) -> None:
    done = check_same(["explain", *MESSAGES[0].split(" ")], tmp_path)
    assert done.code == 0 and "Cause" in done.stdout
